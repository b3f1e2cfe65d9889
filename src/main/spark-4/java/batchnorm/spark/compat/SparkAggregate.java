package batchnorm.spark.compat;

import java.io.Serializable;
import java.util.List;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.aggregate.ImperativeAggregate;
import scala.collection.immutable.IndexedSeq;

/**
 * Aggregate function of this library. Spark 4 passes new children in another type of sequence than
 * Spark 3.5.
 */
public abstract class SparkAggregate extends ImperativeAggregate implements Serializable {
  private static final long serialVersionUID = 1L;

  /** Returns this function of other children. */
  protected abstract Expression withChildren(List<Expression> children);

  @Override
  public Expression withNewChildrenInternal(IndexedSeq<Expression> newChildren) {
    return withChildren(ScalaSeq.list(newChildren));
  }
}
