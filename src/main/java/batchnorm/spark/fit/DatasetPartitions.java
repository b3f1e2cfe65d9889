package batchnorm.spark.fit;

import java.nio.ByteBuffer;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoder;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import scala.Tuple2;

/**
 * The partitions of a dataset, by nothing but the public API of datasets.
 *
 * @param rows what is read
 */
record DatasetPartitions(Dataset<Row> rows) implements Aggregation.Partitions<Row> {

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
  public DatasetMoments inSlices(
      MapPartitionsFunction<Row, Tuple2<Integer, byte[]>> task, int slices) {
    MapPartitionsFunction<Tuple2<Integer, byte[]>, Tuple2<Integer, byte[]>> merge =
        DatasetPartitions::merged;
    Encoder<Tuple2<Integer, byte[]>> numbered = Encoders.tuple(Encoders.INT(), Encoders.BINARY());
    return rows
        .mapPartitions(task, numbered)
        .repartition(slices, functions.col("_1"))
        .mapPartitions(merge, numbered)
        .collectAsList()
        .stream()
        .sorted(Comparator.comparing(Tuple2::_1))
        .map(slice -> DatasetMoments.of(ByteBuffer.wrap(slice._2())))
        .reduce(DatasetMoments::join)
        .orElseGet(DatasetMoments::empty);
  }

  /** Several slices may come to one task. */
  private static Iterator<Tuple2<Integer, byte[]>> merged(Iterator<Tuple2<Integer, byte[]>> sent) {
    Map<Integer, DatasetMoments> slices = new HashMap<>();
    sent.forEachRemaining(
        slice ->
            slices.computeIfAbsent(slice._1(), number -> DatasetMoments.empty()).merge(slice._2()));
    return slices.entrySet().stream()
        .map(slice -> new Tuple2<>(slice.getKey(), slice.getValue().toBytes()))
        .iterator();
  }
}
