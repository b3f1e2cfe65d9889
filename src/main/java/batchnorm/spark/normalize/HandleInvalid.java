package batchnorm.spark.normalize;

/** What to do about missing values (null or NaN) and infinite ones. */
public enum HandleInvalid implements Choice {
  /** Refuse the data. */
  ERROR,
  /** Leave out every row that has such a value. */
  SKIP,
  /** Leave such values out of the statistics, and in the output. */
  KEEP
}
