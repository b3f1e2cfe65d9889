package batchnorm.spark.sql;

import batchnorm.spark.compat.ScalaSeq;
import batchnorm.spark.compat.SparkAggregate;
import batchnorm.spark.moments.ExactTotal;
import batchnorm.spark.moments.FixedSums;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.analysis.TypeCheckResult;
import org.apache.spark.sql.catalyst.expressions.AttributeReference;
import org.apache.spark.sql.catalyst.expressions.BoundReference;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.ImplicitCastInputTypes;
import org.apache.spark.sql.catalyst.expressions.NamedExpression;
import org.apache.spark.sql.types.AbstractDataType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.Metadata;
import org.apache.spark.sql.types.NumericType$;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import scala.collection.Iterator;
import scala.collection.immutable.Seq;

/**
 * Aggregate function over exact sums, which are columns of type BIGINT in the aggregation buffer.
 *
 * <p>The buffer has a fixed width, so Spark keeps the buffers of groups in the rows of its hash
 * map, in memory that it manages. A function with an object as buffer would be sorted after 128
 * groups.
 */
final class ExactAggregate extends SparkAggregate implements ImplicitCastInputTypes {
  private static final long serialVersionUID = 1L;

  private final FunctionCall call;
  private final Expression child;
  private final int mutableOffset;
  private final int inputOffset;
  private final Seq<Expression> children;

  /** The columns of the buffer, which are made once: their ids are part of the plan. */
  private Seq<AttributeReference> bufferColumns;

  private Seq<AttributeReference> inputColumns;

  /** Type of the numbers, known once the child is resolved. */
  private transient NumberInput input;

  private transient FixedSums sums;

  /** Column of the child in an input row; -1 if the child is another expression. */
  private transient int column;

  /**
   * @param mutableOffset the index of the first column in a buffer that is changed
   * @param inputOffset the index of the first column in a buffer that is merged
   */
  ExactAggregate(FunctionCall call, Expression child, int mutableOffset, int inputOffset) {
    this.call = call;
    this.child = child;
    this.mutableOffset = mutableOffset;
    this.inputOffset = inputOffset;
    children = ScalaSeq.of(child);
  }

  @Override
  public void initialize(InternalRow buffer) {
    for (int k = 0; k < sums().size(); k++) {
      buffer.setLong(mutableOffset + k, 0);
    }
  }

  @Override
  public void update(InternalRow buffer, InternalRow row) {
    FixedSums to = sums();
    if (column < 0) {
      Object number = child.eval(row);
      if (number != null) {
        input.add(number, to, new RowLongs(buffer, mutableOffset));
      }
    } else if (!row.isNullAt(column)) {
      input.add(row, column, to, new RowLongs(buffer, mutableOffset));
    }
  }

  @Override
  public void merge(InternalRow buffer, InternalRow other) {
    sums().merge(new RowLongs(buffer, mutableOffset), new RowLongs(other, inputOffset));
  }

  @Override
  public Object eval(InternalRow buffer) {
    ExactTotal total = sums().total(new RowLongs(buffer, mutableOffset));
    if (total.count() < call.function().leastCount()) {
      return null;
    }
    return call.function()
        .result(input, total)
        .orElseGet(() -> call.overflow(child.dataType(), dataType()));
  }

  private FixedSums sums() {
    if (sums == null) {
      input = NumberInput.of(child.dataType());
      column = child instanceof BoundReference bound ? bound.ordinal() : -1;
      sums = call.function().sums(input.range());
    }
    return sums;
  }

  @Override
  public DataType dataType() {
    return call.function().resultType(NumberInput.of(child.dataType()));
  }

  @Override
  public boolean nullable() {
    return true;
  }

  @Override
  public Seq<AbstractDataType> inputTypes() {
    return ScalaSeq.of(NumericType$.MODULE$);
  }

  @Override
  public TypeCheckResult checkInputDataTypes() {
    return ImplicitCastInputTypes.super.checkInputDataTypes();
  }

  @Override
  public StructType aggBufferSchema() {
    StructType schema = new StructType();
    for (AttributeReference each : ScalaSeq.list(aggBufferAttributes())) {
      schema = schema.add(new StructField(each.name(), each.dataType(), false, Metadata.empty()));
    }
    return schema;
  }

  @Override
  public synchronized Seq<AttributeReference> aggBufferAttributes() {
    if (bufferColumns == null) {
      List<AttributeReference> made = new ArrayList<>();
      for (int k = 0; k < sums().size(); k++) {
        made.add(
            new AttributeReference(
                "exact" + k,
                DataTypes.LongType,
                false,
                Metadata.empty(),
                NamedExpression.newExprId(),
                ScalaSeq.of()));
      }
      bufferColumns = ScalaSeq.of(made);
    }
    return bufferColumns;
  }

  @Override
  public synchronized Seq<AttributeReference> inputAggBufferAttributes() {
    if (inputColumns == null) {
      inputColumns =
          ScalaSeq.of(
              ScalaSeq.list(aggBufferAttributes()).stream()
                  .map(AttributeReference::newInstance)
                  .toList());
    }
    return inputColumns;
  }

  @Override
  public int mutableAggBufferOffset() {
    return mutableOffset;
  }

  @Override
  public ExactAggregate withNewMutableAggBufferOffset(int offset) {
    return copy(child, offset, inputOffset);
  }

  @Override
  public int inputAggBufferOffset() {
    return inputOffset;
  }

  @Override
  public ExactAggregate withNewInputAggBufferOffset(int offset) {
    return copy(child, mutableOffset, offset);
  }

  @Override
  protected Expression withChildren(List<Expression> newChildren) {
    return copy(newChildren.get(0), mutableOffset, inputOffset);
  }

  private ExactAggregate copy(Expression newChild, int newMutable, int newInput) {
    return new ExactAggregate(call, newChild, newMutable, newInput);
  }

  @Override
  public Seq<Expression> children() {
    return children;
  }

  @Override
  public String prettyName() {
    return call.function().sqlName();
  }

  @Override
  public Iterator<Object> stringArgs() {
    return ScalaSeq.<Object>of(child).iterator();
  }

  @Override
  public int productArity() {
    return 4;
  }

  @Override
  public Object productElement(int n) {
    return switch (n) {
      case 0 -> call;
      case 1 -> child;
      case 2 -> mutableOffset;
      default -> inputOffset;
    };
  }

  @Override
  public boolean canEqual(Object other) {
    return other instanceof ExactAggregate;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ExactAggregate that
        && call.equals(that.call)
        && child.equals(that.child)
        && mutableOffset == that.mutableOffset
        && inputOffset == that.inputOffset;
  }

  @Override
  public int hashCode() {
    return Objects.hash(call, child, mutableOffset, inputOffset);
  }
}
