package batchnorm.spark.moments;

/**
 * Approximation of about 100 bits: {@code (high + low) * 2^exponent}, where the low part is at most
 * half a unit in the last place of the high part. If all numbers within its error round to one
 * double, that double is the result, and the slower {@link ExactRatio} is not needed.
 *
 * <p>The algorithms and their bounds, in units of {@code u^2 = 2^-106}, are those of Joldes, Muller
 * and Popescu, Tight and Rigorous Error Bounds for Basic Building Blocks of Double-Word Arithmetic,
 * 2017, <a href="https://doi.org/10.1145/3121432">doi:10.1145/3121432</a>: relative errors of 4 for
 * a product (algorithm 12), 3 for a sum (6), 15 for a quotient (17).
 *
 * @param high the number, rounded
 * @param low the rounding error of {@code high}
 * @param exponent the exponent of the power of two that multiplies both
 */
record DoubleDouble(double high, double low, int exponent) {
  /** Twice the relative error of {@link #of}. */
  static final double ERROR_OF_SUM = 0x1p-103;

  private static final double TWO_32 = 0x1p32;
  private static final long LOW_HALF = (1L << Integer.SIZE) - 1;

  /** Distance of exponents beyond which the smaller number does not change a sum. */
  private static final int FAR = 1000;

  /**
   * Returns {@code high * 2^128 + mid * 2^64 + low}, times {@code 2^exponent}, with a relative
   * error of at most 4; {@code mid} and {@code low} are unsigned.
   */
  static DoubleDouble of(long high, long mid, long low, int exponent) {
    double sum = 0;
    double rest = 0;
    for (int k = 5; k >= 0; k--) {
      long limb = k > 3 ? high : k > 1 ? mid : low;
      long half = (k & 1) == 0 ? limb & LOW_HALF : k == 5 ? limb >> 32 : limb >>> 32;
      // An integer times 2^32; the sum of six halves is far below overflow.
      sum *= TWO_32;
      rest *= TWO_32;
      double next = sum + half;
      rest += errorOfSum(sum, half, next);
      sum = next + rest;
      rest -= sum - next;
    }
    return normalized(sum, rest, exponent);
  }

  /** Returns the product; its relative error is 4 plus those of the factors. */
  DoubleDouble times(DoubleDouble other) {
    double product = high * other.high;
    double error = Math.fma(high, other.high, -product);
    double cross = Math.fma(low, other.high, Math.fma(high, other.low, low * other.low));
    return fast(product, error + cross, exponent + other.exponent);
  }

  /** Returns the difference; its relative error is 3 plus those of the operands. */
  DoubleDouble minus(DoubleDouble other) {
    // The exponent of 0 does not tell its size.
    if (other.high == 0) {
      return this;
    }
    if (high == 0) {
      return new DoubleDouble(-other.high, -other.low, other.exponent);
    }
    int shift = Math.max(-FAR, Math.min(FAR, other.exponent - exponent));
    DoubleDouble large = shift > 0 ? scaled(shift) : this;
    DoubleDouble right = shift < 0 ? other.scaled(-shift) : other;
    double sum = large.high - right.high;
    double error = errorOfSum(large.high, -right.high, sum);
    double lows = large.low - right.low;
    double lowError = errorOfSum(large.low, -right.low, lows);
    double carried = error + lows;
    double first = sum + carried;
    double rest = carried - (first - sum);
    return fast(first, lowError + rest, shift > 0 ? other.exponent : exponent);
  }

  /** Returns the quotient; its relative error is 15 plus those of the operands. */
  DoubleDouble over(DoubleDouble divisor) {
    double quotient = high / divisor.high;
    double product = divisor.high * quotient;
    double error = Math.fma(divisor.high, quotient, -product);
    double back = Math.fma(divisor.low, quotient, error);
    double rest = (high - product) + (low - back);
    return fast(quotient, rest / divisor.high, exponent - divisor.exponent);
  }

  /** Returns the ratio of the magnitudes of this number and {@code other}. */
  double partOf(DoubleDouble other) {
    return Math.abs(high / other.high)
        * Math.scalb(1.0, Math.max(-FAR, Math.min(FAR, exponent - other.exponent)));
  }

  /**
   * Returns the double that all numbers within {@code relativeError} of this one round to; NaN if
   * they round to two doubles, or to a subnormal or infinite one.
   */
  double rounded(double relativeError) {
    double error = Math.abs(high) * relativeError;
    double rounded = high + (low + error);
    if (rounded != high + (low - error)) {
      return Double.NaN;
    }
    int magnitude = Math.getExponent(rounded) + exponent;
    return magnitude > Double.MIN_EXPONENT && magnitude <= Double.MAX_EXPONENT
        ? Math.scalb(rounded, exponent)
        : Double.NaN;
  }

  /** Returns the same number with an exponent greater by {@code by}. */
  private DoubleDouble scaled(int by) {
    return new DoubleDouble(Math.scalb(high, -by), Math.scalb(low, -by), exponent + by);
  }

  /** Scales the high part to near 1, so that products and quotients stay in range. */
  private static DoubleDouble normalized(double high, double low, int exponent) {
    int shift = high == 0 ? 0 : Math.getExponent(high);
    return new DoubleDouble(Math.scalb(high, -shift), Math.scalb(low, -shift), exponent + shift);
  }

  private static DoubleDouble fast(double high, double low, int exponent) {
    double sum = high + low;
    return new DoubleDouble(sum, low - (sum - high), exponent);
  }

  /**
   * Returns the rounding error of {@code sum}: the exact sum of {@code a} and {@code b}, less
   * {@code sum}.
   */
  private static double errorOfSum(double a, double b, double sum) {
    double virtual = sum - a;
    return (a - (sum - virtual)) + (b - virtual);
  }
}
