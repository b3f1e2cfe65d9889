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
 * Column that is read: a column of the dataset, or a field of a struct.
 *
 * @param path the name of the column, then the names of nested fields, as in the schema
 * @param field the name in texts, features and groups, and the type of the values
 */
public record InputColumn(List<String> path, StructField field) {
  /** Key of a field's metadata under which Spark keeps a table's {@code char(n)}. */
  private static final String DECLARED_TYPE = "__CHAR_VARCHAR_TYPE_STRING";

  /** Returns a top-level column of the dataset. */
  public static InputColumn of(StructField column) {
    return new InputColumn(List.of(column.name()), column);
  }

  /**
   * Returns a field of a struct.
   *
   * @param path the column of the dataset, then the fields down to it
   * @param name the field's name in an expression
   */
  static InputColumn of(List<StructField> path, String name) {
    StructField last = path.get(path.size() - 1);
    boolean nullable = path.stream().anyMatch(StructField::nullable);
    return new InputColumn(
        path.stream().map(StructField::name).toList(),
        new StructField(name, last.dataType(), nullable, metadata(path)));
  }

  /** The metadata of the last field; Spark keeps a table's declared types at the column. */
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

  /** The name of the column, or the path to a field as Spark writes it. */
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
   * Returns whether trailing spaces are ignored: those of a {@code char(n)}, which Spark's
   * comparisons ignore, too.
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

  /** The numeric column, cast to double. */
  public Column asDouble() {
    Column column = reference();
    return dataType().equals(DataTypes.DoubleType) ? column : column.cast(DataTypes.DoubleType);
  }

  /** The numeric column, cast to double unless it has type long. */
  public Column asNumber() {
    return dataType().equals(DataTypes.LongType) ? reference() : asDouble();
  }

  /** The column as a key of groups. */
  public Column asKey() {
    return isPadded() ? functions.rtrim(reference()) : reference();
  }

  /**
   * The column as a key of groups, in types that rows of the public API hold without loss: dates as
   * days, timestamps as microseconds, strings as bytes. Java's dates use another calendar, and
   * strings may be invalid UTF-8.
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
