package batchnorm.spark.moments;

import java.io.Serializable;

/**
 * Nonnegative number {@code significand * 2^exponent} with an exponent of type int: a variance
 * beyond the range of double, or its square root.
 *
 * @param significand a double; infinite and NaN have their usual meaning
 * @param exponent the exponent of a power of two; even for a variance, so that the root has an
 *     integer exponent
 */
public record ScaledDouble(double significand, int exponent) implements Serializable {

  /** Returns the double {@code value}. */
  public static ScaledDouble of(double value) {
    return new ScaledDouble(value, 0);
  }

  /** Returns the sum, rounded once; if both are doubles, their sum as doubles. */
  public ScaledDouble plus(double other) {
    if (exponent == 0 || other == 0) {
      return new ScaledDouble(significand + other, exponent);
    }
    int even = Math.getExponent(other) & ~1;
    int common = significand == 0 ? even : Math.max(exponent, even);
    return new ScaledDouble(
        Math.scalb(significand, exponent - common) + Math.scalb(other, -common), common);
  }

  /** Returns the square root; the exponent must be even. */
  public ScaledDouble squareRoot() {
    return new ScaledDouble(Math.sqrt(significand), exponent / 2);
  }

  /**
   * Returns the exponent of the largest power of two up to this number, which is neither 0 nor
   * infinite.
   */
  public int magnitude() {
    return Math.getExponent(significand) + exponent;
  }

  /** Returns the number as a double: 0 or infinite outside the range of double. */
  public double doubleValue() {
    return Math.scalb(significand, exponent);
  }

  /** Returns {@code number} divided by this number, times {@code 2^power}. */
  public double dividing(double number, int power) {
    return ratio(number, significand, power - exponent);
  }

  /** Returns this number divided by {@code number}, times {@code 2^power}. */
  public double dividedBy(double number, int power) {
    return ratio(significand, number, power + exponent);
  }

  /**
   * Scales both numbers to near 1 before the division, so that only the result may leave the range
   * of double.
   */
  private static double ratio(double numerator, double denominator, int power) {
    int up = Math.getExponent(numerator);
    int down = Math.getExponent(denominator);
    double ratio = Math.scalb(numerator, -up) / Math.scalb(denominator, -down);
    return Math.scalb(ratio, power + up - down);
  }
}
