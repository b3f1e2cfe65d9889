package batchnorm.spark.internal;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.BoundReference;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.UnsafeProjection;
import org.apache.spark.sql.catalyst.expressions.codegen.CodegenContext;
import org.apache.spark.sql.catalyst.expressions.codegen.CodegenFallback;
import org.apache.spark.sql.catalyst.expressions.codegen.ExprCode;
import org.apache.spark.sql.types.DataType;
import scala.collection.immutable.IndexedSeq;
import scala.collection.immutable.Seq;
import scala.jdk.javaapi.CollectionConverters;

/**
 * One value computed from many double columns of a row.
 *
 * <p>The columns are read from the row by their ordinals, without boxing them. Where one is not a
 * plain column but an expression, such as a cast, a generated projection first computes them all
 * into a row of doubles. As a {@code CodegenFallback} it stays out of whole-stage code, see {@link
 * FeatureExpression}.
 */
public final class NumbersExpression extends Expression implements CodegenFallback, Serializable {
  private static final long serialVersionUID = 1L;

  private final Seq<Expression> numbers;

  /** What says which map a row gets; null where all have one, or none is needed. */
  private final Expression place;

  private final RowFunction function;
  private final Seq<Expression> children;

  /** Where the function finds its doubles; found out at the first row of a task. */
  private transient int[] ordinals;

  /** Computes the row the ordinals refer to; null if that is the input row itself. */
  private transient UnsafeProjection projection;

  /**
   * Returns the value of {@code function} for the doubles {@code numbers}.
   *
   * @param place what says which map a row gets; null where all have one, or none is needed
   */
  NumbersExpression(Seq<Expression> numbers, Expression place, RowFunction function) {
    this.numbers = numbers;
    this.place = place;
    this.function = function;
    children = place == null ? numbers : with(numbers, place);
  }

  @Override
  public Object eval(InternalRow row) {
    if (ordinals == null) {
      prepare();
    }
    return function.apply(
        projection == null ? row : projection.apply(row),
        ordinals,
        place == null ? null : place.eval(row));
  }

  private void prepare() {
    List<Expression> columns = CollectionConverters.asJava(numbers);
    if (columns.stream().allMatch(BoundReference.class::isInstance)) {
      ordinals = columns.stream().mapToInt(column -> ((BoundReference) column).ordinal()).toArray();
    } else {
      projection = UnsafeProjection.create(numbers);
      ordinals = IntStream.range(0, columns.size()).toArray();
    }
  }

  @Override
  public ExprCode doGenCode(CodegenContext context, ExprCode result) {
    return CodegenFallback.super.doGenCode(context, result);
  }

  @Override
  public DataType dataType() {
    return function.dataType();
  }

  @Override
  public boolean nullable() {
    return false;
  }

  @Override
  public Seq<Expression> children() {
    return children;
  }

  @Override
  public Expression withNewChildrenInternal(IndexedSeq<Expression> newChildren) {
    if (place == null) {
      return new NumbersExpression(newChildren, null, function);
    }
    List<Expression> all = CollectionConverters.asJava(newChildren);
    int last = all.size() - 1;
    return new NumbersExpression(seq(all.subList(0, last)), all.get(last), function);
  }

  @Override
  public int productArity() {
    return 3;
  }

  @Override
  public Object productElement(int n) {
    return switch (n) {
      case 0 -> numbers;
      case 1 -> place;
      default -> function;
    };
  }

  @Override
  public boolean canEqual(Object other) {
    return other instanceof NumbersExpression;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof NumbersExpression that
        && numbers.equals(that.numbers)
        && Objects.equals(place, that.place)
        && function.equals(that.function);
  }

  @Override
  public int hashCode() {
    return 31 * numbers.hashCode() + function.hashCode();
  }

  @Override
  public String toString() {
    return function + numbers.mkString("(", ", ", ")");
  }

  private static Seq<Expression> with(Seq<Expression> numbers, Expression place) {
    List<Expression> all = new ArrayList<>(CollectionConverters.asJava(numbers));
    all.add(place);
    return seq(all);
  }

  private static Seq<Expression> seq(List<Expression> expressions) {
    return CollectionConverters.asScala(expressions).toList();
  }
}
