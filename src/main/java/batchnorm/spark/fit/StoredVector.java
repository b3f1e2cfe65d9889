package batchnorm.spark.fit;

/**
 * A Spark ML vector as a row holds it, in the struct of {@code VectorUDT}. A struct that is not a
 * vector throws {@link MalformedVector}, see {@link VectorStruct}.
 */
interface StoredVector {
  boolean isDense();

  /** The values as they are stored, all of a dense vector; null is NaN. */
  double[] doubles();

  /** The entries of a sparse vector. */
  SparseEntries entries();
}
