package batchnorm.spark.moments;

import java.math.BigInteger;

/**
 * An exact number, {@code significand * 2^exponent}, as a sum of doubles or of their products is.
 *
 * @param significand the integer
 * @param exponent the power of two it counts
 */
public record Dyadic(BigInteger significand, int exponent) {}
