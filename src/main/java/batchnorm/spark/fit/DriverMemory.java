package batchnorm.spark.fit;

/** Memory of the driver, which holds the mean and the variance of every feature. */
final class DriverMemory {
  private static final long BYTES_A_FEATURE = 2 * Double.BYTES;

  private DriverMemory() {}

  /** Returns the bytes of the means and variances of {@code features} features. */
  static long needed(long features) {
    return BYTES_A_FEATURE * features;
  }

  /** Returns the bytes of the heap of this process. */
  static long heap() {
    return Runtime.getRuntime().maxMemory();
  }

  /** Returns whether {@code features} features are too many for any fit on this driver. */
  static boolean isExceeded(long features) {
    return needed(features) > heap();
  }
}
