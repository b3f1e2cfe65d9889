package batchnorm.spark.fit;

import batchnorm.spark.normalize.HandleInvalid;
import java.util.Iterator;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;

/**
 * The rows of the public API: the last resort of a fit, which every Spark has. A row and its vector
 * are objects, and what tasks send goes through one more shuffle.
 *
 * <p>It names no class of Spark's own plans and rows, but for the groups: their keys become Spark's
 * own rows here, and are merged as such.
 */
public final class PublicRows implements Source {
  private final Dataset<Row> selected;

  /**
   * Returns the rows of {@code selected}, whose numbers and weights are doubles, whose vectors are
   * structs and whose keys are those of {@link batchnorm.spark.columns.InputColumn#asPublicKey}.
   */
  public PublicRows(Dataset<Row> selected) {
    this.selected = selected;
  }

  @Override
  public DatasetMoments moments(
      RowLayout layout, HandleInvalid handleInvalid, Aggregation.Plan plan) {
    return Aggregation.moments(
        new DatasetPartitions(selected),
        (rows, bound) -> read(rows, bound, layout, handleInvalid),
        plan);
  }

  @Override
  public GroupedMoments groups(
      RowLayout layout, StructType keys, HandleInvalid handleInvalid, long maxBytes) {
    MapPartitionsFunction<Row, byte[]> read =
        rows ->
            GroupRecords.bytes(
                GroupedRows.of(
                    rows, input -> new PublicKeys(input, layout, keys), handleInvalid, maxBytes));
    return GroupedMoments.ofBytes(selected.mapPartitions(read, Encoders.BINARY()), keys);
  }

  private static DatasetMoments read(
      Iterator<Row> rows, Bound bound, RowLayout layout, HandleInvalid handleInvalid) {
    RowCollector collector = new RowCollector(TaskContext.getPartitionId(), handleInvalid, bound);
    PublicRowReader reader = PublicRowReader.of(layout);
    while (rows.hasNext() && !collector.isFull()) {
      reader.read(rows.next(), collector);
    }
    return collector.collected();
  }
}
