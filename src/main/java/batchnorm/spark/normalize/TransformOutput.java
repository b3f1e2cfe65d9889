package batchnorm.spark.normalize;

/** Result of a model's transform. */
public enum TransformOutput implements Choice {
  /** The dataset with the normalized columns. */
  NORMALIZED,
  /** The model's summary, one row for each feature. */
  SUMMARY,
  /** Statistics of the model as a whole, in one row. */
  STATISTICS
}
