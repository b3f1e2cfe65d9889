package batchnorm.spark.fit;

import batchnorm.spark.compat.ClassicSpark;
import java.io.Serializable;
import java.util.Iterator;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.spark.HashPartitioner;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.UnsafeRow;
import scala.Function1;
import scala.Tuple2;
import scala.reflect.ClassTag$;
import scala.runtime.BoxedUnit;

/**
 * Partitions of the RDD of a query that is being executed.
 *
 * @param session the session of the query
 * @param rdd the RDD
 */
record RddPartitions<T>(SparkSession session, JavaRDD<T> rdd) implements Partitions<T> {

  @Override
  public DatasetMoments inTree(MapPartitionsFunction<T, byte[]> task, int depth) {
    DatasetMoments merged = DatasetMoments.empty();
    inTree(rdd.mapPartitions(task::call), DatasetMoments::merged, depth, merged::merge);
    return merged;
  }

  /**
   * Merges the results of tasks in a tree, and the last ones on the driver, one by one.
   *
   * @param sent at most one array of bytes for each partition
   * @param merge merges several into one
   */
  static void inTree(
      JavaRDD<byte[]> sent,
      FlatMapFunction<Iterator<byte[]>, byte[]> merge,
      int depth,
      Consumer<byte[]> taker) {
    JavaRDD<byte[]> last = narrowed(sent, merge, depth);
    // No collect: only one result at a time is in memory beside the merged one.
    last.context()
        .runJob(
            last.rdd(),
            (Function1<scala.collection.Iterator<byte[]>, byte[]> & Serializable)
                RddPartitions::only,
            (partition, bytes) -> {
              if (bytes.length > 0) {
                taker.accept(bytes);
              }
              return BoxedUnit.UNIT;
            },
            ClassTag$.MODULE$.apply(byte[].class));
  }

  /** Returns the results merged into few partitions, as Spark's tree aggregation does. */
  private static JavaRDD<byte[]> narrowed(
      JavaRDD<byte[]> sent, FlatMapFunction<Iterator<byte[]>, byte[]> merge, int depth) {
    JavaRDD<byte[]> level = sent;
    int partitions = level.getNumPartitions();
    int scale = Math.max((int) Math.ceil(Math.pow(partitions, 1.0 / depth)), 2);
    while (partitions > scale + Math.ceil((double) partitions / scale)) {
      partitions /= scale;
      int fewer = partitions;
      level =
          level
              .mapToPair(bytes -> new Tuple2<>(TaskContext.getPartitionId() % fewer, bytes))
              .partitionBy(new HashPartitioner(fewer))
              .values()
              .mapPartitions(merge);
    }
    return level;
  }

  /** Returns the bytes of a partition; no bytes if it is empty. */
  private static byte[] only(scala.collection.Iterator<byte[]> partition) {
    return partition.hasNext() ? partition.next() : new byte[0];
  }

  @Override
  public Iterator<Row> merged(MapPartitionsFunction<T, Row> task, int tasks) {
    // An adaptive plan would run a separate job for the shuffle, to measure the slices.
    SparkSession fixed = ClassicSpark.copyOf(session);
    fixed.conf().set("spark.sql.adaptive.enabled", false);
    Dataset<Row> records = ClassicSpark.dataset(fixed, internal(task), Records.SCHEMA);
    JavaRDD<InternalRow> sorted =
        ClassicSpark.query(Records.sorted(records, tasks)).toRdd().toJavaRDD();
    return InternalRecords.merged(sorted)
        .map(record -> ((UnsafeRow) record).getBytes())
        .collect()
        .stream()
        .map(bytes -> InternalRecords.row(InternalRecords.of(bytes)))
        .iterator();
  }

  @Override
  public <R> R records(
      MapPartitionsFunction<T, Row> task, Function<JavaRDD<InternalRow>, R> merging) {
    return merging.apply(internal(task));
  }

  private JavaRDD<InternalRow> internal(MapPartitionsFunction<T, Row> task) {
    return rdd.mapPartitions(task::call).map(InternalRecords::of);
  }
}
