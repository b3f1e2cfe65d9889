package batchnorm.spark.columns;

import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.CharType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.DateType;
import org.apache.spark.sql.types.Metadata;
import org.apache.spark.sql.types.MetadataBuilder;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.sql.types.TimestampType;

/**
 * A column that is read: one of the dataset's own, or a field of a struct in one.
 *
 * @param path the name of the column, then those of the fields below it, as the schema has them
 * @param field the name by which texts, features and groups know it, and the type of its values
 */
public record InputColumn(List<String> path, StructField field) {
  /** The key of a field's metadata under which Spark keeps the {@code char(n)} of a table. */
  private static final String DECLARED_TYPE = "__CHAR_VARCHAR_TYPE_STRING";

  /** Returns a column of the dataset's own. */
  public static InputColumn of(StructField column) {
    return new InputColumn(List.of(column.name()), column);
  }

  /**
   * Returns a field of a struct.
   *
   * @param path the column of the dataset, then the fields down to it
   * @param name the field's name, as it is written in an expression
   */
  static InputColumn of(List<StructField> path, String name) {
    StructField last = path.get(path.size() - 1);
    boolean nullable = path.stream().anyMatch(StructField::nullable);
    return new InputColumn(
        path.stream().map(StructField::name).toList(),
        new StructField(name, last.dataType(), nullable, metadata(path)));
  }

  /** The metadata of the last field; Spark keeps what a table declares with the column. */
  private static Metadata metadata(List<StructField> path) {
    Metadata own = path.get(path.size() - 1).metadata();
    if (path.size() == 1 || !path.get(0).metadata().contains(DECLARED_TYPE)) {
      return own;
    }
    DataType declared = DataType.fromDDL(path.get(0).metadata().getString(DECLARED_TYPE));
    for (int i = 1; i < path.size() && declared instanceof StructType struct; i++) {
      int place = ((StructType) path.get(i - 1).dataType()).fieldIndex(path.get(i).name());
      declared = struct.fields()[place].dataType();
    }
    return new MetadataBuilder()
        .withMetadata(own)
        .putString(DECLARED_TYPE, declared.catalogString())
        .build();
  }

  /** The name: that of the column, or the path to a field as Spark writes it. */
  public String name() {
    return field.name();
  }

  /** The type of the values. */
  public DataType dataType() {
    return field.dataType();
  }

  /** Returns whether values may be null. */
  public boolean nullable() {
    return field.nullable();
  }

  /** Returns whether this is a field of a struct. */
  public boolean isNested() {
    return path.size() > 1;
  }

  /**
   * Returns whether spaces at the end mean nothing: those that pad a {@code char(n)}, which Spark,
   * too, leaves out of account when it compares them.
   */
  public boolean isPadded() {
    return dataType() instanceof CharType
        || field.metadata().contains(DECLARED_TYPE)
            && field.metadata().getString(DECLARED_TYPE).startsWith("char(");
  }

  /** The column in a query. */
  public Column reference() {
    Column column = SchemaLookup.reference(path.get(0));
    for (String name : path.subList(1, path.size())) {
      column = column.getField(name);
    }
    return column;
  }

  /** The column, of numbers, as doubles. */
  public Column asDouble() {
    Column column = reference();
    return dataType().equals(DataTypes.DoubleType) ? column : column.cast(DataTypes.DoubleType);
  }

  /** The column, of numbers, as doubles unless it holds longs, which stay as they are. */
  public Column asNumber() {
    return dataType().equals(DataTypes.LongType) ? reference() : asDouble();
  }

  /** The column as a key of groups. */
  public Column asKey() {
    return isPadded() ? functions.rtrim(reference()) : reference();
  }

  /**
   * The column as a key of groups, in a form in which rows of the public API hold it without loss:
   * dates are days, timestamps microseconds and strings their bytes. Java's own dates are of
   * another calendar, and strings need not be valid.
   */
  public Column asPublicKey() {
    if (dataType() instanceof DateType) {
      return functions.unix_date(asKey());
    }
    if (dataType() instanceof TimestampType) {
      return functions.unix_micros(asKey());
    }
    return dataType() instanceof StringType ? asKey().cast(DataTypes.BinaryType) : asKey();
  }
}
