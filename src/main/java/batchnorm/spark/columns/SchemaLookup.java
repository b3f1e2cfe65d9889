package batchnorm.spark.columns;

import batchnorm.spark.errors.Errors;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * Finds columns by name as Spark SQL does: upper and lower case are the same unless {@code
 * spark.sql.caseSensitive} says otherwise. A name is a name: dots and spaces in it mean nothing.
 */
public final class SchemaLookup {
  private final StructType schema;
  private final Map<String, List<StructField>> fields;

  /** Prepares to find columns of {@code schema}. */
  public SchemaLookup(StructType schema) {
    this.schema = schema;
    fields =
        Arrays.stream(schema.fields()).collect(Collectors.groupingBy(field -> key(field.name())));
  }

  /** Returns the column called {@code name}. */
  public StructField field(String name) {
    return find(name).orElseThrow(() -> Errors.missingColumn(name, schema.fieldNames()));
  }

  /** Returns the column called {@code name}, if there is one. */
  public Optional<StructField> find(String name) {
    List<StructField> found = fields.getOrDefault(key(name), List.of());
    if (found.size() > 1) {
      throw Errors.ambiguousColumn(name);
    }
    return found.stream().findFirst();
  }

  /** Spark SQL takes two names for one if their keys are equal. */
  public static String key(String name) {
    return isCaseSensitive() ? name : name.toLowerCase(Locale.ROOT);
  }

  /** A reference to the top-level column {@code name}, whatever characters the name has. */
  public static Column reference(String name) {
    return functions.col("`" + name.replace("`", "``") + "`");
  }

  /** The numeric column {@code field}, as doubles. */
  public static Column asDouble(StructField field) {
    Column column = reference(field.name());
    return field.dataType().equals(DataTypes.DoubleType)
        ? column
        : column.cast(DataTypes.DoubleType);
  }

  /** The numeric column {@code field}, as doubles unless it holds longs, which stay as they are. */
  public static Column asNumber(StructField field) {
    return field.dataType().equals(DataTypes.LongType) ? reference(field.name()) : asDouble(field);
  }

  private static boolean isCaseSensitive() {
    return SparkSession.getActiveSession().isDefined()
        && Boolean.parseBoolean(
            SparkSession.getActiveSession().get().conf().get("spark.sql.caseSensitive", "false"));
  }
}
