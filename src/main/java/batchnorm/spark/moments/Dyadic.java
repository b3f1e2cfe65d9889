package batchnorm.spark.moments;

import java.math.BigInteger;

/**
 * Exact number {@code significand * 2^exponent}, such as a sum of doubles or of their products.
 *
 * @param significand the integer
 * @param exponent the power of two it counts
 */
public record Dyadic(BigInteger significand, int exponent) {
  /** Nothing. */
  public static final Dyadic ZERO = new Dyadic(BigInteger.ZERO, 0);

  /** No sum of weighted squares of doubles has more bits, or is finer. */
  private static final int MOST_BITS = 1 << 14;

  /** Returns whether this can be a sum of doubles, of their squares or of weights. */
  public boolean isOfDoubles() {
    return Math.abs((long) exponent) <= MOST_BITS && significand.bitLength() <= MOST_BITS;
  }

  /** The nearest whole number, halves up; {@code Long.MAX_VALUE} if it is beyond that. */
  public long rounded() {
    BigInteger whole =
        exponent >= 0
            ? significand.shiftLeft(exponent)
            : significand.add(BigInteger.ONE.shiftLeft(-exponent - 1)).shiftRight(-exponent);
    return whole.bitLength() < Long.SIZE ? whole.longValue() : Long.MAX_VALUE;
  }
}
