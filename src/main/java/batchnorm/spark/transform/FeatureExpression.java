package batchnorm.spark.transform;

import batchnorm.spark.compat.ScalaSeq;
import batchnorm.spark.compat.SparkExpression;
import batchnorm.spark.normalize.Coefficients;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.codegen.Block;
import org.apache.spark.sql.catalyst.expressions.codegen.CodeBlock;
import org.apache.spark.sql.catalyst.expressions.codegen.CodegenContext;
import org.apache.spark.sql.catalyst.expressions.codegen.CodegenFallback;
import org.apache.spark.sql.catalyst.expressions.codegen.ExprCode;
import org.apache.spark.sql.catalyst.expressions.codegen.FalseLiteral$;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.DoubleType;
import org.apache.spark.sql.types.LongType;
import scala.collection.immutable.Seq;

/**
 * One mapped feature as a double column. All features of a transform share one mapper, also in
 * generated code, so that a row's coefficients lie together in memory.
 *
 * <p>Kept out of whole-stage code, which puts every output column into one loop. With many columns
 * that loop passes the 8,000 bytes of bytecode above which HotSpot compiles no method, and then
 * runs interpreted, several times slower. Spark leaves whole-stage code where an expression is a
 * {@code CodegenFallback}; the projection is then generated on its own and split into methods that
 * are compiled. The code generated here is used all the same.
 */
final class FeatureExpression extends SparkExpression implements CodegenFallback {
  private static final long serialVersionUID = 1L;

  private final Expression child;

  /** Place of a row's coefficients; null if all rows have the same. */
  private final Expression place;

  private final SingleFeatureMapper mapper;
  private final int feature;

  /** The child and the place, kept because Spark asks for them often. */
  private final Seq<Expression> children;

  /**
   * Returns the image of {@code child} as {@code feature}.
   *
   * @param place the place of a row's coefficients, never null in a row; null if all rows have the
   *     same
   */
  FeatureExpression(Expression child, Expression place, SingleFeatureMapper mapper, int feature) {
    this.child = child;
    this.place = place;
    this.mapper = mapper;
    this.feature = feature;
    children = place == null ? ScalaSeq.of(child) : ScalaSeq.of(child, place);
  }

  @Override
  public ExprCode doGenCode(CodegenContext context, ExprCode result) {
    ExprCode input = child.genCode(context);
    Block code = input.code();
    String at = "";
    if (place != null) {
      ExprCode found = place.genCode(context);
      code = code.$plus(found.code());
      at = ", " + found.value();
    }
    String value =
        mapper.isStrict()
            ? String.format(
                Locale.ROOT, "%s ? %s : %s", input.isNull(), absent(context), input.value())
            : input.value().toString();
    String image =
        String.format(
            Locale.ROOT,
            "%s.image(%s.read(%s, %d)%s, %4$d)",
            reference(context, mapper.placement()),
            reference(context, mapper),
            value,
            feature,
            at);
    String assigned =
        mapper.isStrict()
            ? String.format(Locale.ROOT, "double %s = %s;", result.value(), image)
            : String.format(
                Locale.ROOT, "double %s = %s ? -1.0 : %s;", result.value(), input.isNull(), image);
    return result.copy(
        code.$plus(new CodeBlock(ScalaSeq.of(assigned), ScalaSeq.of())),
        mapper.isStrict() ? FalseLiteral$.MODULE$ : input.isNull(),
        result.value());
  }

  /** Returns the code of what stands for null; a long has no NaN. */
  private String absent(CodegenContext context) {
    if (child.dataType() instanceof LongType) {
      return String.format(Locale.ROOT, "%s.refuseNull(%d)", reference(context, mapper), feature);
    }
    return child.dataType() instanceof DoubleType ? "Double.NaN" : "null";
  }

  /** The field of the generated class that holds {@code object}, one for all features. */
  private static String reference(CodegenContext context, Object object) {
    int index = context.references().indexOf(object, 0);
    if (index < 0) {
      index = context.references().size();
      context.references().$plus$eq(object);
    }
    String type = object.getClass().getName();
    String value = String.format(Locale.ROOT, "((%s) references[%d])", type, index);
    String field = "shared_" + index;
    context.addImmutableStateIfNotExists(type, field, name -> name + " = " + value + ";");
    return field;
  }

  @Override
  public Object eval(InternalRow row) {
    Object value = child.eval(row);
    if (value == null && !mapper.isStrict()) {
      return null;
    }
    if (value instanceof Long x) {
      return coefficients(row).image(feature, x.longValue());
    }
    double x = mapper.readBoxed(value, feature);
    return coefficients(row).image(feature, x);
  }

  private Coefficients coefficients(InternalRow row) {
    return mapper.placement().at(place == null ? null : place.eval(row));
  }

  @Override
  public DataType dataType() {
    return DataTypes.DoubleType;
  }

  @Override
  public boolean nullable() {
    return !mapper.isStrict() && child.nullable();
  }

  @Override
  protected boolean nullGivesNull() {
    return !mapper.isStrict();
  }

  @Override
  public Seq<Expression> children() {
    return children;
  }

  @Override
  protected Expression withChildren(List<Expression> children) {
    return new FeatureExpression(
        children.get(0), place == null ? null : children.get(1), mapper, feature);
  }

  @Override
  public int productArity() {
    return 4;
  }

  @Override
  public Object productElement(int n) {
    return switch (n) {
      case 0 -> child;
      case 1 -> place;
      case 2 -> mapper;
      default -> feature;
    };
  }

  @Override
  public boolean canEqual(Object other) {
    return other instanceof FeatureExpression;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof FeatureExpression that
        && child.equals(that.child)
        && Objects.equals(place, that.place)
        && mapper.mapsAlike(feature, that.mapper, that.feature);
  }

  @Override
  public int hashCode() {
    return 31 * child.hashCode() + feature;
  }

  @Override
  public String toString() {
    return "batchnorm(" + child + ")";
  }
}
