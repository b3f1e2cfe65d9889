package batchnorm.spark.internal;

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
   * @param depth the depth of the tree in which partitions merge
   */
  public static DatasetMoments moments(
      Dataset<Row> selected, RowLayout layout, HandleInvalid handleInvalid, int depth) {
    QueryExecution query = ((org.apache.spark.sql.classic.Dataset<Row>) selected).queryExecution();
    return Aggregation.moments(
        query, query.toRdd().toJavaRDD(), rows -> read(rows, layout, handleInvalid), depth);
  }

  private static DatasetMoments read(
      Iterator<InternalRow> rows, RowLayout layout, HandleInvalid handleInvalid) {
    RowCollector collector = new RowCollector(TaskContext.getPartitionId(), handleInvalid);
    RowReader reader = RowReader.of(layout);
    while (rows.hasNext()) {
      InternalRow row = rows.next();
      reader.read(row, layout.weighted() ? weight(row, layout.columns()) : 1, collector);
    }
    return collector.collected();
  }

  private static double weight(InternalRow row, int ordinal) {
    return row.isNullAt(ordinal) ? Double.NaN : row.getDouble(ordinal);
  }
}
