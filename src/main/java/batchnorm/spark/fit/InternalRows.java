package batchnorm.spark.fit;

import batchnorm.spark.compat.ClassicSpark;
import batchnorm.spark.normalize.HandleInvalid;
import java.util.Iterator;
import org.apache.spark.TaskContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.execution.QueryExecution;
import org.apache.spark.sql.types.StructType;

/**
 * The door through which a fit gets its rows: the {@code InternalRow}s of the query's own RDD, read
 * in place, without a Row or a Vector object a row.
 */
public final class InternalRows implements Source {
  private final Dataset<Row> selected;

  /** Returns the rows of {@code selected}, whose numbers and weights are doubles. */
  public InternalRows(Dataset<Row> selected) {
    this.selected = selected;
  }

  @Override
  public DatasetMoments moments(
      RowLayout layout, HandleInvalid handleInvalid, Aggregation.Plan plan) {
    QueryExecution query = ClassicSpark.query(selected);
    return Execution.of(
        query,
        () ->
            Aggregation.moments(
                new RddPartitions<>(query.toRdd().toJavaRDD()),
                (rows, bound) -> read(rows, bound, layout, handleInvalid),
                plan));
  }

  @Override
  public GroupedMoments groups(
      RowLayout layout, StructType keys, HandleInvalid handleInvalid, long maxBytes) {
    QueryExecution query = ClassicSpark.query(selected);
    return GroupedMoments.of(
        selected.sparkSession(),
        query,
        keys,
        () ->
            query
                .toRdd()
                .toJavaRDD()
                .mapPartitions(
                    rows ->
                        GroupedRows.of(
                            rows,
                            input -> GroupedRows.rows(input, layout, keys),
                            handleInvalid,
                            maxBytes)));
  }

  private static DatasetMoments read(
      Iterator<InternalRow> rows, Bound bound, RowLayout layout, HandleInvalid handleInvalid) {
    RowCollector collector = new RowCollector(TaskContext.getPartitionId(), handleInvalid, bound);
    RowReader reader = RowReader.of(layout);
    while (rows.hasNext() && !collector.isFull()) {
      InternalRow row = rows.next();
      reader.read(row, layout.weighted() ? weight(row, layout.columns()) : 1, collector);
    }
    return collector.collected();
  }

  private static double weight(InternalRow row, int ordinal) {
    return row.isNullAt(ordinal) ? Double.NaN : row.getDouble(ordinal);
  }
}
