package batchnorm.spark.moments;

import java.math.BigInteger;

/** Ratio of integers times a power of two, rounded once to the nearest double, ties to even. */
final class ExactRatio {
  private static final int PRECISION = 53;

  private ExactRatio() {}

  /**
   * Returns {@code numerator / denominator * 2^exponent}, correctly rounded: subnormal or infinite
   * if the rounded value is.
   *
   * @param denominator above 0
   */
  static double round(BigInteger numerator, BigInteger denominator, int exponent) {
    if (numerator.signum() == 0) {
      return 0;
    }
    double magnitude = roundPositive(numerator.abs(), denominator, exponent);
    return numerator.signum() < 0 ? -magnitude : magnitude;
  }

  private static double roundPositive(BigInteger numerator, BigInteger denominator, int exponent) {
    int missing = PRECISION + 2 + denominator.bitLength() - numerator.bitLength();
    int shift = Math.max(0, missing);
    BigInteger[] division = numerator.shiftLeft(shift).divideAndRemainder(denominator);
    BigInteger quotient = division[0];
    int unit = exponent - shift;
    // A subnormal result has fewer bits: its unit is 2^-1074.
    int dropped = Math.max(quotient.bitLength() - PRECISION, Double.MIN_EXPONENT - 52 - unit);
    if (dropped > quotient.bitLength()) {
      return 0;
    }
    BigInteger kept = quotient.shiftRight(dropped);
    if (quotient.testBit(dropped - 1)) {
      boolean tie = division[1].signum() == 0 && quotient.getLowestSetBit() == dropped - 1;
      if (!tie || kept.testBit(0)) {
        kept = kept.add(BigInteger.ONE);
      }
    }
    return Math.scalb(kept.doubleValue(), unit + dropped);
  }
}
