package batchnorm.spark.moments;

import java.io.Serializable;
import java.math.BigInteger;
import java.util.Optional;

/**
 * Mean of integers beyond 2^53, as the sum of a long and a fraction: one double cannot hold it.
 *
 * @param whole the integer nearest to the mean
 * @param fraction the mean minus {@code whole}, rounded once: from -0.5 to 0.5
 */
public record IntegerMean(long whole, double fraction) implements Serializable {
  private static final double TWO_63 = 0x1p63;

  /** Returns {@code total / weight} in two parts; empty if the mean is beyond the range of long. */
  static Optional<IntegerMean> of(ExactSum total, ExactSum weight) {
    Dyadic sum = total.toDyadic();
    Dyadic n = weight.toDyadic();
    int exponent = sum.exponent() - n.exponent();
    BigInteger numerator = sum.significand().shiftLeft(Math.max(0, exponent));
    BigInteger denominator = n.significand().shiftLeft(Math.max(0, -exponent));
    if (denominator.signum() == 0) {
      return Optional.empty();
    }
    BigInteger twice = denominator.shiftLeft(1);
    BigInteger raised = numerator.shiftLeft(1).add(denominator);
    BigInteger whole = raised.subtract(raised.mod(twice)).divide(twice);
    if (whole.bitLength() >= Long.SIZE) {
      return Optional.empty();
    }
    BigInteger rest = numerator.subtract(whole.multiply(denominator));
    return Optional.of(new IntegerMean(whole.longValue(), ExactRatio.round(rest, denominator, 0)));
  }

  /** Returns {@code x} minus the mean, within a unit in the last place of the exact difference. */
  double subtractedFrom(long x) {
    return difference(x, whole, fraction);
  }

  /**
   * Returns {@code x - (whole + fraction)}, within a unit in the last place of the exact
   * difference.
   *
   * @param fraction a number of magnitude below 1
   */
  public static double difference(long x, long whole, double fraction) {
    long difference = x - whole;
    boolean overflows = ((x ^ whole) & (x ^ difference)) < 0;
    // The last bit of a difference beyond 2^63 is far below half a unit of the double.
    return overflows ? 2.0 * ((x >> 1) - (whole >> 1)) : difference - fraction;
  }

  /** Returns {@code x - mean}, within a unit in the last place of the exact difference. */
  public static double difference(long x, double mean) {
    if (Math.abs(mean) < TWO_63) {
      long whole = (long) mean;
      return difference(x, whole, mean - whole);
    }
    return ExactLong.high(x) - mean + ExactLong.low(ExactLong.rest(x));
  }

  /** Returns {@code x - (whole + fraction)} for a double, which need not be an integer. */
  public static double difference(double x, long whole, double fraction) {
    if (Math.abs(x) < TWO_63) {
      long integer = (long) x;
      return difference(integer, whole, fraction - (x - integer));
    }
    return x - ExactLong.high(whole) - ExactLong.low(ExactLong.rest(whole)) - fraction;
  }
}
