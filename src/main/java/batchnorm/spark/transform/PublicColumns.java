package batchnorm.spark.transform;

import batchnorm.spark.columns.SchemaLookup;
import batchnorm.spark.compat.ScalaSeq;
import batchnorm.spark.compat.SparkErrors;
import batchnorm.spark.fit.MalformedVector;
import batchnorm.spark.fit.PublicVector;
import batchnorm.spark.moments.Finite;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.api.java.UDF2;
import org.apache.spark.sql.expressions.UserDefinedFunction;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import scala.collection.Seq;

/**
 * Columns that user-defined functions map: for a Spark whose expressions are not those that we
 * know. Each row is converted to objects and back, so they are slower than {@link MappedColumns},
 * and give the same bits. They name no class of Spark's plans and rows, but for the keys of groups.
 */
public final class PublicColumns implements ColumnMapping {
  private final StructType schema;
  private final PlacedRows rows;
  private final Column place;
  private final PublicMapper mapper;
  private final List<String> names;
  private final boolean strict;

  /**
   * Returns columns that apply the coefficients of {@code rows}.
   *
   * @param schema the columns of the dataset
   * @param names the column of each feature, or the one column of all; for errors
   * @param strict whether missing and infinite values are errors
   */
  PublicColumns(StructType schema, PlacedRows rows, List<String> names, boolean strict) {
    this.schema = schema;
    this.rows = rows;
    place = rows.place() == null ? functions.lit(null) : rows.place();
    this.names = names;
    this.strict = strict;
    mapper = new PublicMapper(rows.placement(), names, strict);
  }

  @Override
  public Column vector(Column vector) {
    PublicMapper applied = mapper;
    UDF2<Row, Object, Object> function = applied::vector;
    return mapped(function, SQLDataTypes.VectorType(), givesNoNull(0), PublicVector.column(vector));
  }

  @Override
  public Column doubleArray(Column array, DataType type) {
    PublicMapper applied = mapper;
    UDF2<Seq<Double>, Object, Object> function = applied::doubles;
    return mapped(function, type, givesNoNull(0), array);
  }

  @Override
  public Column floatArray(Column array, DataType type) {
    PublicMapper applied = mapper;
    UDF2<Seq<Float>, Object, Object> function = applied::floats;
    return mapped(function, type, givesNoNull(0), array);
  }

  @Override
  public List<Column> numbers(List<Column> numbers) {
    PublicMapper applied = mapper;
    return IntStream.range(0, numbers.size())
        .mapToObj(
            j -> {
              UDF2<Number, Object, Object> function = (x, at) -> applied.number(x, at, j);
              return mapped(function, DataTypes.DoubleType, givesNoNull(j), numbers.get(j));
            })
        .toList();
  }

  @Override
  public List<Column> elements(Column vector) {
    PublicMapper applied = mapper;
    Column struct = PublicVector.column(vector);
    return IntStream.range(0, applied.size())
        .mapToObj(
            j -> {
              UDF2<Row, Object, Object> function = (row, at) -> applied.element(row, at, j);
              return mapped(function, DataTypes.DoubleType, givesNoNull(0), struct);
            })
        .toList();
  }

  @Override
  public Column vectorOf(List<Column> numbers) {
    PublicMapper applied = mapper;
    UDF2<Row, Object, Object> function = applied::vectorOf;
    return mapped(function, SQLDataTypes.VectorType(), true, struct(numbers));
  }

  /** Returns whether all of the columns of doubles and longs are there and finite. */
  public static Column areFinite(List<Column> numbers) {
    UDF1<Row, Object> function =
        row ->
            IntStream.range(0, row.size())
                .allMatch(j -> !row.isNullAt(j) && Finite.is(row.<Number>getAs(j).doubleValue()));
    return called(function, DataTypes.BooleanType, true, struct(numbers));
  }

  /**
   * Returns whether a vector is there and all its elements are finite; {@code name} is for errors.
   */
  public static Column isFiniteVector(Column vector, String name) {
    UDF1<Row, Object> function = struct -> struct != null && isFinite(struct, name);
    return called(function, DataTypes.BooleanType, true, PublicVector.column(vector));
  }

  /** Returns whether an array of doubles or floats is there and all its elements are finite. */
  public static Column isFiniteArray(Column array) {
    UDF1<Seq<Number>, Object> function =
        elements ->
            elements != null
                && ScalaSeq.list(elements).stream()
                    .allMatch(element -> element != null && Finite.is(element.doubleValue()));
    return called(function, DataTypes.BooleanType, true, array);
  }

  private static boolean isFinite(Row struct, String name) {
    PublicVector vector = new PublicVector(struct);
    try {
      return Finite.areAll(vector.isDense() ? vector.values() : vector.entries().values());
    } catch (MalformedVector e) {
      throw SparkErrors.ofTask(e.in(name));
    }
  }

  /** Returns whether the image of column {@code j} is never null, as the schema tells. */
  private boolean givesNoNull(int j) {
    return strict
        || new SchemaLookup(schema)
            .find(names.get(j))
            .filter(field -> !field.nullable())
            .isPresent();
  }

  private static Column struct(List<Column> columns) {
    List<Column> named = new ArrayList<>();
    columns.forEach(column -> named.add(column.as("f" + named.size())));
    return functions.struct(named.toArray(Column[]::new));
  }

  /** Calls a function with a value and the place of the row; null in a row without a place. */
  private <T> Column mapped(
      UDF2<T, Object, Object> function, DataType type, boolean givesNoNull, Column argument) {
    boolean mayLackPlace = rows.mayLackPlace();
    UDF2<T, Object, Object> orNull =
        mayLackPlace ? (x, at) -> at == null ? null : function.call(x, at) : function;
    UserDefinedFunction defined = functions.udf(orNull, type).withName("batchnorm");
    return (givesNoNull && !mayLackPlace ? defined.asNonNullable() : defined)
        .apply(argument, place);
  }

  private static Column called(
      UDF1<?, Object> function, DataType type, boolean givesNoNull, Column argument) {
    UserDefinedFunction defined = functions.udf(function, type).withName("batchnorm");
    return (givesNoNull ? defined.asNonNullable() : defined).apply(argument);
  }
}
