package batchnorm.spark.normalize;

/** Treatment of missing values (null or NaN) and infinite ones. */
public enum HandleInvalid implements Choice {
  /** Fail with an error. */
  ERROR,
  /** Drop every row that has such a value. */
  SKIP,
  /** Exclude such values from the statistics and keep them in the output. */
  KEEP
}
