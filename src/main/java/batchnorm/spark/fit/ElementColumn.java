package batchnorm.spark.fit;

import org.apache.spark.sql.execution.vectorized.WritableColumnVector;

/**
 * A column of vectors or arrays in memory that Spark wrote itself, as its Parquet reader does: the
 * elements of all rows lie in one column below it, so that a row of them is a part of that column.
 */
abstract class ElementColumn {
  private double[] elements = {};

  private ElementColumn() {}

  /** Returns a reader of columns that hold what {@code layout} says. */
  static ElementColumn of(RowLayout layout) {
    return layout.features() == RowLayout.Features.VECTOR ? new Vectors() : new Arrays();
  }

  /** Hands over as many rows as there are weights; a null weight is NaN. */
  final void read(WritableColumnVector column, double[] weights, RowCollector collector) {
    for (int i = 0; i < weights.length; i++) {
      if (column.isNullAt(i)) {
        collector.absent(weights[i]);
      } else {
        readRow(column, i, weights[i], collector);
      }
    }
  }

  /** Hands over row {@code i}, which is not null. */
  abstract void readRow(WritableColumnVector column, int i, double weight, RowCollector collector);

  /** Hands over the array in row {@code i}; a null element is NaN. */
  final void readArray(WritableColumnVector arrays, int i, double weight, RowCollector collector) {
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

  private static final class Arrays extends ElementColumn {
    @Override
    void readRow(WritableColumnVector column, int i, double weight, RowCollector collector) {
      readArray(column, i, weight, collector);
    }
  }

  private static final class Vectors extends ElementColumn {
    @Override
    void readRow(WritableColumnVector column, int i, double weight, RowCollector collector) {
      WritableColumnVector types = column.getChild(VectorStruct.TYPE);
      WritableColumnVector values = column.getChild(VectorStruct.VALUES);
      boolean dense = !types.isNullAt(i) && types.getByte(i) == VectorType.DENSE;
      if (dense && !values.isNullAt(i)) {
        readArray(values, i, weight, collector);
      } else {
        RowReader.readVector(column.getStruct(i), weight, collector);
      }
    }
  }
}
