package batchnorm.spark.fit;

import java.util.Iterator;
import java.util.function.Function;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.InternalRow;

/**
 * Partitions of a source, and the jobs that reduce them.
 *
 * @param <T> the elements of a partition
 */
interface Partitions<T> {

  /** Merges the moments returned by tasks in a tree of depth {@code depth}. */
  DatasetMoments inTree(MapPartitionsFunction<T, byte[]> task, int depth);

  /**
   * Shuffles the records returned by tasks by their numbers, merges them, and collects the result.
   *
   * @param tasks the number of tasks that merge
   */
  Iterator<Row> merged(MapPartitionsFunction<T, Row> task, int tasks);

  /** Calls {@code merging}, which may run jobs, with the records returned by tasks. */
  <R> R records(MapPartitionsFunction<T, Row> task, Function<JavaRDD<InternalRow>, R> merging);
}
