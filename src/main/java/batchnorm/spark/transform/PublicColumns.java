package batchnorm.spark.transform;

import batchnorm.spark.columns.ColumnNames;
import batchnorm.spark.columns.FeatureColumns;
import batchnorm.spark.columns.OutputSchema;
import batchnorm.spark.columns.SchemaLookup;
import batchnorm.spark.compat.ScalaSeq;
import batchnorm.spark.fit.MalformedVector;
import batchnorm.spark.fit.PublicVector;
import batchnorm.spark.moments.Doubles;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.api.java.UDF2;
import org.apache.spark.sql.expressions.UserDefinedFunction;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import scala.collection.Seq;

/**
 * Columns mapped by user-defined functions, for a Spark with other expression classes. Each row is
 * converted to objects and back: they are slower than {@link MappedColumns}, with the same bits as
 * results. They refer to no internal class of Spark, except for the keys of groups.
 *
 * @param features the features that are mapped
 * @param names the columns that are read and written
 * @param output the fields of the written columns
 * @param failOnInvalid true if missing and infinite values are errors
 */
record PublicColumns(
    FeatureColumns features, ColumnNames names, OutputSchema output, boolean failOnInvalid) {

  /** Returns the condition that all features of a row are non-null and finite. */
  Column areFinite() {
    String name = features.columnNames()[0];
    List<Column> inputs = inputs();
    UDF1<Row, Object> vector = struct -> struct != null && vectorIsFinite(struct, name);
    return switch (features.kind()) {
      case NUMBER -> finite(PublicColumns::numbersAreFinite, struct(inputs));
      case VECTOR -> finite(vector, inputs.get(0));
      case DOUBLE_ARRAY, FLOAT_ARRAY -> finite(PublicColumns::arrayIsFinite, inputs.get(0));
    };
  }

  private static Object numbersAreFinite(Row numbers) {
    return IntStream.range(0, numbers.size())
        .allMatch(
            j -> !numbers.isNullAt(j) && Doubles.isFinite(numbers.<Number>getAs(j).doubleValue()));
  }

  private static Object arrayIsFinite(Seq<Number> array) {
    return array != null
        && ScalaSeq.list(array).stream()
            .allMatch(element -> element != null && Doubles.isFinite(element.doubleValue()));
  }

  private static boolean vectorIsFinite(Row struct, String name) {
    PublicVector vector = new PublicVector(struct);
    try {
      return Doubles.allFinite(vector.isDense() ? vector.doubles() : vector.entries().values());
    } catch (MalformedVector e) {
      throw e.in(name);
    }
  }

  private static <T> Column finite(UDF1<T, Object> function, Column features) {
    return functions
        .udf(function, DataTypes.BooleanType)
        .withName("batchnorm")
        .asNonNullable()
        .apply(features);
  }

  /**
   * Returns the output columns; they are null in the same cases as those of {@link MappedColumns}.
   */
  List<Column> of(PlacedRows rows) {
    List<String> columns = List.of(features.columnNames());
    PublicMapper mapper = new PublicMapper(rows.placement(), columns, failOnInvalid);
    List<Column> inputs = inputs();
    if (!features.haveOwnOutputs(names)) {
      Column input = features.areNumbers() ? struct(inputs) : inputs.get(0);
      DataType type = output.fields().get(0).dataType();
      boolean givesNoNull = features.areNumbers() || givesNoNull(0);
      return List.of(mapped(imagesOfAll(mapper), type, givesNoNull, input, rows));
    }
    return IntStream.range(0, mapper.size())
        .mapToObj(
            j -> {
              int column = inputs.size() == 1 ? 0 : j;
              return mapped(
                  imageOfOne(mapper, j),
                  DataTypes.DoubleType,
                  givesNoNull(column),
                  inputs.get(column),
                  rows);
            })
        .toList();
  }

  /** Returns the function from a row's features to the images of all. */
  private UDF2<Object, Object, Object> imagesOfAll(PublicMapper mapper) {
    return switch (features.kind()) {
      case NUMBER -> (numbers, at) -> mapper.vectorOf((Row) numbers, at);
      case VECTOR -> (vector, at) -> mapper.vector((Row) vector, at);
      case DOUBLE_ARRAY -> (array, at) -> mapper.doubles((Seq<?>) array, at);
      case FLOAT_ARRAY -> (array, at) -> mapper.floats((Seq<?>) array, at);
    };
  }

  /** Returns the function from a number or vector to the image of one feature. */
  private UDF2<Object, Object, Object> imageOfOne(PublicMapper mapper, int j) {
    return features.areNumbers()
        ? (x, at) -> mapper.number((Number) x, at, j)
        : (vector, at) -> mapper.element((Row) vector, at, j);
  }

  /** Returns whether the image of column {@code j} is never null according to the schema. */
  private boolean givesNoNull(int j) {
    return failOnInvalid || !features.fields().get(j).nullable();
  }

  /** The columns of the features, vectors as structs. */
  private List<Column> inputs() {
    List<Column> values = features.values();
    return switch (features.kind()) {
      case VECTOR -> List.of(PublicVector.column(values.get(0)));
      case NUMBER, DOUBLE_ARRAY, FLOAT_ARRAY -> values;
    };
  }

  /** Returns the columns of a dataset by their names. */
  static List<Column> columns(Dataset<?> rows) {
    return Arrays.stream(rows.columns()).map(SchemaLookup::reference).toList();
  }

  private static Column struct(List<Column> columns) {
    List<Column> named = new ArrayList<>();
    columns.forEach(column -> named.add(column.as("f" + named.size())));
    return functions.struct(named.toArray(Column[]::new));
  }

  /**
   * Returns the call of a function with a value and the row's place; null for a row without place.
   */
  private static Column mapped(
      UDF2<Object, Object, Object> function,
      DataType type,
      boolean givesNoNull,
      Column argument,
      PlacedRows rows) {
    UDF2<Object, Object, Object> orNull =
        rows.mayLackPlace() ? (x, at) -> at == null ? null : function.call(x, at) : function;
    UserDefinedFunction defined = functions.udf(orNull, type).withName("batchnorm");
    Column place = rows.place() == null ? functions.lit(null) : rows.place();
    return (givesNoNull && !rows.mayLackPlace() ? defined.asNonNullable() : defined)
        .apply(argument, place);
  }
}
