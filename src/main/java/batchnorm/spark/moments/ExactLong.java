package batchnorm.spark.moments;

/**
 * A long as a double and a rest, since longs beyond 2^53 have more digits than a double. The rest
 * is the low 10 bits with a mark above them; it is 0 if the double equals the long.
 */
public final class ExactLong {
  private static final long GREATEST = 1L << 53;
  private static final long LOW_BITS = 0x3ff;
  private static final long MARK = LOW_BITS + 1;

  private ExactLong() {}

  /** Returns whether the magnitude of {@code x} is at most 2^53: all such integers are doubles. */
  public static boolean isDouble(long x) {
    return x <= GREATEST && x >= -GREATEST;
  }

  /** Returns the double part of {@code x}, to which the rest is added. */
  public static double high(long x) {
    return isDouble(x) ? x : x & ~LOW_BITS;
  }

  /** Returns the rest of {@code x}: 0 unless its magnitude exceeds 2^53. */
  public static long rest(long x) {
    return isDouble(x) ? 0 : x & LOW_BITS | MARK;
  }

  /** Returns the integer that {@code rest} adds to the double. */
  static long low(long rest) {
    return rest & LOW_BITS;
  }

  /** Returns the long of these two parts; {@code rest} is not 0. */
  public static long of(double high, long rest) {
    return (long) high + (rest & LOW_BITS);
  }
}
