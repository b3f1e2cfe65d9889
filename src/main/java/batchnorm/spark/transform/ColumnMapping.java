package batchnorm.spark.transform;

import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;

/**
 * The columns of a transform: by expressions of Spark's own ({@link MappedColumns}), or by
 * functions of its public API ({@link PublicColumns}).
 */
interface ColumnMapping {
  /** Returns whether all features of a row are there and finite. */
  Column areFinite();

  /** Returns the rows of a dataset with the places of their coefficients. */
  PlacedRows placed(CoefficientSource source, Dataset<?> rows);

  /**
   * Returns the columns that are written. Where missing and infinite values are errors, they are
   * never null; where not, null gives null.
   */
  List<Column> mapped(PlacedRows rows);
}
