package batchnorm.spark.normalize;

/** Treatment of groups that have too few rows for a variance. */
public enum SmallGroup implements Choice {
  /** Refuse them. */
  ERROR,
  /** Use the statistics of all rows. */
  GLOBAL,
  /** Use mean 0 and variance 1. */
  UNIT
}
