package batchnorm.spark.internal;

import org.apache.spark.SparkThrowable;

/** What Spark's errors are. Their condition was called their class before Spark 4. */
public final class SparkErrors {
  private SparkErrors() {}

  /** Whether this is an error that Spark explains to users: those it has given a condition. */
  public static boolean isExplained(Throwable error) {
    return error instanceof SparkThrowable spark && spark.getErrorClass() != null;
  }

  /** Returns whether this is the error of Spark that has the condition. */
  static boolean is(Throwable error, String condition) {
    return error instanceof SparkThrowable spark && condition.equals(spark.getErrorClass());
  }

  /** Returns {@code error}: Spark 3.5 rethrows no error of a task, whatever it is. */
  static IllegalArgumentException ofTask(IllegalArgumentException error) {
    return error;
  }
}
