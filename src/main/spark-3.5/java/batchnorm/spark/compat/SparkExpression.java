package batchnorm.spark.compat;

import java.io.Serializable;
import java.util.List;
import org.apache.spark.sql.catalyst.expressions.Expression;
import scala.collection.IndexedSeq;

/**
 * An expression of ours. Spark 4 hands over new children in a sequence of another type than Spark
 * 3.5, and asks whether a null child makes a null; Spark 3.5 knows that of whole classes only.
 */
public abstract class SparkExpression extends Expression implements Serializable {
  private static final long serialVersionUID = 1L;

  /** Returns the same of other children. */
  protected abstract Expression withChildren(List<Expression> children);

  /** Returns whether a null child makes this null, which lets Spark drop rows early. */
  protected abstract boolean nullGivesNull();

  @Override
  public Expression withNewChildrenInternal(IndexedSeq<Expression> newChildren) {
    return withChildren(ScalaSeq.list(newChildren));
  }
}
