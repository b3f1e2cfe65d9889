package batchnorm.spark.fit;

import java.util.function.Supplier;
import org.apache.spark.SparkContext;

/**
 * What the Spark UI says that a job is for, unless the user has said it.
 *
 * @param text what it says
 */
public record JobDescription(String text) {
  private static final String PROPERTY = "spark.job.description";

  /** Runs jobs of this description, and returns what they give. */
  public <T> T of(SparkContext context, Supplier<T> jobs) {
    String before = context.getLocalProperty(PROPERTY);
    if (before != null) {
      return jobs.get();
    }
    context.setJobDescription(text);
    try {
      return jobs.get();
    } finally {
      context.setJobDescription(null);
    }
  }
}
