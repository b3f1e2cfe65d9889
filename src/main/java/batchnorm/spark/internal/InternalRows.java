package batchnorm.spark.internal;

import batchnorm.spark.moments.Bound;
import batchnorm.spark.moments.DatasetMoments;
import batchnorm.spark.moments.HandleInvalid;
import batchnorm.spark.moments.RowCollector;
import java.util.Iterator;
import org.apache.spark.TaskContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.execution.QueryExecution;

/**
 * The door through which a fit gets its rows: the {@code InternalRow}s of the query's own RDD, read
 * in place, without a Row or a Vector object a row.
 */
public final class InternalRows {
  private InternalRows() {}

  /**
   * Returns the moments of a dataset's rows.
   *
   * @param selected the columns in the reader's layout, numbers and the weight as doubles
   * @param layout how the columns hold the features
   * @param plan how the moments of partitions merge
   */
  public static DatasetMoments moments(
      Dataset<Row> selected, RowLayout layout, HandleInvalid handleInvalid, Aggregation.Plan plan) {
    QueryExecution query = ClassicSpark.query(selected);
    return Aggregation.moments(
        query,
        query.toRdd().toJavaRDD(),
        (rows, bound) -> read(rows, bound, layout, handleInvalid),
        plan);
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
