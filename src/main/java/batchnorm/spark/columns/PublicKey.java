package batchnorm.spark.columns;

import org.apache.spark.sql.Column;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.DateType;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.TimestampType;

/**
 * The columns that make groups, in a form in which rows of the public API hold them without loss:
 * dates are days, timestamps microseconds and strings their bytes. Java's own dates are of another
 * calendar, and strings need not be valid.
 */
public final class PublicKey {
  private PublicKey() {}

  /** Returns the values of {@code column}, which is of the type of {@code field}. */
  public static Column of(StructField field, Column column) {
    if (field.dataType() instanceof DateType) {
      return functions.unix_date(column);
    }
    if (field.dataType() instanceof TimestampType) {
      return functions.unix_micros(column);
    }
    return field.dataType() instanceof StringType ? column.cast(DataTypes.BinaryType) : column;
  }
}
