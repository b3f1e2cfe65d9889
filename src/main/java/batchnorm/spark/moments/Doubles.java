package batchnorm.spark.moments;

/** Tests values for being finite: neither NaN nor infinite. */
public final class Doubles {
  private static final int LANES = 4;

  private Doubles() {}

  /** Returns whether {@code x} is finite: neither NaN nor infinite. */
  public static boolean isFinite(double x) {
    return Math.abs(x) <= Double.MAX_VALUE;
  }

  /** Returns whether all of {@code values} are finite. */
  public static boolean allFinite(double[] values) {
    return allFinite(values, 0, values.length);
  }

  /** Returns whether the {@code count} values from {@code values[from]} on are finite. */
  public static boolean allFinite(double[] values, int from, int count) {
    // A finite number times 0 is 0, any other NaN. Separate sums do not wait for each other.
    double s0 = 0;
    double s1 = 0;
    double s2 = 0;
    double s3 = 0;
    int end = from + count;
    int j = from;
    for (; j < end - LANES + 1; j += LANES) {
      s0 += values[j] * 0;
      s1 += values[j + 1] * 0;
      s2 += values[j + 2] * 0;
      s3 += values[j + 3] * 0;
    }
    for (; j < end; j++) {
      s0 += values[j] * 0;
    }
    return s0 + s1 + s2 + s3 == 0;
  }
}
