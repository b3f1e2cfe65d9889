package batchnorm.spark.model;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * The micro-batches that a version of a model contains. Spark numbers the batches of a query
 * consecutively and repeats only the last one, so that the last batch of each query is enough.
 *
 * @param queryId the query whose batch came last
 * @param batchId the number of that batch
 * @param lastBatches the last batch of every query, that one's too
 */
public record StreamProgress(String queryId, long batchId, Map<String, Long> lastBatches) {
  /** Takes a copy of the batches. */
  public StreamProgress {
    lastBatches = Collections.unmodifiableMap(new TreeMap<>(lastBatches));
  }

  /** The first batch of all. */
  public static StreamProgress first(String queryId, long batchId) {
    return new StreamProgress(queryId, batchId, Map.of(queryId, batchId));
  }

  /** This and one more batch. */
  public StreamProgress then(String queryId, long batchId) {
    Map<String, Long> batches = new TreeMap<>(lastBatches);
    batches.put(queryId, batchId);
    return new StreamProgress(queryId, batchId, batches);
  }

  /** Returns whether a batch, or a later one of its query, is among them. */
  public boolean has(String queryId, long batchId) {
    Long last = lastBatches.get(queryId);
    return last != null && batchId <= last;
  }

  /** Returns whether a batch is the one that came last. */
  boolean endsWith(String queryId, long batchId) {
    return this.queryId.equals(queryId) && this.batchId == batchId;
  }
}
