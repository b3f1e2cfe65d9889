package batchnorm.spark.fit;

import batchnorm.spark.columns.ColumnKind;
import java.util.Arrays;
import java.util.Iterator;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.execution.vectorized.WritableColumnVector;
import org.apache.spark.sql.vectorized.ColumnVector;
import org.apache.spark.sql.vectorized.ColumnarBatch;

/**
 * Reads the vectors or arrays of the batches of one partition. In column vectors written by Spark
 * itself, for instance by its Parquet reader, the elements of all rows are in one child column, and
 * a row is a range of it. Other vectors are read row by row.
 */
final class ElementReader implements PartitionReader<RowCollector> {
  private final Iterator<ColumnarBatch> batches;
  private final RowLayout layout;
  private final int[] ordinals;
  private final RowReader<InternalRow> reader;
  private double[] elements = {};

  ElementReader(Iterator<ColumnarBatch> batches, RowLayout layout, int[] ordinals) {
    this.batches = batches;
    this.layout = layout;
    this.ordinals = ordinals;
    reader = InternalRows.reader(layout);
  }

  @Override
  public boolean hasNext() {
    return batches.hasNext();
  }

  @Override
  public void readNext(RowCollector collector) {
    ColumnarBatch batch = batches.next();
    ColumnVector[] columns = NumberColumns.selected(batch, ordinals);
    double[] weights = weights(columns, batch.numRows());
    if (columns[0] instanceof WritableColumnVector column) {
      for (int i = 0; i < weights.length; i++) {
        read(column, i, weights[i], collector);
      }
      return;
    }
    // A view of the selected columns, which must not be closed.
    Iterator<InternalRow> rows = new ColumnarBatch(columns, weights.length).rowIterator();
    for (double weight : weights) {
      reader.read(rows.next(), weight, collector);
    }
  }

  /**
   * Returns the weights of {@code rows} rows, from the column after the features; 1 without one.
   */
  private double[] weights(ColumnVector[] columns, int rows) {
    double[] weights = new double[rows];
    if (layout.weighted()) {
      NumberColumns.read(columns[layout.columns()], 0, rows, weights);
    } else {
      Arrays.fill(weights, 1);
    }
    return weights;
  }

  /** Passes row {@code i} to the collector. */
  private void read(WritableColumnVector column, int i, double weight, RowCollector collector) {
    if (column.isNullAt(i)) {
      collector.absent(weight);
    } else if (layout.kind() == ColumnKind.VECTOR) {
      readVector(column, i, weight, collector);
    } else {
      readArray(column, i, weight, collector);
    }
  }

  private void readVector(
      WritableColumnVector column, int i, double weight, RowCollector collector) {
    WritableColumnVector types = column.getChild(VectorStruct.TYPE);
    WritableColumnVector values = column.getChild(VectorStruct.VALUES);
    boolean dense = !types.isNullAt(i) && types.getByte(i) == VectorType.DENSE;
    if (dense && !values.isNullAt(i)) {
      readArray(values, i, weight, collector);
    } else {
      RowReader.readVector(new VectorStruct(column.getStruct(i)), weight, collector);
    }
  }

  /** Passes the array in row {@code i} to the collector; a null element becomes NaN. */
  private void readArray(
      WritableColumnVector arrays, int i, double weight, RowCollector collector) {
    int size = arrays.getArrayLength(i);
    if (collector.startDense(size, weight)) {
      if (elements.length < size) {
        elements = new double[size];
      }
      NumberColumns.read(arrays.arrayData(), arrays.getArrayOffset(i), size, elements);
      collector.setAll(elements);
      collector.endDense();
    }
  }
}
