package batchnorm.spark.transform;

import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.types.DataType;

/**
 * Columns that apply maps to features: by expressions of Spark's own ({@link MappedColumns}), or by
 * functions of its public API ({@link PublicColumns}).
 *
 * <p>Where missing and infinite values are errors, the result is never null; where not, null gives
 * null.
 */
public interface ColumnMapping {
  /** A vector to a vector. */
  Column vector(Column vector);

  /** An array of doubles to one; {@code type} is the array's. */
  Column doubleArray(Column array, DataType type);

  /** An array of floats to one; {@code type} is the array's. */
  Column floatArray(Column array, DataType type);

  /** Numeric columns, one a feature, to as many double columns. */
  List<Column> numbers(List<Column> numbers);

  /** The elements of a vector to as many double columns. */
  List<Column> elements(Column vector);

  /** Numeric columns to one vector. */
  Column vectorOf(List<Column> numbers);
}
