package batchnorm.spark.transform;

import batchnorm.spark.compat.ScalaSeq;
import batchnorm.spark.compat.SparkExpression;
import batchnorm.spark.normalize.Coefficients;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.codegen.CodeBlock;
import org.apache.spark.sql.catalyst.expressions.codegen.CodegenContext;
import org.apache.spark.sql.catalyst.expressions.codegen.CodegenFallback;
import org.apache.spark.sql.catalyst.expressions.codegen.ExprCode;
import org.apache.spark.sql.catalyst.expressions.codegen.FalseLiteral$;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import scala.collection.immutable.Seq;

/**
 * Mapped feature as a double column. All features of a transform share one mapper, also in
 * generated code, so that a row's coefficients are adjacent in memory.
 *
 * <p>Many features are kept out of whole-stage code, which puts all output columns into one loop.
 * HotSpot does not compile a method of more than 8,000 bytes of bytecode: the loop would run
 * interpreted, several times slower. Spark excludes an expression that is a {@code CodegenFallback}
 * from whole-stage code. The projection is then generated separately and split into methods that
 * are compiled, but every row is written twice. The code generated here is still used.
 */
class FeatureExpression extends SparkExpression {
  private static final long serialVersionUID = 1L;

  private final Expression child;

  /** Place of a row's coefficients; null if all rows have the same. */
  private final Expression place;

  private final SingleFeatureMapper mapper;
  private final int feature;

  /** Child and place, cached because Spark calls {@code children} often. */
  private final Seq<Expression> children;

  /**
   * Returns the image of {@code child} as {@code feature}.
   *
   * @param place the place of a row's coefficients, never null in a row; null if all rows have the
   *     same
   */
  private FeatureExpression(
      Expression child, Expression place, SingleFeatureMapper mapper, int feature) {
    this.child = child;
    this.place = place;
    this.mapper = mapper;
    this.feature = feature;
    children = place == null ? ScalaSeq.of(child) : ScalaSeq.of(child, place);
  }

  /**
   * Returns the image of {@code child} as {@code feature}.
   *
   * @param place the place of a row's coefficients, never null in a row; null if all rows have the
   *     same
   * @param outsideWholeStage true to keep it out of whole-stage code
   */
  static Expression of(
      Expression child,
      Expression place,
      SingleFeatureMapper mapper,
      int feature,
      boolean outsideWholeStage) {
    return outsideWholeStage
        ? new OutsideWholeStage(child, place, mapper, feature)
        : new FeatureExpression(child, place, mapper, feature);
  }

  /** Mapped feature that is kept out of whole-stage code. */
  private static final class OutsideWholeStage extends FeatureExpression
      implements CodegenFallback {
    private static final long serialVersionUID = 1L;

    OutsideWholeStage(Expression child, Expression place, SingleFeatureMapper mapper, int feature) {
      super(child, place, mapper, feature);
    }
  }

  @Override
  public ExprCode doGenCode(CodegenContext context, ExprCode result) {
    ExprCode input = child.genCode(context);
    ImageCode image = ImageCode.of(context, mapper, place);
    String value = image.of(child.dataType(), input.isNull(), input.value(), feature);
    String orNull = mapper.failsOnInvalid() ? "" : input.isNull() + " ? -1.0 : ";
    String assigned =
        String.format(Locale.ROOT, "double %s = %s%s;", result.value(), orNull, value);
    return result.copy(
        input.code().$plus(image.code()).$plus(new CodeBlock(ScalaSeq.of(assigned), ScalaSeq.of())),
        mapper.failsOnInvalid() ? FalseLiteral$.MODULE$ : input.isNull(),
        result.value());
  }

  @Override
  public Object eval(InternalRow row) {
    Object value = child.eval(row);
    if (value == null && !mapper.failsOnInvalid()) {
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
    return !mapper.failsOnInvalid() && child.nullable();
  }

  @Override
  protected boolean nullGivesNull() {
    return !mapper.failsOnInvalid();
  }

  @Override
  public Seq<Expression> children() {
    return children;
  }

  @Override
  protected Expression withChildren(List<Expression> children) {
    return of(
        children.get(0),
        place == null ? null : children.get(1),
        mapper,
        feature,
        this instanceof CodegenFallback);
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
