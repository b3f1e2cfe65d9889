package batchnorm.spark.transform;

import batchnorm.spark.columns.SchemaLookup;
import batchnorm.spark.compat.ClassicSpark;
import batchnorm.spark.compat.Invocation;
import batchnorm.spark.compat.ScalaSeq;
import batchnorm.spark.normalize.AffineMap;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.expressions.Attribute;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.If;
import org.apache.spark.sql.catalyst.expressions.IsNull;
import org.apache.spark.sql.catalyst.expressions.Literal;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.ObjectType;
import scala.collection.immutable.Seq;

/**
 * The door through which a transform gets its arithmetic into a query: columns whose expression
 * calls a mapper from the code that Spark generates, without a UDF and its conversion of each row.
 *
 * <p>The parameter {@code strict} of the mappers is whether missing and infinite values are errors.
 * Where they are, the mapper is called for null too and refuses it, so its result is never null;
 * where not, null gives null.
 */
public final class MappedColumns implements ColumnMapping {
  private final RowMaps rows;
  private final List<String> names;
  private final boolean strict;

  /**
   * Returns columns that apply the maps of {@code rows}.
   *
   * @param names the column of each feature, or the one column of all; for errors
   */
  public MappedColumns(RowMaps rows, List<String> names, boolean strict) {
    this.rows = rows;
    this.names = names;
    this.strict = strict;
  }

  @Override
  public Column vector(Column vector) {
    VectorMapper mapper = new VectorMapper(rows.maps(), names, strict);
    return map(mapper, "apply", SQLDataTypes.VectorType(), vector);
  }

  @Override
  public Column doubleArray(Column array, DataType type) {
    return map(new ArrayMapper(rows.maps(), names, strict), "applyDoubles", type, array);
  }

  @Override
  public Column floatArray(Column array, DataType type) {
    return map(new ArrayMapper(rows.maps(), names, strict), "applyFloats", type, array);
  }

  /** Double columns, one a feature, to as many double columns, outside whole-stage code. */
  @Override
  public List<Column> numbers(List<Column> numbers) {
    NumberMapper mapper = new NumberMapper(rows.maps(), names, strict);
    return IntStream.range(0, rows.maps().size())
        .mapToObj(j -> feature(numbers.get(j), mapper, j))
        .toList();
  }

  /** The elements of a vector to as many double columns, outside whole-stage code. */
  @Override
  public List<Column> elements(Column vector) {
    ElementMapper mapper = new ElementMapper(rows.maps(), names, strict);
    return IntStream.range(0, rows.maps().size())
        .mapToObj(j -> feature(vector, mapper, j))
        .toList();
  }

  /** Double columns to one vector, outside whole-stage code. */
  @Override
  public Column vectorOf(List<Column> numbers) {
    return orNull(
        new NumbersExpression(
            expressions(numbers), rows.place(), new NumbersMapper(rows.maps(), names, strict)));
  }

  /** Whether all of the double columns are there and finite. */
  public static Column areFinite(List<Column> numbers) {
    return ClassicSpark.column(
        new NumbersExpression(expressions(numbers), null, FiniteCheck.OF_NUMBERS));
  }

  /**
   * Returns whether a vector is there and all its elements are finite; {@code name} is for errors.
   */
  public static Column isFiniteVector(Column vector, String name) {
    return isFinite("vector", vector, name);
  }

  /** Whether an array of doubles is there and all its elements are finite. */
  public static Column isFiniteDoubleArray(Column array, String name) {
    return isFinite("doubles", array, name);
  }

  /** Whether an array of floats is there and all its elements are finite. */
  public static Column isFiniteFloatArray(Column array, String name) {
    return isFinite("floats", array, name);
  }

  /**
   * Returns the rows with {@code columns} added, in order, or replaced in place where one of that
   * name exists. Of Dataset's public methods, the one for several columns loses their order, and
   * compares each of them with every column that is there.
   *
   * @param columns the columns by their {@link SchemaLookup#key keys}
   */
  @Override
  public Dataset<Row> withColumns(Map<String, Column> columns) {
    Map<String, Column> added = new LinkedHashMap<>(columns);
    List<Column> all = new ArrayList<>();
    for (Attribute attribute : rows.columns()) {
      String key = SchemaLookup.key(attribute.name());
      added.remove(key);
      Column column = columns.get(key);
      all.add(column != null ? column : ClassicSpark.column(attribute));
    }
    all.addAll(added.values());
    return rows.dataset().select(all.toArray(Column[]::new));
  }

  /** Calls a mapper with a value and the map of the row. */
  private Column map(Object mapper, String method, DataType type, Column value) {
    Expression map =
        Invocation.of(
            rows.maps(),
            "map",
            new ObjectType(AffineMap.class),
            false,
            rows.place() == null ? List.of() : List.of(rows.place()));
    return orNull(
        Invocation.of(mapper, method, type, !strict, List.of(ClassicSpark.expression(value), map)));
  }

  private Column feature(Column child, SingleFeatureMapper mapper, int feature) {
    return orNull(
        new FeatureExpression(ClassicSpark.expression(child), rows.place(), mapper, feature));
  }

  /** What is mapped, or null in a row without a place. */
  private Column orNull(Expression mapped) {
    Expression place = rows.place();
    return ClassicSpark.column(
        rows.mayLackPlace()
            ? new If(new IsNull(place), Literal.create(null, mapped.dataType()), mapped)
            : mapped);
  }

  private static Column isFinite(String method, Column features, String name) {
    return ClassicSpark.column(
        Invocation.of(
            new FiniteCheck(name),
            method,
            DataTypes.BooleanType,
            false,
            List.of(ClassicSpark.expression(features))));
  }

  private static Seq<Expression> expressions(List<Column> columns) {
    return ScalaSeq.of(columns.stream().map(ClassicSpark::expression).toList());
  }
}
