package batchnorm.spark.compat;

import java.io.Serializable;
import java.util.List;
import org.apache.spark.sql.catalyst.expressions.Expression;
import scala.collection.IndexedSeq;

/**
 * Expression of this library. Spark 4 passes new children in another type of sequence than Spark
 * 3.5, and calls a method to learn whether a null child makes the result null. Spark 3.5 has this
 * property only for whole classes.
 */
public abstract class SparkExpression extends Expression implements Serializable {
  private static final long serialVersionUID = 1L;

  /** Returns this expression with other children. */
  protected abstract Expression withChildren(List<Expression> children);

  /** Returns whether a null child makes the result null, so that Spark can drop rows early. */
  protected abstract boolean nullGivesNull();

  @Override
  public Expression withNewChildrenInternal(IndexedSeq<Expression> newChildren) {
    return withChildren(ScalaSeq.list(newChildren));
  }
}
