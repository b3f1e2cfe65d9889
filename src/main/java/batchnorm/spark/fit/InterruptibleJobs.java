package batchnorm.spark.fit;

import java.util.UUID;
import java.util.function.Supplier;
import org.apache.spark.SparkContext;

/**
 * Jobs that are cancelled if their thread is interrupted. Spark ends the wait of the thread, but
 * its jobs would run on.
 */
final class InterruptibleJobs {
  private InterruptibleJobs() {}

  /** Runs jobs, and returns their result. */
  static <T> T of(SparkContext context, Supplier<T> jobs) {
    String tag = "BatchNorm " + UUID.randomUUID();
    context.addJobTag(tag);
    try {
      return jobs.get();
    } catch (Throwable error) {
      if (isOfInterruption(error) && !context.isStopped()) {
        context.cancelJobsWithTag(tag);
      }
      throw error;
    } finally {
      context.removeJobTag(tag);
    }
  }

  private static boolean isOfInterruption(Throwable error) {
    for (Throwable cause = error; cause != null; cause = cause.getCause()) {
      if (cause instanceof InterruptedException) {
        return true;
      }
    }
    return false;
  }
}
