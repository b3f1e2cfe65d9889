package batchnorm.spark.fit;

import batchnorm.spark.columns.ColumnKind;
import batchnorm.spark.columns.FeatureColumns;
import org.apache.spark.sql.Dataset;

/**
 * The rows of a dataset as its files have them. It names no class of Spark's plans, so that it
 * loads on every Spark.
 */
public final class StoredRows {
  private StoredRows() {}

  /**
   * Returns {@code dataset}, where vectors of files keep their nulls if this Spark has the plans
   * that {@link VectorNulls} knows.
   */
  public static Dataset<?> of(Dataset<?> dataset, FeatureColumns features) {
    if (features.kind() != ColumnKind.VECTOR) {
      return dataset;
    }
    try {
      return VectorNulls.kept(dataset);
    } catch (LinkageError e) {
      // A Spark with other plans.
      return dataset;
    }
  }
}
