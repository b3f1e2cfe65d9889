package batchnorm.spark.compat;

/**
 * Mode in which Spark Connect offloads a model to the driver's local disk, or reads it from there.
 * Spark has it since 4.1.
 */
public final class ConnectOffload {
  private ConnectOffload() {}

  /** Returns false: Spark 3.5 has no such mode. */
  public static boolean isActive() {
    return false;
  }
}
