package batchnorm.spark.fit;

import java.util.function.Supplier;
import org.apache.spark.SparkContext;

/**
 * Description of jobs in the Spark UI; a description set by the user takes precedence.
 *
 * @param text the description
 */
public record JobDescription(String text) {
  private static final String PROPERTY = "spark.job.description";

  /**
   * Runs jobs with this description, and returns their result. They are cancelled if this thread is
   * interrupted.
   */
  public <T> T of(SparkContext context, Supplier<T> jobs) {
    String before = context.getLocalProperty(PROPERTY);
    if (before != null) {
      return InterruptibleJobs.of(context, jobs);
    }
    context.setJobDescription(text);
    try {
      return InterruptibleJobs.of(context, jobs);
    } finally {
      context.setJobDescription(null);
    }
  }
}
