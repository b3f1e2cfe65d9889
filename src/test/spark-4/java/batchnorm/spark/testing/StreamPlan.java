package batchnorm.spark.testing;

import org.apache.spark.sql.execution.streaming.runtime.StreamingQueryWrapper;
import org.apache.spark.sql.streaming.StreamingQuery;

/** The plan of a stream. The class that tells it is in another package in each line of Spark. */
public final class StreamPlan {
  private StreamPlan() {}

  /** Returns the physical plan of the last batch. */
  public static String of(StreamingQuery query) {
    boolean extended = false;
    return ((StreamingQueryWrapper) query).streamingQuery().explainInternal(extended);
  }
}
