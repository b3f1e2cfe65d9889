package batchnorm.spark.compat;

import org.apache.spark.ml.util.ReadWriteUtils;

/**
 * Mode in which Spark Connect offloads a model to the driver's local disk, or reads it from there.
 * Spark has it since 4.1.
 */
public final class ConnectOffload {
  private static final ThreadLocal<?> STATE = state();

  private ConnectOffload() {}

  /** Returns whether this thread is in that mode. */
  public static boolean isActive() {
    return (boolean) STATE.get();
  }

  /**
   * Returns the state of the mode. Java loads the class only when this runs, which Spark 4.0
   * without the class allows.
   */
  private static ThreadLocal<?> state() {
    try {
      return ReadWriteUtils.localSavingModeState();
    } catch (NoClassDefFoundError beforeSpark41) {
      return ThreadLocal.withInitial(() -> false);
    }
  }
}
