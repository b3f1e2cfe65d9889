package batchnorm.spark.fit;

/** Exact sums of the rows of one partition, to be sent on when they have grown to a bound. */
interface Collector {

  /** Returns whether the sums have grown to the bound. */
  boolean isFull();

  /** Returns the faults of the rows, and the moments that are not sent as records. */
  DatasetMoments collected();
}
