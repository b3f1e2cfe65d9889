package batchnorm.spark.normalize;

/** What to do about groups whose rows weigh no more than 1. */
public enum SmallGroup implements Choice {
  /** Refuse them. */
  ERROR,
  /** Use the statistics of all rows. */
  GLOBAL,
  /** Use mean 0 and variance 1. */
  UNIT
}
