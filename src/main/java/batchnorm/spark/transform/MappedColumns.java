package batchnorm.spark.transform;

import batchnorm.spark.compat.ClassicSpark;
import batchnorm.spark.compat.Invocation;
import batchnorm.spark.compat.ScalaSeq;
import batchnorm.spark.normalize.Coefficients;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.sql.Column;
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
  private final PlacedRows rows;
  private final List<String> names;
  private final boolean strict;

  /**
   * Returns columns that apply the coefficients of {@code rows}.
   *
   * @param names the column of each feature, or the one column of all; for errors
   */
  MappedColumns(PlacedRows rows, List<String> names, boolean strict) {
    this.rows = rows;
    this.names = names;
    this.strict = strict;
  }

  @Override
  public Column vector(Column vector) {
    VectorMapper mapper = new VectorMapper(rows.placement(), names, strict);
    return map(mapper, "apply", SQLDataTypes.VectorType(), vector);
  }

  @Override
  public Column doubleArray(Column array, DataType type) {
    return map(new ArrayMapper(rows.placement(), names, strict), "applyDoubles", type, array);
  }

  @Override
  public Column floatArray(Column array, DataType type) {
    return map(new ArrayMapper(rows.placement(), names, strict), "applyFloats", type, array);
  }

  /** Double columns, one a feature, to as many double columns, outside whole-stage code. */
  @Override
  public List<Column> numbers(List<Column> numbers) {
    NumberMapper mapper = new NumberMapper(rows.placement(), names, strict);
    return IntStream.range(0, rows.placement().size())
        .mapToObj(j -> feature(numbers.get(j), mapper, j))
        .toList();
  }

  /** The elements of a vector to as many double columns, outside whole-stage code. */
  @Override
  public List<Column> elements(Column vector) {
    ElementMapper mapper = new ElementMapper(rows.placement(), names, strict);
    return IntStream.range(0, rows.placement().size())
        .mapToObj(j -> feature(vector, mapper, j))
        .toList();
  }

  /** Double columns to one vector, outside whole-stage code. */
  @Override
  public Column vectorOf(List<Column> numbers) {
    return orNull(
        new NumbersExpression(
            expressions(numbers), place(), new NumbersMapper(rows.placement(), names, strict)));
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

  /** Calls a mapper with a value and the coefficients of the row. */
  private Column map(Object mapper, String method, DataType type, Column value) {
    Expression map =
        Invocation.of(
            rows.placement(),
            "coefficients",
            new ObjectType(Coefficients.class),
            false,
            rows.place() == null ? List.of() : List.of(place()));
    return orNull(
        Invocation.of(mapper, method, type, !strict, List.of(ClassicSpark.expression(value), map)));
  }

  private Column feature(Column child, SingleFeatureMapper mapper, int feature) {
    return orNull(new FeatureExpression(ClassicSpark.expression(child), place(), mapper, feature));
  }

  /** What is mapped, or null in a row without a place. */
  private Column orNull(Expression mapped) {
    return ClassicSpark.column(
        rows.mayLackPlace()
            ? new If(new IsNull(place()), Literal.create(null, mapped.dataType()), mapped)
            : mapped);
  }

  private Expression place() {
    return rows.place() == null ? null : ClassicSpark.expression(rows.place());
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
