package batchnorm.spark.transform;

import batchnorm.spark.compat.ScalaSeq;
import batchnorm.spark.compat.SparkExpression;
import batchnorm.spark.fit.DoubleRow;
import batchnorm.spark.fit.VectorStruct;
import batchnorm.spark.moments.Doubles;
import batchnorm.spark.normalize.Coefficients;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.IntStream;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.BoundReference;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.UnsafeProjection;
import org.apache.spark.sql.catalyst.expressions.codegen.Block;
import org.apache.spark.sql.catalyst.expressions.codegen.CodeBlock;
import org.apache.spark.sql.catalyst.expressions.codegen.CodegenContext;
import org.apache.spark.sql.catalyst.expressions.codegen.CodegenFallback;
import org.apache.spark.sql.catalyst.expressions.codegen.ExprCode;
import org.apache.spark.sql.catalyst.expressions.codegen.FalseLiteral$;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.LongType;
import scala.collection.immutable.Seq;

/**
 * One value computed from many columns of doubles or longs.
 *
 * <p>The columns are read from the row by ordinals, without boxing. If one is an expression, such
 * as a cast, a generated projection first computes all of them into a row of numbers. For few
 * columns the vector is made in whole-stage code, see {@link FeatureExpression}.
 */
class NumbersExpression extends SparkExpression {
  private static final long serialVersionUID = 1L;

  private final Seq<Expression> numbers;

  /** Place of a row's coefficients; null if all rows have the same, or none is needed. */
  private final Expression place;

  private final FeatureMapper mapper;

  /** Type of the result: a vector, or boolean for the check that all numbers are finite. */
  private final DataType type;

  private final Seq<Expression> children;

  /** Ordinals of the numbers, found at the first row of a task. */
  private transient int[] ordinals;

  /** True for the numbers that are longs. */
  private transient boolean[] longs;

  /** Computes the row to which the ordinals refer; null if it is the input row. */
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
   * @param outsideWholeStage true to keep it out of whole-stage code
   */
  static Expression vector(
      List<Expression> numbers,
      Expression place,
      FeatureMapper mapper,
      DataType type,
      boolean outsideWholeStage) {
    return of(ScalaSeq.of(numbers), place, mapper, type, outsideWholeStage);
  }

  /** Returns the condition that all {@code numbers} are non-null and finite. */
  static Expression finite(List<Expression> numbers, FeatureMapper mapper) {
    return new OutsideWholeStage(ScalaSeq.of(numbers), null, mapper, DataTypes.BooleanType);
  }

  private static NumbersExpression of(
      Seq<Expression> numbers,
      Expression place,
      FeatureMapper mapper,
      DataType type,
      boolean outsideWholeStage) {
    return outsideWholeStage
        ? new OutsideWholeStage(numbers, place, mapper, type)
        : new NumbersExpression(numbers, place, mapper, type);
  }

  /** Expression that is kept out of whole-stage code. */
  private static final class OutsideWholeStage extends NumbersExpression
      implements CodegenFallback {
    private static final long serialVersionUID = 1L;

    OutsideWholeStage(
        Seq<Expression> numbers, Expression place, FeatureMapper mapper, DataType type) {
      super(numbers, place, mapper, type);
    }

    @Override
    public ExprCode doGenCode(CodegenContext context, ExprCode result) {
      return CodegenFallback.super.doGenCode(context, result);
    }
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
    ImageCode image = ImageCode.of(context, mapper, place);
    Block code = image.code();
    String words = context.freshName("words");
    StringBuilder text =
        new StringBuilder(
            String.format(
                Locale.ROOT,
                "double[] %s = %s.allocate(%d);",
                words,
                DoubleRow.class.getName(),
                mapper.size()));
    int at = DoubleRow.offset(mapper.size());
    int j = 0;
    for (Expression number : ScalaSeq.list(numbers)) {
      ExprCode x = number.genCode(context);
      code = code.$plus(x.code());
      text.append(
          String.format(
              Locale.ROOT,
              "%n%s[%d] = %s;",
              words,
              at + j,
              image.of(number.dataType(), x.isNull(), x.value(), j)));
      j++;
    }
    text.append(
        String.format(
            Locale.ROOT,
            "%nInternalRow %s = %s.dense(%s.array(%s));",
            result.value(),
            VectorStruct.class.getName(),
            DoubleRow.class.getName(),
            words));
    return result.copy(
        code.$plus(new CodeBlock(ScalaSeq.of(text.toString()), ScalaSeq.of())),
        FalseLiteral$.MODULE$,
        result.value());
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
    int last = children.size() - (place == null ? 0 : 1);
    return of(
        ScalaSeq.of(children.subList(0, last)),
        place == null ? null : children.get(last),
        mapper,
        type,
        this instanceof CodegenFallback);
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
      if (row.isNullAt(ordinal) || !longs[j] && !Doubles.isFinite(row.getDouble(ordinal))) {
        return false;
      }
    }
    return true;
  }
}
