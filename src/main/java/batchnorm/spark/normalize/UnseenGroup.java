package batchnorm.spark.normalize;

/** Treatment, in a transform, of rows of groups that were not fitted on. */
public enum UnseenGroup implements Choice {
  /** Refuse them. */
  ERROR,
  /** Use the statistics of all rows. */
  GLOBAL,
  /** Write null. */
  NULL
}
