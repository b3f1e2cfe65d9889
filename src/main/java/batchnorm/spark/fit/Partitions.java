package batchnorm.spark.fit;

import java.util.Iterator;
import java.util.function.Function;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.InternalRow;

/**
 * The partitions of a source, and the jobs that reduce them.
 *
 * @param <T> the elements of a partition
 */
interface Partitions<T> {

  /** Merges the moments that tasks send, in a tree of depth {@code depth}. */
  DatasetMoments inTree(MapPartitionsFunction<T, byte[]> task, int depth);

  /**
   * Shuffles the records that tasks send by their numbers, merges them, and collects the result.
   *
   * @param tasks the number of tasks that merge
   */
  Iterator<Row> merged(MapPartitionsFunction<T, Row> task, int tasks);

  /** Calls {@code merging}, which may run jobs, with the records that tasks send. */
  <R> R records(MapPartitionsFunction<T, Row> task, Function<JavaRDD<InternalRow>, R> merging);
}
