package batchnorm.spark.transform;

import batchnorm.spark.columns.ColumnNames;
import batchnorm.spark.columns.FeatureColumns;
import batchnorm.spark.columns.OutputSchema;
import batchnorm.spark.columns.SchemaLookup;
import batchnorm.spark.compat.ScalaSeq;
import batchnorm.spark.compat.SparkErrors;
import batchnorm.spark.fit.MalformedVector;
import batchnorm.spark.fit.PublicVector;
import batchnorm.spark.moments.Finite;
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
 * Columns that user-defined functions map: for a Spark whose expressions are not those that we
 * know. Each row is converted to objects and back, so they are slower than {@link MappedColumns},
 * and give the same bits. They name no class of Spark's plans and rows, but for the keys of groups.
 *
 * @param features the features that are mapped
 * @param names the columns that are read and written
 * @param output the fields of the written columns
 * @param strict whether missing and infinite values are errors
 */
record PublicColumns(
    FeatureColumns features, ColumnNames names, OutputSchema output, boolean strict) {

  /** Returns whether all features of a row are there and finite. */
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
        .allMatch(j -> !numbers.isNullAt(j) && Finite.is(numbers.<Number>getAs(j).doubleValue()));
  }

  private static Object arrayIsFinite(Seq<Number> array) {
    return array != null
        && ScalaSeq.list(array).stream()
            .allMatch(element -> element != null && Finite.is(element.doubleValue()));
  }

  private static boolean vectorIsFinite(Row struct, String name) {
    PublicVector vector = new PublicVector(struct);
    try {
      return Finite.areAll(vector.isDense() ? vector.values() : vector.entries().values());
    } catch (MalformedVector e) {
      throw SparkErrors.ofTask(e.in(name));
    }
  }

  private static <T> Column finite(UDF1<T, Object> function, Column features) {
    return functions
        .udf(function, DataTypes.BooleanType)
        .withName("batchnorm")
        .asNonNullable()
        .apply(features);
  }

  /** Returns the columns that are written, null in the cases in which {@link MappedColumns} are. */
  List<Column> of(PlacedRows rows) {
    List<String> columns = List.of(features.columnNames());
    PublicMapper mapper = new PublicMapper(rows.placement(), columns, strict);
    if (!features.areWrittenApart(names)) {
      return List.of(together(mapper, rows));
    }
    List<Column> inputs = inputs();
    return IntStream.range(0, mapper.size())
        .mapToObj(
            j ->
                features.areNumbers()
                    ? number(mapper, rows, inputs.get(j), j)
                    : element(mapper, rows, inputs.get(0), j))
        .toList();
  }

  private Column together(PublicMapper mapper, PlacedRows rows) {
    DataType type = output.fields().get(0).dataType();
    List<Column> inputs = inputs();
    UDF2<Row, Object, Object> numbers = mapper::vectorOf;
    UDF2<Row, Object, Object> vector = mapper::vector;
    UDF2<Seq<Double>, Object, Object> doubles = mapper::doubles;
    UDF2<Seq<Float>, Object, Object> floats = mapper::floats;
    return switch (features.kind()) {
      case NUMBER -> mapped(numbers, type, true, struct(inputs), rows);
      case VECTOR -> mapped(vector, type, givesNoNull(0), inputs.get(0), rows);
      case DOUBLE_ARRAY -> mapped(doubles, type, givesNoNull(0), inputs.get(0), rows);
      case FLOAT_ARRAY -> mapped(floats, type, givesNoNull(0), inputs.get(0), rows);
    };
  }

  private Column number(PublicMapper mapper, PlacedRows rows, Column input, int j) {
    UDF2<Number, Object, Object> function = (x, at) -> mapper.number(x, at, j);
    return mapped(function, DataTypes.DoubleType, givesNoNull(j), input, rows);
  }

  private Column element(PublicMapper mapper, PlacedRows rows, Column vector, int j) {
    UDF2<Row, Object, Object> function = (row, at) -> mapper.element(row, at, j);
    return mapped(function, DataTypes.DoubleType, givesNoNull(0), vector, rows);
  }

  /** Returns whether the image of column {@code j} is never null, as the schema tells. */
  private boolean givesNoNull(int j) {
    return strict || !features.fields().get(j).nullable();
  }

  /** The columns of the features, vectors as structs. */
  private List<Column> inputs() {
    List<Column> values = features.values();
    return switch (features.kind()) {
      case VECTOR -> List.of(PublicVector.column(values.get(0)));
      case NUMBER, DOUBLE_ARRAY, FLOAT_ARRAY -> values;
    };
  }

  /** Returns a dataset's own columns, by their names. */
  static List<Column> columns(Dataset<?> rows) {
    return Arrays.stream(rows.columns()).map(SchemaLookup::reference).toList();
  }

  private static Column struct(List<Column> columns) {
    List<Column> named = new ArrayList<>();
    columns.forEach(column -> named.add(column.as("f" + named.size())));
    return functions.struct(named.toArray(Column[]::new));
  }

  /** Calls a function with a value and the place of the row; null in a row without a place. */
  private static <T> Column mapped(
      UDF2<T, Object, Object> function,
      DataType type,
      boolean givesNoNull,
      Column argument,
      PlacedRows rows) {
    UDF2<T, Object, Object> orNull =
        rows.mayLackPlace() ? (x, at) -> at == null ? null : function.call(x, at) : function;
    UserDefinedFunction defined = functions.udf(orNull, type).withName("batchnorm");
    Column place = rows.place() == null ? functions.lit(null) : rows.place();
    return (givesNoNull && !rows.mayLackPlace() ? defined.asNonNullable() : defined)
        .apply(argument, place);
  }
}
