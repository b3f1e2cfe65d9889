package batchnorm.spark.internal;

import org.apache.spark.ml.util.ReadWriteUtils;

/**
 * Whether a model is being put aside on the driver's own disk, or read from there. Spark Connect
 * does so from Spark 4.1 on; Spark 3.5 does not.
 */
final class LocalSaving {
  private LocalSaving() {}

  static boolean isOn() {
    return (boolean) ReadWriteUtils.localSavingModeState().get();
  }
}
