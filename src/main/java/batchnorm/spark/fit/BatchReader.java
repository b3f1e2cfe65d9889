package batchnorm.spark.fit;

import batchnorm.spark.columns.ColumnKind;
import java.util.Arrays;
import java.util.Iterator;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.execution.vectorized.WritableColumnVector;
import org.apache.spark.sql.vectorized.ColumnVector;
import org.apache.spark.sql.vectorized.ColumnarBatch;

/** Reads the batches of one partition: numbers a column at a time, vectors and arrays by rows. */
final class BatchReader implements PartitionReader<RowCollector> {
  private final Iterator<ColumnarBatch> batches;
  private final RowLayout layout;
  private final int[] ordinals;
  private final ElementColumn elements;
  private final RowReader<InternalRow> reader;

  BatchReader(Iterator<ColumnarBatch> batches, RowLayout layout, int[] ordinals) {
    this.batches = batches;
    this.layout = layout;
    this.ordinals = ordinals;
    elements = new ElementColumn(layout.kind());
    reader = InternalRows.reader(layout);
  }

  @Override
  public boolean hasNext() {
    return batches.hasNext();
  }

  @Override
  public void readNext(RowCollector collector) {
    ColumnarBatch batch = batches.next();
    ColumnVector[] columns = selected(batch);
    if (layout.kind() == ColumnKind.NUMBER) {
      collector
          .columns(layout.columns(), layout.weighted())
          .add(new NumberColumns(columns), batch.numRows());
    } else {
      readRows(columns, weights(columns, batch.numRows()), collector);
    }
  }

  private void readRows(ColumnVector[] columns, double[] weights, RowCollector collector) {
    if (columns[0] instanceof WritableColumnVector written) {
      elements.read(written, weights, collector);
      return;
    }
    // A batch of the selected columns only; it is a view and must not be closed.
    Iterator<InternalRow> rows = new ColumnarBatch(columns, weights.length).rowIterator();
    for (double weight : weights) {
      reader.read(rows.next(), weight, collector);
    }
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
