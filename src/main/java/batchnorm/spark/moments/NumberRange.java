package batchnorm.spark.moments;

/**
 * Numbers of one type, and the words that hold any sum of up to 2^63 of them, or of their squares.
 *
 * <p>A float is below 2^128 and a multiple of 2^-149, a double below 2^1024 and a multiple of
 * 2^-1074. A decimal of 38 digits, without its point, is an integer below 2^127.
 */
public enum NumberRange {
  FLOAT(new FixedPoint(-3, 3), new FixedPoint(-5, 5)),
  DOUBLE(new FixedPoint(-17, 17), new FixedPoint(-34, 33)),
  LONG(new FixedPoint(0, 2), new FixedPoint(0, 3)),
  DECIMAL(new FixedPoint(0, 3), new FixedPoint(0, 5));

  private final FixedPoint sum;
  private final FixedPoint squares;

  NumberRange(FixedPoint sum, FixedPoint squares) {
    this.sum = sum;
    this.squares = squares;
  }

  FixedPoint sum() {
    return sum;
  }

  FixedPoint squares() {
    return squares;
  }

  /** Returns whether some of the numbers are NaN or infinite. */
  boolean hasNonFinite() {
    return this == FLOAT || this == DOUBLE;
  }
}
