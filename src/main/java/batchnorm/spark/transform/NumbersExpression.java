package batchnorm.spark.transform;

import batchnorm.spark.compat.ScalaSeq;
import batchnorm.spark.compat.SparkExpression;
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
import org.apache.spark.sql.types.LongType;
import scala.collection.immutable.Seq;

/**
 * One value computed from many columns of doubles, or of longs, of a row.
 *
 * <p>The columns are read from the row by their ordinals, without boxing them. Where one is not a
 * plain column but an expression, such as a cast, a generated projection first computes them all
 * into a row of numbers. As a {@code CodegenFallback} it stays out of whole-stage code, see {@link
 * FeatureExpression}.
 */
public final class NumbersExpression extends SparkExpression implements CodegenFallback {
  private static final long serialVersionUID = 1L;

  private final Seq<Expression> numbers;

  /** What says which map a row gets; null where all have one, or none is needed. */
  private final Expression place;

  private final RowFunction function;
  private final Seq<Expression> children;

  /** The fields that hold the function's numbers, found at the first row of a task. */
  private transient int[] ordinals;

  /** By number, true for a long. */
  private transient boolean[] longs;

  /** Computes the row the ordinals refer to; null if that is the input row itself. */
  private transient UnsafeProjection projection;

  /**
   * Returns the value of {@code function} for the doubles and longs {@code numbers}.
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
        longs,
        place == null ? null : place.eval(row));
  }

  private void prepare() {
    List<Expression> columns = ScalaSeq.list(numbers);
    longs = new boolean[columns.size()];
    for (int j = 0; j < longs.length; j++) {
      longs[j] = columns.get(j).dataType() instanceof LongType;
    }
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
  protected Expression withChildren(List<Expression> children) {
    if (place == null) {
      return new NumbersExpression(ScalaSeq.of(children), null, function);
    }
    int last = children.size() - 1;
    return new NumbersExpression(
        ScalaSeq.of(children.subList(0, last)), children.get(last), function);
  }

  @Override
  protected boolean nullGivesNull() {
    return false;
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
    List<Expression> all = ScalaSeq.list(numbers);
    all.add(place);
    return ScalaSeq.of(all);
  }
}
