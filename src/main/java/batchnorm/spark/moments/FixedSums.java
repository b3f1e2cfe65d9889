package batchnorm.spark.moments;

import java.math.BigInteger;

/**
 * Format of exact sums of one column in a fixed number of longs, so that they fit into a row of
 * fixed width: the count, marks of NaN and infinite values for floats and doubles, the sum, and the
 * sum of squares if it is needed. All longs of no values are 0.
 *
 * <p>{@link Moments} take less memory and less time a value, but they are objects of varying size.
 */
public final class FixedSums {
  private static final int COUNT = 0;
  private static final int MARKS = 1;

  private final NumberRange range;
  private final int sumAt;
  private final int squaresAt;
  private final int size;

  private FixedSums(NumberRange range, int squareWords) {
    this.range = range;
    sumAt = range.hasNonFinite() ? MARKS + 1 : COUNT + 1;
    squaresAt = squareWords == 0 ? 0 : sumAt + range.sum().words();
    size = sumAt + range.sum().words() + squareWords;
  }

  /** Returns the format of a count and a sum. */
  public static FixedSums withoutSquares(NumberRange range) {
    return new FixedSums(range, 0);
  }

  /** Returns the format of a count, a sum and a sum of squares. */
  public static FixedSums withSquares(NumberRange range) {
    return new FixedSums(range, range.squares().words());
  }

  /** Returns the number of longs. */
  public int size() {
    return size;
  }

  /** Adds a float or a double, which may be NaN or infinite. */
  public void add(Longs to, double x) {
    count(to);
    if (!Doubles.isFinite(x)) {
      to.set(MARKS, to.get(MARKS) | ExactTotal.mark(x));
      return;
    }
    long bits = Double.doubleToRawLongBits(x);
    long significand = ExactDouble.significand(bits);
    int exponent = ExactDouble.exponent(bits);
    range.sum().add(to, sumAt, bits < 0 ? -significand : significand, exponent);
    if (squaresAt > 0) {
      addSquare(to, significand, 2 * exponent);
    }
  }

  /** Adds an integer. */
  public void add(Longs to, long x) {
    count(to);
    range.sum().add(to, sumAt, x, 0);
    if (squaresAt > 0) {
      addSquare(to, x, 0);
    }
  }

  /** Adds an integer of up to 38 digits. */
  public void add(Longs to, BigInteger x) {
    count(to);
    range.sum().add(to, sumAt, x);
    if (squaresAt > 0) {
      range.squares().add(to, squaresAt, x.pow(2));
    }
  }

  /** Adds the sums of other values. */
  public void merge(Longs to, Longs other) {
    to.set(COUNT, to.get(COUNT) + other.get(COUNT));
    if (range.hasNonFinite()) {
      to.set(MARKS, to.get(MARKS) | other.get(MARKS));
    }
    range.sum().add(to, sumAt, other, sumAt);
    if (squaresAt > 0) {
      range.squares().add(to, squaresAt, other, squaresAt);
    }
  }

  /** Returns the statistics of the values. */
  public ExactTotal total(Longs from) {
    return new ExactTotal(
        from.get(COUNT),
        range.hasNonFinite() ? from.get(MARKS) : 0,
        range.sum().sum(from, sumAt),
        squaresAt > 0 ? range.squares().sum(from, squaresAt) : new ExactSum());
  }

  private void addSquare(Longs to, long x, int exponent) {
    range.squares().addUnsigned(to, squaresAt, Math.multiplyHigh(x, x), x * x, exponent);
  }

  private static void count(Longs to) {
    to.set(COUNT, to.get(COUNT) + 1);
  }
}
