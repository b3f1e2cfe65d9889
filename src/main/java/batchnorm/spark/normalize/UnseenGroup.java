package batchnorm.spark.normalize;

/** What a transform does about rows of groups that were not fitted on. */
public enum UnseenGroup implements Choice {
  /** Refuse them. */
  ERROR,
  /** Use the statistics of all rows. */
  GLOBAL,
  /** Write null. */
  NULL
}
