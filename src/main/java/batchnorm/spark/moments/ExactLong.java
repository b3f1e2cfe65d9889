package batchnorm.spark.moments;

/**
 * A long as the nearest double and a rest, since longs beyond 2^53 have more digits than a double.
 * The rest is the difference, at most 512 in magnitude, plus 1024; it is 0 for longs up to 2^53.
 */
public final class ExactLong {
  private static final long GREATEST = 1L << 53;
  private static final long NO_DIFFERENCE = 1024;

  private ExactLong() {}

  /** Returns whether the magnitude of {@code x} is at most 2^53: all such integers are doubles. */
  public static boolean isDouble(long x) {
    return x <= GREATEST && x >= -GREATEST;
  }

  /** Returns the double part of {@code x}, to which the rest is added. */
  public static double high(long x) {
    return x;
  }

  /** Returns the rest of {@code x}: 0 unless its magnitude exceeds 2^53. */
  public static long rest(long x) {
    // Twice the half of 2^63 overflows, and so does the difference: together they are right.
    return isDouble(x) ? 0 : x - 2 * half(x) + NO_DIFFERENCE;
  }

  /** Returns half of a double beyond 2^53, which is even; 2^63 itself is no long. */
  static long half(double high) {
    return (long) (high * 0.5);
  }

  /** Returns the integer that {@code rest} adds to the double. */
  static long low(long rest) {
    return rest == 0 ? 0 : rest - NO_DIFFERENCE;
  }

  /** Returns the long of these two parts; {@code rest} is not 0. */
  public static long of(double high, long rest) {
    return 2 * half(high) + low(rest);
  }
}
