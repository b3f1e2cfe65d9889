package batchnorm.spark.columns;

import batchnorm.spark.errors.ColumnErrors;
import batchnorm.spark.normalize.HandleInvalid;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.Metadata;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * Columns that a transform writes, with types, nullability, and the features' names in the
 * metadata.
 *
 * @param fields the written columns
 */
public record OutputSchema(List<StructField> fields) {

  /**
   * Returns the columns that {@code names} writes for {@code features}.
   *
   * @param size the number of features, if it is known
   */
  public static OutputSchema of(
      FeatureColumns features,
      ColumnNames names,
      FeatureNames featureNames,
      OptionalInt size,
      HandleInvalid handleInvalid) {
    boolean mayBeNull = handleInvalid != HandleInvalid.ERROR;
    boolean haveOwnOutputs = features.haveOwnOutputs(names);
    List<StructField> fields = new ArrayList<>();
    for (int i = 0; i < names.outputs().size(); i++) {
      InputColumn input = features.fields().get(features.fields().size() == 1 ? 0 : i);
      String name = name(names, i, input);
      // A vector made of numbers is never null.
      boolean nullable =
          mayBeNull && input.nullable() && (haveOwnOutputs || !features.areNumbers());
      DataType type =
          haveOwnOutputs ? DataTypes.DoubleType : features.kind().written(input.dataType());
      Metadata metadata =
          haveOwnOutputs
              ? FeatureNames.numberMetadata(name)
              : together(name, type, featureNames, size);
      fields.add(new StructField(name, type, nullable, metadata));
    }
    return new OutputSchema(fields);
  }

  /** Returns the name of an output; if it replaces its input, the name in the schema. */
  private static String name(ColumnNames names, int i, InputColumn input) {
    String output = names.outputs().get(i);
    boolean same =
        names.inputs().size() == names.outputs().size()
            && SchemaLookup.key(names.inputs().get(i)).equals(SchemaLookup.key(output));
    boolean quoted = !SchemaLookup.key(input.name()).equals(SchemaLookup.key(output));
    return same && quoted && !input.isNested() ? input.name() : output;
  }

  /** The metadata of a column of all features: a vector's feature names. */
  private static Metadata together(
      String name, DataType type, FeatureNames featureNames, OptionalInt size) {
    return type.equals(SQLDataTypes.VectorType()) && size.isPresent()
        ? featureNames.vectorMetadata(name, size.getAsInt())
        : Metadata.empty();
  }

  /** The same columns, all nullable. */
  public OutputSchema nullable() {
    return new OutputSchema(
        fields.stream()
            .map(field -> new StructField(field.name(), field.dataType(), true, field.metadata()))
            .toList());
  }

  /**
   * Requires that each written column is new in {@code schema} or replaces its input; a field of a
   * struct cannot be replaced.
   */
  public void requireNewOrInPlace(StructType schema, FeatureColumns features) {
    SchemaLookup lookup = new SchemaLookup(schema);
    for (int i = 0; i < fields.size(); i++) {
      String name = fields.get(i).name();
      Optional<InputColumn> existing = lookup.find(name);
      if (existing.isPresent() && existing.get().isNested()) {
        throw ColumnErrors.outputIsAField(name);
      }
      boolean inPlace =
          features.fields().size() == fields.size()
              && existing.equals(Optional.of(features.fields().get(i)));
      if (existing.isPresent() && !inPlace) {
        throw ColumnErrors.outputColumnExists(name);
      }
    }
  }

  /** Returns {@code schema} with these columns; columns of the same names are replaced. */
  public StructType in(StructType schema) {
    Map<String, StructField> written = new HashMap<>();
    fields.forEach(field -> written.put(SchemaLookup.key(field.name()), field));
    List<StructField> all = new ArrayList<>();
    Set<String> replaced = new HashSet<>();
    for (StructField field : schema.fields()) {
      String key = SchemaLookup.key(field.name());
      all.add(written.getOrDefault(key, field));
      replaced.add(key);
    }
    fields.stream()
        .filter(field -> !replaced.contains(SchemaLookup.key(field.name())))
        .forEach(all::add);
    return new StructType(all.toArray(StructField[]::new));
  }
}
