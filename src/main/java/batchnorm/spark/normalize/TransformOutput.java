package batchnorm.spark.normalize;

/** What a transform of a model returns. */
public enum TransformOutput implements Choice {
  /** The dataset with the normalized columns. */
  NORMALIZED,
  /** The model's summary, a row a feature. */
  SUMMARY,
  /** What the model says of itself, one row. */
  STATISTICS
}
