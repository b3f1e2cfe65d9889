package batchnorm.spark.columns;

import batchnorm.spark.errors.ColumnErrors;
import java.util.List;
import java.util.OptionalInt;
import org.apache.spark.ml.attribute.Attribute;
import org.apache.spark.ml.attribute.AttributeGroup;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.types.BooleanType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.FloatType;
import org.apache.spark.sql.types.IntegralType;
import org.apache.spark.sql.types.StructType;

/**
 * The columns of a dataset that hold features: one of any kind, or several numbers.
 *
 * @param fields the columns, in the order of the features
 * @param kind the kind that all of them have
 */
public record FeatureColumns(List<InputColumn> fields, ColumnKind kind) {
  private static final double DOUBLE_ROUNDING = 0x1p-48;
  private static final double FLOAT_ROUNDING = 0x1p-22;

  /** Returns the input columns of {@code names}. */
  public static FeatureColumns of(StructType schema, ColumnNames names) {
    SchemaLookup lookup = new SchemaLookup(schema);
    List<InputColumn> fields = names.inputs().stream().map(lookup::column).toList();
    for (InputColumn field : fields) {
      requireNewVector(field);
      String type = field.dataType().simpleString();
      ColumnKind kind =
          ColumnKind.of(field.dataType())
              .orElseThrow(
                  () ->
                      names.oneInput()
                          ? ColumnErrors.notAFeatureColumn(field.name(), type)
                          : ColumnErrors.notANumericColumn(field.name(), type));
      if (!names.oneInput() && kind != ColumnKind.NUMBER) {
        throw ColumnErrors.notANumericColumn(field.name(), type);
      }
    }
    if (names.oneInput() && !names.oneOutput()) {
      requireVector(fields.get(0));
    }
    return new FeatureColumns(fields, ColumnKind.of(fields.get(0).dataType()).orElseThrow());
  }

  private static void requireNewVector(InputColumn field) {
    if (field.dataType() instanceof org.apache.spark.mllib.linalg.VectorUDT) {
      throw ColumnErrors.oldVectorColumn(field.name());
    }
  }

  /** Requires a vector: several columns are restored from the vector that a model wrote. */
  private static void requireVector(InputColumn field) {
    if (ColumnKind.of(field.dataType()).filter(ColumnKind.VECTOR::equals).isEmpty()) {
      throw ColumnErrors.notAVectorColumn(field.name(), field.dataType().simpleString());
    }
  }

  /** Returns whether each feature is a column of its own. */
  public boolean areNumbers() {
    return kind == ColumnKind.NUMBER;
  }

  /** Returns whether each feature has an output column of its own. */
  public boolean haveOwnOutputs(ColumnNames names) {
    return !names.oneOutput() || areNumbers() && names.oneInput();
  }

  /** The columns in a query; longs stay longs, other numbers become doubles. */
  public List<Column> values() {
    return fields.stream()
        .map(areNumbers() ? InputColumn::asNumber : InputColumn::reference)
        .toList();
  }

  /** The number of features, if the schema has it. */
  public OptionalInt size() {
    if (areNumbers()) {
      return OptionalInt.of(fields.size());
    }
    int size = kind == ColumnKind.VECTOR ? attributes().size() : -1;
    return size < 0 ? OptionalInt.empty() : OptionalInt.of(size);
  }

  /** The names of the features: the columns' names, or those in the vector's metadata. */
  public FeatureNames names() {
    if (areNumbers()) {
      return FeatureNames.of(columnNames());
    }
    if (kind != ColumnKind.VECTOR || attributes().attributes().isEmpty()) {
      return FeatureNames.UNNAMED;
    }
    Attribute[] attributes = attributes().attributes().get();
    String[] names = new String[attributes.length];
    boolean anyNamed = false;
    for (int j = 0; j < names.length; j++) {
      anyNamed |= attributes[j].name().isDefined();
      names[j] =
          attributes[j].name().isDefined()
              ? attributes[j].name().get()
              : FeatureNames.numbered(fields.get(0).name(), j);
    }
    return anyNamed ? FeatureNames.of(names) : FeatureNames.UNNAMED;
  }

  /**
   * Returns the ratio of std to mean up to which the variation of feature {@code j} may be rounding
   * only: 16 spacings of doubles, 2 of floats, and 0 for integers, which are exact.
   */
  public double rounding(int j) {
    DataType type = fields.get(areNumbers() ? j : 0).dataType();
    if (type instanceof IntegralType || type instanceof BooleanType) {
      return 0;
    }
    boolean floats = type instanceof FloatType || kind == ColumnKind.FLOAT_ARRAY;
    return floats ? FLOAT_ROUNDING : DOUBLE_ROUNDING;
  }

  /** The names of the columns. */
  public String[] columnNames() {
    return fields.stream().map(InputColumn::name).toArray(String[]::new);
  }

  /** The columns for an error text: one column's name, or the number of several. */
  public String described() {
    String[] columns = columnNames();
    return columns.length == 1 ? "column " + columns[0] : columns.length + " columns";
  }

  private AttributeGroup attributes() {
    return AttributeGroup.fromStructField(fields.get(0).field());
  }
}
