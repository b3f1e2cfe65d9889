package batchnorm.spark.compat;

import org.apache.spark.SparkException;
import org.apache.spark.SparkThrowable;

/** Kinds of Spark's errors. Before Spark 4, an error's condition was called its class. */
public final class SparkErrors {
  private SparkErrors() {}

  /** Returns whether Spark explains this error to users: it has a condition. */
  public static boolean isExplained(Throwable error) {
    return error instanceof SparkThrowable spark && spark.getErrorClass() != null;
  }

  /** Returns whether a block of a local checkpoint is lost. */
  public static boolean isOfLostCheckpoint(Throwable error) {
    return error instanceof SparkException
        && String.valueOf(error.getMessage()).startsWith("Checkpoint block ");
  }
}
