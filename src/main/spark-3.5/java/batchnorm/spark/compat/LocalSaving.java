package batchnorm.spark.compat;

/**
 * The mode in which Spark Connect puts a model aside on the driver's own disk, or reads it from
 * there. Spark has it from 4.1 on.
 */
public final class LocalSaving {
  private LocalSaving() {}

  /** Returns false: Spark 3.5 has no such mode. */
  public static boolean isOn() {
    return false;
  }
}
