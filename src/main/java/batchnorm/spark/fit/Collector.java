package batchnorm.spark.fit;

/** Exact sums of the rows of one partition; they are flushed when they reach a limit. */
interface Collector {

  /** Returns whether the sums have reached their limit. */
  boolean isFull();

  /** Returns the faults of the rows and the moments that were not flushed as records. */
  DatasetMoments collected();
}
