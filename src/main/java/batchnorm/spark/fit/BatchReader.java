package batchnorm.spark.fit;

import batchnorm.spark.columns.ColumnKind;
import batchnorm.spark.normalize.HandleInvalid;
import java.util.Arrays;
import java.util.Iterator;
import org.apache.spark.TaskContext;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.execution.vectorized.WritableColumnVector;
import org.apache.spark.sql.vectorized.ColumnVector;
import org.apache.spark.sql.vectorized.ColumnarBatch;

/** Reads the batches of one partition: numbers a column at a time, vectors and arrays by rows. */
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
    return layout.kind() == ColumnKind.NUMBER ? readColumns(batches) : readRows(batches, bound);
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
    RowCollector collector = new RowCollector(TaskContext.getPartitionId(), handleInvalid, bound);
    ElementColumn elements = new ElementColumn(layout.kind());
    RowReader reader = RowReader.of(layout);
    while (batches.hasNext() && !collector.isFull()) {
      ColumnarBatch batch = batches.next();
      ColumnVector[] columns = selected(batch);
      double[] weights = weights(columns, batch.numRows());
      if (columns[0] instanceof WritableColumnVector written) {
        elements.read(written, weights, collector);
      } else {
        // A batch of the selected columns only; it is a view and must not be closed.
        Iterator<InternalRow> rows = new ColumnarBatch(columns, batch.numRows()).rowIterator();
        for (double weight : weights) {
          reader.read(rows.next(), weight, collector);
        }
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

  /** The weights of {@code rows} rows, which follow the features; 1 if there are none. */
  private double[] weights(ColumnVector[] columns, int rows) {
    double[] weights = new double[rows];
    if (layout.weighted()) {
      NumberColumns.read(columns[layout.columns()], 0, rows, weights);
    } else {
      Arrays.fill(weights, 1);
    }
    return weights;
  }
}
