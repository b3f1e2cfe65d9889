package batchnorm.spark.transform;

import batchnorm.spark.columns.ColumnKind;
import batchnorm.spark.columns.ColumnNames;
import batchnorm.spark.columns.FeatureColumns;
import batchnorm.spark.columns.InputColumn;
import batchnorm.spark.columns.OutputSchema;
import batchnorm.spark.compat.ClassicSpark;
import batchnorm.spark.compat.Invocation;
import batchnorm.spark.compat.ScalaSeq;
import batchnorm.spark.normalize.Coefficients;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.catalyst.expressions.Attribute;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.If;
import org.apache.spark.sql.catalyst.expressions.IsNull;
import org.apache.spark.sql.catalyst.expressions.Literal;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.DoubleType;
import org.apache.spark.sql.types.LongType;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.ObjectType;

/**
 * Columns whose expressions call a mapper from Spark's generated code, without a UDF and its
 * conversion of each row.
 *
 * @param features the features that are mapped
 * @param names the columns that are read and written
 * @param output the fields of the written columns
 * @param failOnInvalid true if missing and infinite values are errors
 */
record MappedColumns(
    FeatureColumns features, ColumnNames names, OutputSchema output, boolean failOnInvalid) {
  /**
   * Maximum estimated size of the loop of whole-stage code, in bytes. HotSpot compiles no method of
   * more than 8,000 bytes, and a query may do more in the same loop.
   */
  private static final int MOST_BYTES = 6_000;

  /**
   * Bytes of code that read a column from a batch and write it to a row; see {@code
   * WholeStageTest}.
   */
  private static final int BYTES_A_COLUMN = 70;

  private static final int BYTES_A_FEATURE = 20;
  private static final int BYTES_A_NULLABLE_FEATURE = 54;
  private static final int BYTES_A_CAST = 27;

  /** Returns the condition that all features of a row are non-null and finite. */
  Column areFinite() {
    FeatureMapper mapper = mapper(null);
    return ClassicSpark.column(
        features.areNumbers()
            ? NumbersExpression.finite(inputs(), mapper)
            : Invocation.of(mapper, "isFinite", DataTypes.BooleanType, false, inputs()));
  }

  /**
   * Returns the output columns. If missing and infinite values are errors, they are never null;
   * otherwise null gives null.
   */
  List<Column> of(PlacedRows rows) {
    Expression place = rows.place() == null ? null : ClassicSpark.expression(rows.place());
    return images(mapper(rows.placement()), place, rows.columns().size()).stream()
        .map(
            image ->
                rows.mayLackPlace()
                    ? new If(new IsNull(place), Literal.create(null, image.dataType()), image)
                    : image)
        .map(ClassicSpark::column)
        .toList();
  }

  private List<Expression> images(FeatureMapper mapper, Expression place, int columns) {
    List<Expression> inputs = inputs();
    boolean outsideWholeStage = !areForWholeStage(columns, mapper.size());
    if (mapper instanceof SingleFeatureMapper single && features.haveOwnOutputs(names)) {
      return IntStream.range(0, mapper.size())
          .<Expression>mapToObj(
              j ->
                  FeatureExpression.of(
                      inputs.get(inputs.size() == 1 ? 0 : j), place, single, j, outsideWholeStage))
          .toList();
    }
    DataType type = output.fields().get(0).dataType();
    return List.of(
        features.areNumbers()
            ? NumbersExpression.vector(inputs, place, mapper, type, outsideWholeStage)
            : image(mapper, inputs.get(0), place, type));
  }

  /**
   * Returns whether all columns fit into one loop of whole-stage code.
   *
   * @param columns the number of columns of the dataset
   * @param size the number of features
   */
  private boolean areForWholeStage(int columns, int size) {
    long casts =
        features.fields().stream().map(InputColumn::dataType).filter(MappedColumns::isCast).count();
    long featureBytes = failOnInvalid ? BYTES_A_FEATURE : BYTES_A_NULLABLE_FEATURE;
    return BYTES_A_COLUMN * (long) columns + featureBytes * size + BYTES_A_CAST * casts
        <= MOST_BYTES;
  }

  private static boolean isCast(DataType type) {
    return type instanceof NumericType && !(type instanceof DoubleType || type instanceof LongType);
  }

  /** Returns the images of all features in one column. */
  private static Expression image(
      FeatureMapper mapper, Expression input, Expression place, DataType type) {
    Expression coefficients =
        Invocation.of(
            mapper.placement(),
            "coefficients",
            new ObjectType(Coefficients.class),
            false,
            place == null ? List.of() : List.of(place));
    return Invocation.of(
        mapper, "apply", type, !mapper.failsOnInvalid(), List.of(input, coefficients));
  }

  /** Returns the mapper for the kind of the columns; classes of other kinds are not loaded. */
  private FeatureMapper mapper(Placement placement) {
    List<String> columns = List.of(features.columnNames());
    if (features.areNumbers()) {
      return NumberMapper.of(placement, columns, failOnInvalid);
    }
    if (features.kind() == ColumnKind.VECTOR) {
      return VectorMapper.of(placement, columns, failOnInvalid);
    }
    return features.kind() == ColumnKind.FLOAT_ARRAY
        ? ArrayMapper.ofFloats(placement, columns, failOnInvalid)
        : ArrayMapper.ofDoubles(placement, columns, failOnInvalid);
  }

  private List<Expression> inputs() {
    return features.values().stream().map(ClassicSpark::expression).toList();
  }

  /** Returns the columns of a dataset, which may have any names. */
  static List<Column> columns(Dataset<?> rows) {
    return attributes(rows).stream().map(ClassicSpark::column).toList();
  }

  static List<Attribute> attributes(Dataset<?> rows) {
    return ScalaSeq.list(ClassicSpark.query(rows).analyzed().output());
  }
}
