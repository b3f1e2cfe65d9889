package batchnorm.spark.moments;

/**
 * A long as a double and what is left of it: longs beyond 2^53 have more digits than doubles. The
 * low 10 bits are what is left, so that the double is exact and the rest is at least 0.
 */
public final class ExactLong {
  private static final long GREATEST = 1L << 53;
  private static final long LOW_BITS = 0x3ff;

  private ExactLong() {}

  /** Whether the magnitude of {@code x} is at most 2^53, up to which every integer is a double. */
  public static boolean isDouble(long x) {
    return x <= GREATEST && x >= -GREATEST;
  }

  /** The double below {@code x}, or {@code x} itself. */
  static double high(long x) {
    return x & ~LOW_BITS;
  }

  /** What {@link #high} leaves. */
  static long low(long x) {
    return x & LOW_BITS;
  }
}
