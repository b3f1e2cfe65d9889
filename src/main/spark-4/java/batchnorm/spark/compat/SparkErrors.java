package batchnorm.spark.compat;

import java.util.Map;
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

  /**
   * Returns {@code error} as one that a task can throw so that the caller of the action gets it, in
   * Python and over Spark Connect too: Spark 4 rethrows those that have a condition, and only
   * mentions others in the text of a SparkException.
   */
  public static IllegalArgumentException ofTask(IllegalArgumentException error) {
    return new TaskError(error);
  }

  private static final class TaskError extends IllegalArgumentException implements SparkThrowable {
    private static final long serialVersionUID = 1L;

    TaskError(IllegalArgumentException error) {
      super(error.getMessage(), error);
    }

    @Override
    public String getCondition() {
      return "BATCHNORM_TASK_REFUSED";
    }

    /** The text, for the formats of messages that have parameters alone. */
    @Override
    public Map<String, String> getMessageParameters() {
      return Map.of("message", getMessage());
    }
  }
}
