package batchnorm.spark.normalize;

/** Treatment of groups that have too few rows for a variance. */
public enum SmallGroup implements Choice {
  /** Fail with an error. */
  ERROR,
  /** Use the statistics of all rows. */
  GLOBAL,
  /** Use mean 0 and variance 1. */
  UNIT
}
