package batchnorm.spark.model;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * Micro-batches in a version of a model. Spark numbers the batches of a query consecutively and
 * repeats only the last one: the last batch of each query is enough.
 *
 * @param queryId the query of the last batch
 * @param batchId the id of the last batch
 * @param lastBatches the last batch of every query, including this one
 */
public record StreamProgress(String queryId, long batchId, Map<String, Long> lastBatches) {
  /** The progress of a version that is of no stream. */
  public static final StreamProgress NONE = new StreamProgress("", 0, Map.of());

  /** Copies the batches. */
  public StreamProgress {
    lastBatches = Collections.unmodifiableMap(new TreeMap<>(lastBatches));
  }

  /** Returns the progress after the first batch. */
  public static StreamProgress first(String queryId, long batchId) {
    return new StreamProgress(queryId, batchId, Map.of(queryId, batchId));
  }

  /** Returns the progress after one more batch. */
  public StreamProgress then(String queryId, long batchId) {
    Map<String, Long> batches = new TreeMap<>(lastBatches);
    batches.put(queryId, batchId);
    return new StreamProgress(queryId, batchId, batches);
  }

  /** Returns whether a batch, or a later one of its query, is included. */
  public boolean has(String queryId, long batchId) {
    Long last = lastBatches.get(queryId);
    return last != null && batchId <= last;
  }

  /** Returns whether a batch is the last one. */
  boolean endsWith(String queryId, long batchId) {
    return this.queryId.equals(queryId) && this.batchId == batchId;
  }
}
