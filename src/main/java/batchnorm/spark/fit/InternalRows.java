package batchnorm.spark.fit;

import java.util.function.Function;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.UnsafeProjection;
import org.apache.spark.sql.types.StructType;

/**
 * The door through which a fit gets its rows: the {@code InternalRow}s of the query's own RDD, read
 * in place, without a Row or a Vector object a row.
 */
public final class InternalRows implements Source<InternalRow> {
  private final Dataset<Row> selected;

  /** Returns the rows of {@code selected}, whose numbers and weights are doubles. */
  public InternalRows(Dataset<Row> selected) {
    this.selected = selected;
  }

  @Override
  public <R> R execute(Function<Partitions<InternalRow>, R> jobs) {
    return Execution.of(
        selected, rows -> jobs.apply(new RddPartitions<>(selected.sparkSession(), rows)));
  }

  @Override
  public Reading<InternalRow, RowCollector> rows(RowLayout layout) {
    return rows -> {
      RowReader reader = RowReader.of(layout);
      return PartitionReader.of(rows, reader::read);
    };
  }

  @Override
  public Reading<InternalRow, GroupCollector> keyedRows(RowLayout layout, StructType keys) {
    return rows -> {
      RowReader reader = RowReader.of(layout);
      UnsafeProjection projection = GroupKey.projection(keys, layout.width());
      return PartitionReader.of(
          rows,
          (row, collector) -> {
            GroupKey.start(projection.apply(row), collector);
            reader.read(row, collector);
          });
    };
  }
}
