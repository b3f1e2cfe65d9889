package batchnorm.spark.fit;

import batchnorm.spark.compat.SparkErrors;
import batchnorm.spark.errors.FitErrors;
import org.apache.spark.Partition;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.rdd.RDD;
import org.apache.spark.sql.catalyst.InternalRow;
import scala.collection.Iterator;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;

/**
 * Records persisted by executors, which cannot be recomputed. If a partition is lost, the error
 * tells how to prevent the loss.
 */
final class KeptRecords extends RDD<InternalRow> {
  private static final long serialVersionUID = 1L;
  private static final ClassTag<InternalRow> ROW = ClassTag$.MODULE$.apply(InternalRow.class);

  private KeptRecords(RDD<InternalRow> kept) {
    super(kept, ROW);
  }

  static JavaRDD<InternalRow> of(JavaRDD<InternalRow> kept) {
    return new JavaRDD<>(new KeptRecords(kept.rdd()), ROW);
  }

  @Override
  public Iterator<InternalRow> compute(Partition part, TaskContext context) {
    try {
      return firstParent(ROW).iterator(part, context);
    } catch (Exception e) {
      if (SparkErrors.isOfLostCheckpoint(e)) {
        throw FitErrors.groupsLost();
      }
      throw e;
    }
  }

  @Override
  public Partition[] getPartitions() {
    return firstParent(ROW).partitions();
  }
}
