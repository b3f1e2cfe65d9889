package batchnorm.spark.compat;

import org.apache.spark.SparkException;
import org.apache.spark.SparkThrowable;

/** The kinds of Spark's errors. Their condition was called their class before Spark 4. */
public final class SparkErrors {
  private SparkErrors() {}

  /**
   * Returns whether Spark explains this error to users, which it does for errors with a condition.
   */
  public static boolean isExplained(Throwable error) {
    return error instanceof SparkThrowable spark && spark.getErrorClass() != null;
  }

  /** Returns whether a task did not find what executors keep of a local checkpoint. */
  public static boolean isOfLostCheckpoint(Throwable error) {
    return error instanceof SparkException
        && String.valueOf(error.getMessage()).startsWith("Checkpoint block ");
  }
}
