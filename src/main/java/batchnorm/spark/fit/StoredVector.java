package batchnorm.spark.fit;

/**
 * Spark ML vector in a row: the struct of {@code VectorUDT}. Methods throw {@link MalformedVector}
 * if the struct is not a vector, see {@link VectorStruct}.
 */
interface StoredVector {
  boolean isDense();

  /** The stored values, which are all values of a dense vector; null becomes NaN. */
  double[] doubles();

  /** The entries of a sparse vector. */
  SparseEntries entries();
}
