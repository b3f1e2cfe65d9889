package batchnorm.spark.moments;

/** Parts of a finite double: an integer of 53 bits times a power of two. */
final class ExactDouble {
  private static final int FRACTION_BITS = 52;
  private static final long IMPLICIT_BIT = 1L << FRACTION_BITS;
  private static final long FRACTION = IMPLICIT_BIT - 1;
  private static final int GREATEST_FIELD = 0x7ff;
  private static final int LEAST_EXPONENT = Double.MIN_EXPONENT - FRACTION_BITS;

  private ExactDouble() {}

  /** Returns the exponent field of the bits of a double. */
  static int field(long bits) {
    return (int) (bits >>> FRACTION_BITS) & GREATEST_FIELD;
  }

  /**
   * Returns whether a double with this exponent field is normal: not 0, subnormal, NaN or infinite.
   */
  static boolean isNormal(int field) {
    return field != 0 && field != GREATEST_FIELD;
  }

  /** Returns the exponent of the significand's unit, given the exponent field of a double. */
  static int exponentOf(int field) {
    return LEAST_EXPONENT + Math.max(field - 1, 0);
  }

  /** Returns the exponent of the significand's unit, given the bits of a double. */
  static int exponent(long bits) {
    return exponentOf(field(bits));
  }

  /**
   * Returns the significand, an unsigned integer, given the bits of a {@link #isNormal normal}
   * double.
   */
  static long normalSignificand(long bits) {
    return bits & FRACTION | IMPLICIT_BIT;
  }

  /** Returns the significand, an unsigned integer, given the bits of a finite double. */
  static long significand(long bits) {
    long fraction = bits & FRACTION;
    return field(bits) == 0 ? fraction : fraction | IMPLICIT_BIT;
  }
}
