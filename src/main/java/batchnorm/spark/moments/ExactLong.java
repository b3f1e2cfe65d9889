package batchnorm.spark.moments;

/**
 * A long as a double and a rest: longs beyond 2^53 have more digits than doubles. The rest is the
 * low 10 bits with a mark above them; 0 if the double holds the long.
 */
public final class ExactLong {
  private static final long GREATEST = 1L << 53;
  private static final long LOW_BITS = 0x3ff;
  private static final long MARK = LOW_BITS + 1;

  private ExactLong() {}

  /**
   * Returns whether the magnitude of {@code x} is at most 2^53, up to which every integer is a
   * double.
   */
  public static boolean isDouble(long x) {
    return x <= GREATEST && x >= -GREATEST;
  }

  /** The double of {@code x}, which the rest is added to. */
  public static double high(long x) {
    return isDouble(x) ? x : x & ~LOW_BITS;
  }

  /** The rest of {@code x}: 0 unless its magnitude is beyond 2^53. */
  public static long rest(long x) {
    return isDouble(x) ? 0 : x & LOW_BITS | MARK;
  }

  /** The part of the integer that the double lacks. */
  static long low(long rest) {
    return rest & LOW_BITS;
  }

  /** The long that the two parts are of, if {@code rest} is not 0. */
  public static long of(double high, long rest) {
    return (long) high + (rest & LOW_BITS);
  }
}
