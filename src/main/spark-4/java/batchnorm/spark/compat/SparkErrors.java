package batchnorm.spark.compat;

import org.apache.spark.SparkThrowable;

/** The kinds of Spark's errors. Their condition was called their class before Spark 4. */
public final class SparkErrors {
  private SparkErrors() {}

  /**
   * Returns whether this is an error that Spark explains to users: those it has given a condition.
   */
  public static boolean isExplained(Throwable error) {
    return error instanceof SparkThrowable spark && spark.getCondition() != null;
  }

  /** Returns whether a task did not find what executors keep of a local checkpoint. */
  public static boolean isOfLostCheckpoint(Throwable error) {
    return error instanceof SparkThrowable spark
        && "CHECKPOINT_RDD_BLOCK_ID_NOT_FOUND".equals(spark.getCondition());
  }
}
