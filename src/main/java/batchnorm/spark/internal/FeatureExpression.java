package batchnorm.spark.internal;

import java.io.Serializable;
import java.util.List;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.codegen.CodeBlock;
import org.apache.spark.sql.catalyst.expressions.codegen.CodegenContext;
import org.apache.spark.sql.catalyst.expressions.codegen.CodegenFallback;
import org.apache.spark.sql.catalyst.expressions.codegen.ExprCode;
import org.apache.spark.sql.catalyst.expressions.codegen.FalseLiteral$;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import scala.collection.immutable.IndexedSeq;
import scala.collection.immutable.Seq;
import scala.jdk.javaapi.CollectionConverters;

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
final class FeatureExpression extends Expression implements CodegenFallback, Serializable {
  private static final long serialVersionUID = 1L;

  private final Expression child;
  private final SingleFeatureMapper mapper;
  private final int feature;

  /** The child, kept because Spark asks for it often. */
  private final Seq<Expression> children;

  /** Returns the image of {@code child} as {@code feature}. */
  FeatureExpression(Expression child, SingleFeatureMapper mapper, int feature) {
    this.child = child;
    this.mapper = mapper;
    this.feature = feature;
    children = seq(List.of(child));
  }

  @Override
  public ExprCode doGenCode(CodegenContext context, ExprCode result) {
    ExprCode input = child.genCode(context);
    String target = reference(context);
    String code;
    if (mapper.isStrict()) {
      code =
          "double %s = %s.apply(%s ? %s : %s, %d);"
              .formatted(
                  result.value(), target, input.isNull(), mapper.absent(), input.value(), feature);
    } else {
      code =
          "double %s = %s ? -1.0 : %s.apply(%s, %d);"
              .formatted(result.value(), input.isNull(), target, input.value(), feature);
    }
    return result.copy(
        input.code().$plus(new CodeBlock(seq(List.of(code)), seq(List.of()))),
        mapper.isStrict() ? FalseLiteral$.MODULE$ : input.isNull(),
        result.value());
  }

  /** The field of the generated class that holds the mapper, one for all features. */
  private String reference(CodegenContext context) {
    int index = context.references().indexOf(mapper, 0);
    if (index < 0) {
      index = context.references().size();
      context.references().append(mapper);
    }
    String type = mapper.getClass().getName();
    String value = "((%s) references[%d])".formatted(type, index);
    String field = "mapper_" + index;
    context.addImmutableStateIfNotExists(type, field, name -> name + " = " + value + ";");
    return field;
  }

  @Override
  public Object eval(InternalRow row) {
    Object value = child.eval(row);
    return value == null && !mapper.isStrict() ? null : (Object) mapper.applyTo(value, feature);
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
  public boolean nullIntolerant() {
    return !mapper.isStrict();
  }

  @Override
  public Seq<Expression> children() {
    return children;
  }

  @Override
  public Expression withNewChildrenInternal(IndexedSeq<Expression> newChildren) {
    return new FeatureExpression(newChildren.head(), mapper, feature);
  }

  @Override
  public int productArity() {
    return 3;
  }

  @Override
  public Object productElement(int n) {
    return switch (n) {
      case 0 -> child;
      case 1 -> mapper;
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

  private static <T> Seq<T> seq(List<T> elements) {
    return CollectionConverters.asScala(elements).toList();
  }
}
