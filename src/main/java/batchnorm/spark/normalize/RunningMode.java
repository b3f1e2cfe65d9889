package batchnorm.spark.normalize;

/** Kind of statistics that successive batches update. */
public enum RunningMode implements Choice {
  /** Statistics of all rows together. */
  POOLED,
  /** An average in which the momentum is the weight of every new batch. */
  EXPONENTIAL,
  /** The plain average of the batches. */
  CUMULATIVE
}
