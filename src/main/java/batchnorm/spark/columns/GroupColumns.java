package batchnorm.spark.columns;

import batchnorm.spark.errors.ColumnErrors;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.BooleanType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.DateType;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.sql.types.TimestampNTZType;
import org.apache.spark.sql.types.TimestampType;

/**
 * Columns whose values determine the groups. Null is a value of its own, all NaN are equal, and
 * -0.0 equals 0.0.
 *
 * @param fields the columns, as they are in the data
 */
public record GroupColumns(List<InputColumn> fields) {

  /**
   * Returns the group columns of a dataset.
   *
   * @param groupCols their names
   * @param columns the other columns that are read and written
   */
  public static GroupColumns of(
      StructType schema, String[] groupCols, ColumnNames columns, Optional<String> weightCol) {
    if (groupCols.length == 0) {
      throw ColumnErrors.emptyColumnList("groupCols");
    }
    SchemaLookup lookup = new SchemaLookup(schema);
    Set<String> inputs = keys(lookup, columns.inputs());
    Set<String> outputs = keys(lookup, columns.outputs());
    Set<String> weight = keys(lookup, weightCol.map(List::of).orElseGet(List::of));
    Set<String> seen = new HashSet<>();
    for (String name : groupCols) {
      String key = key(lookup, name);
      if (!seen.add(key)) {
        throw ColumnErrors.repeatedColumn("groupCols", name);
      }
      if (inputs.contains(key)) {
        throw ColumnErrors.groupColumnIsFeature(name);
      }
      if (weight.contains(key)) {
        throw ColumnErrors.groupColumnIsWeight(name);
      }
      if (outputs.contains(key)) {
        throw ColumnErrors.groupColumnIsOutput(name);
      }
      DataType type = lookup.column(name).dataType();
      if (!isPlain(type)) {
        throw ColumnErrors.notAGroupColumn(name, type.simpleString());
      }
    }
    return new GroupColumns(Arrays.stream(groupCols).map(lookup::column).toList());
  }

  /** Returns the columns of fitted groups. */
  public static GroupColumns of(StructType keys) {
    return new GroupColumns(Arrays.stream(keys.fields()).map(InputColumn::of).toList());
  }

  /** Requires that number and types agree with {@code keys}, those of the fitted groups. */
  public void requireTypesOf(StructType keys) {
    if (fields.size() != keys.size()) {
      throw ColumnErrors.groupColumnCountDiffers(fields.size(), keys.size());
    }
    for (int i = 0; i < fields.size(); i++) {
      DataType found = fields.get(i).dataType();
      DataType fitted = keys.fields()[i].dataType();
      if (!found.equals(fitted)) {
        throw ColumnErrors.groupColumnTypeDiffers(
            fields.get(i).name(), found.simpleString(), fitted.simpleString());
      }
    }
  }

  /** The keys as a struct: names and types of the columns, all nullable. */
  public StructType keys() {
    StructType keys = new StructType();
    for (InputColumn field : fields) {
      keys = keys.add(field.name(), field.dataType(), true);
    }
    return keys;
  }

  /** The names of the columns for an error text. */
  public String described() {
    return fields.stream().map(InputColumn::name).collect(Collectors.joining(", "));
  }

  /** A group for an error text: {@code store=7, day=null}. */
  public static String described(Row group) {
    return IntStream.range(0, group.size())
        .mapToObj(i -> group.schema().fieldNames()[i] + "=" + group.get(i))
        .collect(Collectors.joining(", "));
  }

  /** Returns whether values of a type are equal if and only if their bytes are. */
  private static boolean isPlain(DataType type) {
    return type instanceof NumericType
        || type instanceof BooleanType
        || type instanceof DateType
        || type instanceof TimestampType
        || type instanceof TimestampNTZType
        || type.equals(DataTypes.StringType);
  }

  private static Set<String> keys(SchemaLookup lookup, List<String> names) {
    return names.stream().map(name -> key(lookup, name)).collect(Collectors.toSet());
  }

  /** Returns a key that is equal for names of the same column. */
  private static String key(SchemaLookup lookup, String name) {
    return SchemaLookup.key(lookup.find(name).map(InputColumn::name).orElse(name));
  }
}
