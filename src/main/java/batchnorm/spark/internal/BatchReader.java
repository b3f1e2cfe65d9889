package batchnorm.spark.internal;

import batchnorm.spark.moments.Bound;
import batchnorm.spark.moments.ColumnCollector;
import batchnorm.spark.moments.DatasetMoments;
import batchnorm.spark.moments.HandleInvalid;
import batchnorm.spark.moments.RowCollector;
import java.util.Iterator;
import org.apache.spark.TaskContext;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.vectorized.ColumnVector;
import org.apache.spark.sql.vectorized.ColumnarBatch;

/**
 * Reads the batches of one partition: numbers a column at a time, vectors and arrays element block
 * by element block through rows that are only views of the columns.
 */
final class BatchReader {
  private final RowLayout layout;
  private final int[] ordinals;
  private final HandleInvalid handleInvalid;

  BatchReader(RowLayout layout, int[] ordinals, HandleInvalid handleInvalid) {
    this.layout = layout;
    this.ordinals = ordinals;
    this.handleInvalid = handleInvalid;
  }

  DatasetMoments read(Iterator<ColumnarBatch> batches, Bound bound) {
    return layout.features() == RowLayout.Features.NUMBERS
        ? readColumns(batches)
        : readRows(batches, bound);
  }

  private DatasetMoments readColumns(Iterator<ColumnarBatch> batches) {
    ColumnCollector collector =
        new ColumnCollector(
            TaskContext.getPartitionId(), layout.columns(), layout.weighted(), handleInvalid);
    while (batches.hasNext()) {
      ColumnarBatch batch = batches.next();
      collector.add(new NumberColumns(selected(batch)), batch.numRows());
    }
    return collector.collected();
  }

  private DatasetMoments readRows(Iterator<ColumnarBatch> batches, Bound bound) {
    RowCollector collector = new RowCollector(TaskContext.getPartitionId(), handleInvalid);
    RowReader reader = RowReader.of(layout);
    while (batches.hasNext() && !collector.exceeds(bound)) {
      ColumnarBatch batch = batches.next();
      // A batch of the selected columns only; it is a view and must not be closed.
      Iterator<InternalRow> rows =
          new ColumnarBatch(selected(batch), batch.numRows()).rowIterator();
      while (rows.hasNext()) {
        reader.read(rows.next(), collector);
      }
    }
    return collector.collected();
  }

  private ColumnVector[] selected(ColumnarBatch batch) {
    ColumnVector[] columns = new ColumnVector[ordinals.length];
    for (int j = 0; j < columns.length; j++) {
      columns[j] = batch.column(ordinals[j]);
    }
    return columns;
  }
}
