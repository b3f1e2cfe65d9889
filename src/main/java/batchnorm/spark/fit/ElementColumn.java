package batchnorm.spark.fit;

import batchnorm.spark.columns.ColumnKind;
import org.apache.spark.sql.execution.vectorized.WritableColumnVector;

/**
 * A column of vectors or arrays in memory that Spark wrote itself, as its Parquet reader does: the
 * elements of all rows lie in one column below it, so that a row of them is a part of that column.
 */
final class ElementColumn {
  private final boolean vectors;
  private double[] elements = {};

  /** Returns a reader of columns of vectors, or else of arrays. */
  ElementColumn(ColumnKind kind) {
    vectors = kind == ColumnKind.VECTOR;
  }

  /** Hands over as many rows as there are weights; a null weight is NaN. */
  void read(WritableColumnVector column, double[] weights, RowCollector collector) {
    for (int i = 0; i < weights.length; i++) {
      if (column.isNullAt(i)) {
        collector.absent(weights[i]);
      } else if (vectors) {
        readVector(column, i, weights[i], collector);
      } else {
        readArray(column, i, weights[i], collector);
      }
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

  /** Hands over the array in row {@code i}; a null element is NaN. */
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
