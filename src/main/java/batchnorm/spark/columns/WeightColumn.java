package batchnorm.spark.columns;

import batchnorm.spark.errors.Errors;
import org.apache.spark.sql.types.StructType;

/** The column of the rows' weights. */
public final class WeightColumn {
  private WeightColumn() {}

  /** Returns the column called {@code name}, which must be numeric. */
  public static InputColumn of(StructType schema, String name) {
    InputColumn field = new SchemaLookup(schema).column(name);
    if (ColumnKind.of(field.dataType()).filter(ColumnKind.NUMBER::equals).isEmpty()) {
      throw Errors.notAWeightColumn(name, field.dataType().simpleString());
    }
    return field;
  }
}
