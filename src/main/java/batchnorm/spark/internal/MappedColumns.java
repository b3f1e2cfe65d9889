package batchnorm.spark.internal;

import batchnorm.spark.columns.SchemaLookup;
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
import org.apache.spark.sql.catalyst.expressions.Literal;
import org.apache.spark.sql.catalyst.expressions.objects.Invoke;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.classic.ExpressionUtils;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import scala.collection.immutable.Seq;
import scala.jdk.javaapi.CollectionConverters;

/**
 * The door through which a transform gets its arithmetic into a query: columns whose expression
 * calls a mapper from the code that Spark generates, without a UDF and its conversion of each row.
 *
 * <p>The parameter {@code strict} of the mappers is whether missing and infinite values are errors.
 * Where they are, the mapper is called for null too and refuses it, so its result is never null;
 * where not, null gives null.
 */
public final class MappedColumns {
  private final SharedMap map;
  private final List<String> names;
  private final boolean strict;

  /**
   * Returns columns that apply {@code map}.
   *
   * @param names the column of each feature, or the one column of all; for errors
   */
  public MappedColumns(SharedMap map, List<String> names, boolean strict) {
    this.map = map;
    this.names = names;
    this.strict = strict;
  }

  /** A vector to a vector. */
  public Column vector(Column vector) {
    VectorMapper mapper = new VectorMapper(map, names, strict);
    return invoke(mapper, "apply", SQLDataTypes.VectorType(), vector);
  }

  /** An array of doubles to one; {@code type} is the array's. */
  public Column doubleArray(Column array, DataType type) {
    return invoke(new ArrayMapper(map, names, strict), "applyDoubles", type, array);
  }

  /** An array of floats to one; {@code type} is the array's. */
  public Column floatArray(Column array, DataType type) {
    return invoke(new ArrayMapper(map, names, strict), "applyFloats", type, array);
  }

  /** Double columns, one a feature, to as many double columns, outside whole-stage code. */
  public List<Column> numbers(List<Column> numbers) {
    NumberMapper mapper = new NumberMapper(map, names, strict);
    return IntStream.range(0, map.size())
        .mapToObj(j -> feature(numbers.get(j), mapper, j))
        .toList();
  }

  /** The elements of a vector to as many double columns, outside whole-stage code. */
  public List<Column> elements(Column vector) {
    ElementMapper mapper = new ElementMapper(map, names, strict);
    return IntStream.range(0, map.size()).mapToObj(j -> feature(vector, mapper, j)).toList();
  }

  /** Double columns to one vector, outside whole-stage code. */
  public Column vectorOf(List<Column> numbers) {
    return ExpressionUtils.column(
        new NumbersExpression(expressions(numbers), new NumbersMapper(map, names, strict)));
  }

  /** Whether all of the double columns are there and finite. */
  public static Column areFinite(List<Column> numbers) {
    return ExpressionUtils.column(new NumbersExpression(expressions(numbers), new FiniteCheck()));
  }

  /** Whether a vector is there and all its elements are finite. */
  public static Column isFiniteVector(Column vector) {
    return ExpressionUtils.column(
        invokeOnNull(new FiniteCheck(), "vector", DataTypes.BooleanType, vector));
  }

  /** Whether an array of doubles is there and all its elements are finite. */
  public static Column isFiniteDoubleArray(Column array) {
    return ExpressionUtils.column(
        invokeOnNull(new FiniteCheck(), "doubles", DataTypes.BooleanType, array));
  }

  /** Whether an array of floats is there and all its elements are finite. */
  public static Column isFiniteFloatArray(Column array) {
    return ExpressionUtils.column(
        invokeOnNull(new FiniteCheck(), "floats", DataTypes.BooleanType, array));
  }

  /**
   * Returns {@code dataset} with {@code columns} added, in order, or replaced in place where one of
   * that name exists. Of Dataset's public methods, the one for several columns loses their order,
   * and compares each of them with every column that is there.
   *
   * @param columns the columns by their {@link SchemaLookup#key keys}
   */
  public static Dataset<Row> withColumns(Dataset<?> dataset, Map<String, Column> columns) {
    Map<String, Column> added = new LinkedHashMap<>(columns);
    List<Column> all = new ArrayList<>();
    LogicalPlan plan =
        ((org.apache.spark.sql.classic.Dataset<?>) dataset).queryExecution().analyzed();
    for (Attribute attribute : CollectionConverters.asJava(plan.output())) {
      String key = SchemaLookup.key(attribute.name());
      added.remove(key);
      Column column = columns.get(key);
      all.add(column != null ? column : ExpressionUtils.column(attribute));
    }
    all.addAll(added.values());
    return dataset.select(all.toArray(Column[]::new));
  }

  private Column invoke(Object mapper, String method, DataType type, Column argument) {
    return ExpressionUtils.column(invokeMapper(mapper, method, type, argument));
  }

  private Expression invokeMapper(
      Object mapper, String method, DataType type, Column... arguments) {
    return strict
        ? invokeOnNull(mapper, method, type, arguments)
        : invokePropagatingNull(mapper, method, type, arguments);
  }

  private static Expression invokeOnNull(
      Object target, String method, DataType type, Column... arguments) {
    return invoke(target, method, type, false, arguments);
  }

  private static Expression invokePropagatingNull(
      Object target, String method, DataType type, Column... arguments) {
    return invoke(target, method, type, true, arguments);
  }

  private static Expression invoke(
      Object target, String method, DataType type, boolean propagateNull, Column... arguments) {
    boolean returnsNull = false;
    boolean deterministic = true;
    return new Invoke(
        Literal.fromObject(target),
        method,
        type,
        expressions(List.of(arguments)),
        CollectionConverters.asScala(List.<org.apache.spark.sql.types.AbstractDataType>of())
            .toList(),
        propagateNull,
        returnsNull,
        deterministic);
  }

  private static Column feature(Column child, SingleFeatureMapper mapper, int feature) {
    return ExpressionUtils.column(
        new FeatureExpression(ExpressionUtils.expression(child), mapper, feature));
  }

  private static Seq<Expression> expressions(List<Column> columns) {
    return CollectionConverters.asScala(columns.stream().map(ExpressionUtils::expression).toList())
        .toList();
  }
}
