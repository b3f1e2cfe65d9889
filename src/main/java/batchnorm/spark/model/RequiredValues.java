package batchnorm.spark.model;

import java.io.Serializable;
import java.util.Arrays;
import java.util.Optional;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.util.ArrayData;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * Columns without nulls. Each row is checked, since Spark writes every column to Parquet as
 * nullable.
 */
final class RequiredValues implements Serializable {
  private static final long serialVersionUID = 1L;

  private final StructType expected;
  private final int[] places;

  /**
   * Returns the required columns of rows with schema {@code found}.
   *
   * @param expected columns that are in {@code found}, with the same types
   */
  RequiredValues(StructType expected, StructType found) {
    this.expected = expected;
    places = Arrays.stream(expected.fieldNames()).mapToInt(found::fieldIndex).toArray();
  }

  /** Returns the name of a required column that is null. */
  Optional<String> missingIn(InternalRow row) {
    StructField[] fields = expected.fields();
    for (int i = 0; i < fields.length; i++) {
      DataType type = fields[i].dataType();
      if (row.isNullAt(places[i])
          ? !fields[i].nullable()
          : isMissingInside(row.get(places[i], type), type)) {
        return Optional.of(fields[i].name());
      }
    }
    return Optional.empty();
  }

  private static boolean isMissingInside(Object value, DataType type) {
    if (type instanceof StructType struct) {
      return new RequiredValues(struct, struct).missingIn((InternalRow) value).isPresent();
    }
    return type instanceof ArrayType array && isMissingIn((ArrayData) value, array);
  }

  private static boolean isMissingIn(ArrayData array, ArrayType type) {
    for (int i = 0; i < array.numElements(); i++) {
      if (array.isNullAt(i)
          ? !type.containsNull()
          : isMissingInside(array.get(i, type.elementType()), type.elementType())) {
        return true;
      }
    }
    return false;
  }
}
