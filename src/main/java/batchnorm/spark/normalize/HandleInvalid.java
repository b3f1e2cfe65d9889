package batchnorm.spark.normalize;

/** Treatment of missing values (null or NaN) and infinite ones. */
public enum HandleInvalid implements Choice {
  /** Refuse the data. */
  ERROR,
  /** Leave out every row that has such a value. */
  SKIP,
  /** Leave such values out of the statistics, and keep them in the output. */
  KEEP
}
