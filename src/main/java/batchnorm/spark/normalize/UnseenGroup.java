package batchnorm.spark.normalize;

/** Treatment in a transform of rows whose group was not in the fitted data. */
public enum UnseenGroup implements Choice {
  /** Fail with an error. */
  ERROR,
  /** Use the statistics of all rows. */
  GLOBAL,
  /** Write null. */
  NULL
}
