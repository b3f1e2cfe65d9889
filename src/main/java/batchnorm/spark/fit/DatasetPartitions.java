package batchnorm.spark.fit;

import java.util.Iterator;
import java.util.function.Function;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.InternalRow;

/**
 * Partitions of a dataset, read only with its public API unless records are requested.
 *
 * @param rows the dataset
 */
record DatasetPartitions(Dataset<Row> rows) implements Partitions<Row> {

  @Override
  public DatasetMoments inTree(MapPartitionsFunction<Row, byte[]> task, int depth) {
    Dataset<byte[]> sent = rows.mapPartitions(task, Encoders.BINARY());
    if (depth > 1) {
      MapPartitionsFunction<byte[], byte[]> merge = DatasetMoments::merged;
      sent =
          sent.repartition(rows.sparkSession().sparkContext().defaultParallelism())
              .mapPartitions(merge, Encoders.BINARY());
    }
    DatasetMoments merged = DatasetMoments.empty();
    sent.collectAsList().forEach(merged::merge);
    return merged;
  }

  @Override
  public Iterator<Row> merged(MapPartitionsFunction<Row, Row> task, int tasks) {
    MapPartitionsFunction<Row, Row> merge = MergedRecords::new;
    return Records.sorted(rows.mapPartitions(task, Records.ENCODER), tasks)
        .mapPartitions(merge, Records.ENCODER)
        .collectAsList()
        .iterator();
  }

  @Override
  public <R> R records(
      MapPartitionsFunction<Row, Row> task, Function<JavaRDD<InternalRow>, R> merging) {
    return Execution.of(rows.mapPartitions(task, Records.ENCODER), merging);
  }
}
