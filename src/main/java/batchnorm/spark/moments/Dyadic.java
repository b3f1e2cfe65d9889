package batchnorm.spark.moments;

import java.math.BigInteger;

/**
 * Exact number {@code significand * 2^exponent}, such as a sum of doubles or of their products.
 *
 * @param significand the integer
 * @param exponent the exponent of its unit, a power of two
 */
public record Dyadic(BigInteger significand, int exponent) {
  /** The number 0. */
  public static final Dyadic ZERO = new Dyadic(BigInteger.ZERO, 0);

  /** Bound of the bits, and of the fractional bits, of a sum of weighted squares of doubles. */
  private static final int MOST_BITS = 1 << 14;

  /** Returns whether this can be a sum of doubles, of their squares or of weights. */
  public boolean isOfDoubles() {
    return Math.abs((long) exponent) <= MOST_BITS && significand.bitLength() <= MOST_BITS;
  }

  /** Returns the nearest integer, halves rounded up; {@code Long.MAX_VALUE} if it is larger. */
  public long rounded() {
    BigInteger whole =
        exponent >= 0
            ? significand.shiftLeft(exponent)
            : significand.add(BigInteger.ONE.shiftLeft(-exponent - 1)).shiftRight(-exponent);
    return whole.bitLength() < Long.SIZE ? whole.longValue() : Long.MAX_VALUE;
  }
}
