package batchnorm.spark.internal;

import java.io.Serializable;
import java.util.List;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.codegen.CodegenContext;
import org.apache.spark.sql.catalyst.expressions.codegen.CodegenFallback;
import org.apache.spark.sql.catalyst.expressions.codegen.ExprCode;
import org.apache.spark.sql.types.DataType;
import scala.collection.immutable.IndexedSeq;
import scala.collection.immutable.Seq;
import scala.jdk.javaapi.CollectionConverters;

/**
 * Its child, unchanged, kept out of whole-stage code generation.
 *
 * <p>Whole-stage code puts every output column into one loop. With many columns that loop passes
 * the 8,000 bytes of bytecode above which HotSpot compiles no method, and then runs interpreted,
 * several times slower. Spark leaves whole-stage code where an expression is a {@code
 * CodegenFallback}; the projection is then generated on its own and split into methods that are
 * compiled. The child's own generated code is used all the same.
 */
public final class SplitProjection extends Expression implements CodegenFallback, Serializable {
  private static final long serialVersionUID = 1L;

  private final Expression child;

  /** Returns {@code child}, kept out of whole-stage code. */
  public SplitProjection(Expression child) {
    this.child = child;
  }

  @Override
  public ExprCode doGenCode(CodegenContext context, ExprCode result) {
    ExprCode code = child.genCode(context);
    return result.copy(code.code(), code.isNull(), code.value());
  }

  @Override
  public Object eval(InternalRow row) {
    return child.eval(row);
  }

  @Override
  public DataType dataType() {
    return child.dataType();
  }

  @Override
  public boolean nullable() {
    return child.nullable();
  }

  @Override
  public Seq<Expression> children() {
    return CollectionConverters.asScala(List.of(child)).toList();
  }

  @Override
  public Expression withNewChildrenInternal(IndexedSeq<Expression> newChildren) {
    return new SplitProjection(newChildren.head());
  }

  @Override
  public int productArity() {
    return 1;
  }

  @Override
  public Object productElement(int n) {
    return child;
  }

  @Override
  public boolean canEqual(Object other) {
    return other instanceof SplitProjection;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof SplitProjection that && child.equals(that.child);
  }

  @Override
  public int hashCode() {
    return 31 * child.hashCode() + 1;
  }

  @Override
  public String toString() {
    return child.toString();
  }
}
