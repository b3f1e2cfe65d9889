package batchnorm.spark.compat;

import org.apache.spark.ml.util.ReadWriteUtils;

/**
 * The mode in which Spark Connect puts a model aside on the driver's own disk, or reads it from
 * there. Spark has it from 4.1 on.
 */
public final class LocalSaving {
  private static final ThreadLocal<?> STATE = state();

  private LocalSaving() {}

  /** Returns whether this thread is in that mode. */
  public static boolean isOn() {
    return (boolean) STATE.get();
  }

  /** Java looks up the class only when this runs, so Spark 4.0, which lacks it, can be asked. */
  private static ThreadLocal<?> state() {
    try {
      return ReadWriteUtils.localSavingModeState();
    } catch (NoClassDefFoundError beforeSpark41) {
      return ThreadLocal.withInitial(() -> false);
    }
  }
}
