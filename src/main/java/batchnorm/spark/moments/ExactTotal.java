package batchnorm.spark.moments;

import java.math.BigInteger;

/**
 * Statistics of one column from exact sums, each rounded once. NaN and infinite values count by the
 * rules of IEEE 754: a NaN, or infinities of both signs, make the sum NaN; any of them makes the
 * variance NaN.
 */
public final class ExactTotal {
  private static final int NOT_A_NUMBER = 1;
  private static final int POSITIVE_INFINITY = 2;
  private static final int NEGATIVE_INFINITY = 4;

  private final long count;
  private final long marks;
  private final ExactSum sum;
  private final ExactSum squares;

  ExactTotal(long count, long marks, ExactSum sum, ExactSum squares) {
    this.count = count;
    this.marks = marks;
    this.sum = sum;
    this.squares = squares;
  }

  /** Returns the mark of a value that is NaN or infinite. */
  static long mark(double x) {
    return Double.isNaN(x) ? NOT_A_NUMBER : x > 0 ? POSITIVE_INFINITY : NEGATIVE_INFINITY;
  }

  /** The number of values. */
  public long count() {
    return count;
  }

  /** The sum, rounded; infinite if it is beyond the range of double. */
  public double sum() {
    return marks == 0 ? sum.doubleValue() : nonFinite();
  }

  /** The exact sum of integers. */
  public BigInteger integerSum() {
    return sum.significand().shiftLeft(sum.exponent());
  }

  /** The mean of at least one value. */
  public double mean() {
    return marks == 0 ? ExactVariance.mean(weight(), sum) : nonFinite();
  }

  /** The variance of more values than {@code correction}, which is 0 or 1. */
  public double variance(int correction) {
    return marks == 0 ? new ExactVariance(weight(), sum, squares).variance(correction) : Double.NaN;
  }

  /**
   * The variance of decimals: these sums are those of integers, which count {@code 10^-scale}.
   *
   * @param correction 0 or 1, less than the number of values
   * @param scale may be negative, which Spark allows by a legacy setting
   */
  public double variance(int correction, int scale) {
    BigInteger n = BigInteger.valueOf(count);
    BigInteger spread =
        n.multiply(squares.significand().shiftLeft(squares.exponent()))
            .subtract(integerSum().pow(2));
    BigInteger divisor = n.multiply(BigInteger.valueOf(count - correction));
    BigInteger power = BigInteger.TEN.pow(2 * Math.abs(scale));
    return scale < 0
        ? ExactRatio.round(spread.multiply(power), divisor, 0)
        : ExactRatio.round(spread, divisor.multiply(power), 0);
  }

  private double nonFinite() {
    return marks == POSITIVE_INFINITY
        ? Double.POSITIVE_INFINITY
        : marks == NEGATIVE_INFINITY ? Double.NEGATIVE_INFINITY : Double.NaN;
  }

  private ExactVariance.Weight weight() {
    return new ExactVariance.Weight(ExactSum.of(count));
  }
}
