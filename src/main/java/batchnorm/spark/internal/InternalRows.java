package batchnorm.spark.internal;

import batchnorm.spark.moments.DatasetMoments;
import batchnorm.spark.moments.HandleInvalid;
import batchnorm.spark.moments.RowCollector;
import java.util.Collections;
import java.util.Iterator;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.InternalRow;

/**
 * The door through which a fit gets its rows: the {@code InternalRow}s of the query's own RDD, read
 * in place, without a Row or a Vector object a row.
 */
public final class InternalRows {
  private InternalRows() {}

  /**
   * Returns the moments of a dataset's rows.
   *
   * @param selected the columns in the reader's layout, then the weight as a double if it has one
   * @param layout how the columns hold the features
   * @param depth the depth of the tree in which partitions merge; its last merge runs on an
   *     executor too, so that the driver receives one result
   */
  public static DatasetMoments moments(
      Dataset<Row> selected, RowLayout layout, HandleInvalid handleInvalid, int depth) {
    JavaRDD<InternalRow> rows =
        ((org.apache.spark.sql.classic.Dataset<Row>) selected).queryExecution().toRdd().toJavaRDD();
    return rows.mapPartitions(partition -> read(partition, layout, handleInvalid))
        .treeAggregate(new SentMoments(), SentMoments::merge, SentMoments::merge, depth, true)
        .moments();
  }

  private static Iterator<SentMoments> read(
      Iterator<InternalRow> rows, RowLayout layout, HandleInvalid handleInvalid) {
    if (!rows.hasNext()) {
      return Collections.emptyIterator();
    }
    RowCollector collector = new RowCollector(TaskContext.getPartitionId(), handleInvalid);
    RowReader reader = RowReader.of(layout);
    while (rows.hasNext()) {
      reader.read(rows.next(), collector);
    }
    return Collections.singleton(new SentMoments(collector.collected())).iterator();
  }
}
