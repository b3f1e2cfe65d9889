package batchnorm.spark.fit;

/** Exact sums of the rows of one partition, to be sent on when they have grown to a bound. */
interface Collector {

  /** Returns whether the sums have grown to the bound. */
  boolean isFull();

  /** Returns what was wrong with the rows, with the moments that are not sent as records. */
  DatasetMoments collected();
}
