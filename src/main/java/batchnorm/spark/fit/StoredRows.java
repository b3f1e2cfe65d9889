package batchnorm.spark.fit;

import batchnorm.spark.columns.ColumnKind;
import batchnorm.spark.columns.FeatureColumns;
import org.apache.spark.sql.Dataset;

/**
 * Rows of a dataset as stored in its files. The class refers to no class of Spark's plans, so that
 * it loads on every Spark.
 */
public final class StoredRows {
  private StoredRows() {}

  /**
   * Returns {@code dataset} with the nulls in its files' vectors kept, if this Spark has the plans
   * that {@link VectorNulls} needs.
   */
  public static Dataset<?> of(Dataset<?> dataset, FeatureColumns features) {
    if (features.kind() != ColumnKind.VECTOR) {
      return dataset;
    }
    try {
      return VectorNulls.kept(dataset);
    } catch (LinkageError e) {
      // This Spark has other plans.
      return dataset;
    }
  }
}
