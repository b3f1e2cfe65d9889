package batchnorm.spark.normalize;

/** Which statistics are kept of batches that come one after the other. */
public enum RunningMode implements Choice {
  /** Those of all rows together. */
  POOLED,
  /** An average in which every new batch weighs the momentum. */
  EXPONENTIAL,
  /** The plain average of the batches. */
  CUMULATIVE
}
