package batchnorm.spark.moments;

import java.math.BigDecimal;
import java.math.MathContext;

/**
 * The double nearest to a ratio, ties to even, found by comparing the ratio with the midpoints
 * between a double and its neighbours: products and comparisons of {@link BigDecimal} are exact, so
 * that a wrong guess costs steps and not correctness. It shares nothing with the kernel's rounding.
 */
final class Nearest {
  private static final MathContext GUESS = new MathContext(40);
  private static final BigDecimal TWO = BigDecimal.valueOf(2);

  /**
   * Successor of the largest double, were there one more exponent; rounding to infinity begins
   * halfway to it.
   */
  private static final BigDecimal BEYOND = TWO.pow(1024);

  private Nearest() {}

  /** Returns the double nearest to {@code numerator / denominator}, of which 0 is positive. */
  static double ratio(BigDecimal numerator, BigDecimal denominator) {
    if (numerator.signum() * denominator.signum() < 0) {
      return -positive(numerator.abs(), denominator.abs());
    }
    return positive(numerator.abs(), denominator.abs());
  }

  private static double positive(BigDecimal numerator, BigDecimal denominator) {
    double found = Math.abs(numerator.divide(denominator, GUESS).doubleValue());
    while (found > 0
        && compare(numerator, denominator, Math.nextDown(found), found) < (isOdd(found) ? 1 : 0)) {
      found = Math.nextDown(found);
    }
    while (found < Double.POSITIVE_INFINITY
        && compare(numerator, denominator, found, Math.nextUp(found)) > (isOdd(found) ? -1 : 0)) {
      found = Math.nextUp(found);
    }
    return found;
  }

  /** Compares the ratio with the midpoint of two neighbours. */
  private static int compare(
      BigDecimal numerator, BigDecimal denominator, double lower, double upper) {
    return numerator.multiply(TWO).compareTo(denominator.multiply(exact(lower).add(exact(upper))));
  }

  private static BigDecimal exact(double x) {
    return x == Double.POSITIVE_INFINITY ? BEYOND : new BigDecimal(x);
  }

  private static boolean isOdd(double x) {
    return (Double.doubleToLongBits(x) & 1) == 1;
  }
}
