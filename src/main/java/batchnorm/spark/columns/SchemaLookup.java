package batchnorm.spark.columns;

import batchnorm.spark.errors.ColumnErrors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * Finds columns by name as Spark SQL does; {@code spark.sql.caseSensitive} applies. A column with
 * exactly this name takes precedence, whatever characters it has. Otherwise dots separate fields of
 * structs, and backticks quote names.
 */
public final class SchemaLookup {
  private final StructType schema;
  private final Map<String, List<StructField>> fields;

  /** Returns a lookup of columns of {@code schema}. */
  public SchemaLookup(StructType schema) {
    this.schema = schema;
    fields =
        Arrays.stream(schema.fields()).collect(Collectors.groupingBy(field -> key(field.name())));
  }

  /** Returns the column or field called {@code name}. */
  public InputColumn column(String name) {
    return find(name).orElseThrow(() -> ColumnErrors.missingColumn(name, schema.fieldNames()));
  }

  /** Returns the weight column {@code name}, which must be numeric. */
  public InputColumn weight(String name) {
    InputColumn column = column(name);
    if (ColumnKind.of(column.dataType()).filter(ColumnKind.NUMBER::equals).isEmpty()) {
      throw ColumnErrors.notAWeightColumn(name, column.dataType().simpleString());
    }
    return column;
  }

  /** Returns the column or field called {@code name}, if there is one. */
  public Optional<InputColumn> find(String name) {
    return one(fields.getOrDefault(key(name), List.of()), name)
        .map(InputColumn::of)
        .or(() -> ColumnPath.of(name).flatMap(path -> find(path, name)));
  }

  private Optional<InputColumn> find(ColumnPath path, String name) {
    List<StructField> found = new ArrayList<>();
    for (String next : path.names()) {
      List<StructField> same =
          found.isEmpty()
              ? fields.getOrDefault(key(next), List.of())
              : fieldsOf(found.get(found.size() - 1).dataType(), next);
      Optional<StructField> field = one(same, name);
      if (field.isEmpty()) {
        return Optional.empty();
      }
      found.add(field.get());
    }
    List<String> names = found.stream().map(StructField::name).toList();
    return Optional.of(InputColumn.of(found, new ColumnPath(names).toString()));
  }

  private static List<StructField> fieldsOf(DataType type, String name) {
    return type instanceof StructType struct
        ? Arrays.stream(struct.fields())
            .filter(field -> key(field.name()).equals(key(name)))
            .toList()
        : List.of();
  }

  private static Optional<StructField> one(List<StructField> found, String name) {
    if (found.size() > 1) {
      throw ColumnErrors.ambiguousColumn(name);
    }
    return found.stream().findFirst();
  }

  /** Returns a key that is equal for names that Spark SQL considers equal. */
  public static String key(String name) {
    return isCaseSensitive() ? name : name.toLowerCase(Locale.ROOT);
  }

  /** Returns a reference to the top-level column {@code name}, which may have any characters. */
  public static Column reference(String name) {
    return functions.col("`" + name.replace("`", "``") + "`");
  }

  private static boolean isCaseSensitive() {
    return DataSession.current()
        .map(session -> session.conf().get("spark.sql.caseSensitive", "false"))
        .map(Boolean::parseBoolean)
        .orElse(false);
  }
}
