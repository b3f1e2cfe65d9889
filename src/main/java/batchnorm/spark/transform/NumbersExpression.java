package batchnorm.spark.transform;

import batchnorm.spark.compat.ScalaSeq;
import batchnorm.spark.compat.SparkExpression;
import batchnorm.spark.fit.DoubleRow;
import batchnorm.spark.fit.VectorStruct;
import batchnorm.spark.moments.Finite;
import batchnorm.spark.normalize.Coefficients;
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
import org.apache.spark.sql.types.DataTypes;
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
final class NumbersExpression extends SparkExpression implements CodegenFallback {
  private static final long serialVersionUID = 1L;

  private final Seq<Expression> numbers;

  /** Place of a row's coefficients; null if all rows have the same, or none is needed. */
  private final Expression place;

  private final FeatureMapper mapper;

  /** Type of the result: a vector, or boolean for the check that all numbers are finite. */
  private final DataType type;

  private final Seq<Expression> children;

  /** The fields that hold the numbers, found at the first row of a task. */
  private transient int[] ordinals;

  /** True for the numbers that are longs. */
  private transient boolean[] longs;

  /** Computes the row the ordinals refer to; null if that is the input row itself. */
  private transient UnsafeProjection projection;

  private NumbersExpression(
      Seq<Expression> numbers, Expression place, FeatureMapper mapper, DataType type) {
    this.numbers = numbers;
    this.place = place;
    this.mapper = mapper;
    this.type = type;
    children = place == null ? numbers : with(numbers, place);
  }

  /**
   * Returns the vector of the images of doubles and longs; null becomes NaN.
   *
   * @param place the place of a row's coefficients; null if all rows have the same
   */
  static Expression vector(
      List<Expression> numbers, Expression place, FeatureMapper mapper, DataType type) {
    return new NumbersExpression(ScalaSeq.of(numbers), place, mapper, type);
  }

  /** Returns whether all {@code numbers} are there and finite. */
  static Expression finite(List<Expression> numbers, FeatureMapper mapper) {
    return new NumbersExpression(ScalaSeq.of(numbers), null, mapper, DataTypes.BooleanType);
  }

  @Override
  public Object eval(InternalRow input) {
    if (ordinals == null) {
      prepare();
    }
    InternalRow row = projection == null ? input : projection.apply(input);
    return type.equals(DataTypes.BooleanType)
        ? areFinite(row)
        : images(row, place == null ? null : place.eval(input));
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
    return type;
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
      return new NumbersExpression(ScalaSeq.of(children), null, mapper, type);
    }
    int last = children.size() - 1;
    return new NumbersExpression(
        ScalaSeq.of(children.subList(0, last)), children.get(last), mapper, type);
  }

  @Override
  protected boolean nullGivesNull() {
    return false;
  }

  @Override
  public int productArity() {
    return 4;
  }

  @Override
  public Object productElement(int n) {
    return switch (n) {
      case 0 -> numbers;
      case 1 -> place;
      case 2 -> mapper;
      default -> type;
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
        && mapper.equals(that.mapper)
        && type.equals(that.type);
  }

  @Override
  public int hashCode() {
    return 31 * numbers.hashCode() + mapper.hashCode();
  }

  @Override
  public String toString() {
    return mapper + numbers.mkString("(", ", ", ")");
  }

  private static Seq<Expression> with(Seq<Expression> numbers, Expression place) {
    List<Expression> all = ScalaSeq.list(numbers);
    all.add(place);
    return ScalaSeq.of(all);
  }

  /** Returns the dense vector of the images; null becomes NaN. */
  private InternalRow images(InternalRow row, Object place) {
    Coefficients coefficients = mapper.placement().at(place);
    int size = mapper.size();
    int offset = DoubleRow.offset(size);
    double[] words = DoubleRow.allocate(size);
    for (int j = 0; j < size; j++) {
      int ordinal = ordinals[j];
      if (longs[j] && !row.isNullAt(ordinal)) {
        words[offset + j] = coefficients.image(j, row.getLong(ordinal));
      } else {
        double x = row.isNullAt(ordinal) ? Double.NaN : row.getDouble(ordinal);
        mapper.refuse(j, x);
        words[offset + j] = coefficients.image(j, x);
      }
    }
    return VectorStruct.dense(DoubleRow.array(words));
  }

  private boolean areFinite(InternalRow row) {
    for (int j = 0; j < ordinals.length; j++) {
      int ordinal = ordinals[j];
      if (row.isNullAt(ordinal) || !longs[j] && !Finite.is(row.getDouble(ordinal))) {
        return false;
      }
    }
    return true;
  }
}
