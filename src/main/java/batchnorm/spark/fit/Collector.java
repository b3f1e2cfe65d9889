package batchnorm.spark.fit;

/** Exact sums of the rows of one partition; they are flushed when they reach a bound. */
interface Collector {

  /** Returns whether the sums have reached the bound. */
  boolean isFull();

  /** Returns the faults of the rows and the moments that were not flushed as records. */
  DatasetMoments collected();
}
