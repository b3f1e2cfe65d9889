package batchnorm.spark.internal;

import batchnorm.spark.moments.DatasetMoments;
import java.io.Serializable;
import java.util.Collections;
import java.util.Iterator;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.execution.QueryExecution;
import org.apache.spark.sql.execution.SQLExecution;
import scala.Option;

/** One job that reduces partitions to moments and merges those in a tree. */
final class Aggregation {
  private Aggregation() {}

  /** Reduces what one partition holds. */
  interface Reader<T> extends Serializable {
    DatasetMoments read(Iterator<T> partition);
  }

  /**
   * Returns the moments of {@code partitions}, which {@code query} gives.
   *
   * @param depth the depth of the tree; its last merge runs on an executor too, so that the driver
   *     receives one result
   */
  static <T> DatasetMoments moments(
      QueryExecution query, JavaRDD<T> partitions, Reader<T> reader, int depth) {
    return SQLExecution.withNewExecutionId(
        query,
        Option.apply("BatchNorm fit"),
        () ->
            partitions
                .mapPartitions(partition -> read(partition, reader))
                .treeAggregate(
                    new SentMoments(), SentMoments::merge, SentMoments::merge, depth, true)
                .moments());
  }

  /** An empty partition sends nothing. */
  private static <T> Iterator<SentMoments> read(Iterator<T> partition, Reader<T> reader) {
    return partition.hasNext()
        ? Collections.singleton(new SentMoments(reader.read(partition))).iterator()
        : Collections.emptyIterator();
  }
}
