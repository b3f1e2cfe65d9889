package batchnorm.spark.internal;

import batchnorm.spark.moments.RowCollector;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.util.ArrayData;

/** Hands the features of one row after the other to a collector. */
abstract class RowReader {
  private RowReader() {}

  /** Returns a reader of rows in {@code layout}. */
  static RowReader of(RowLayout layout) {
    return switch (layout.features()) {
      case NUMBERS -> new Numbers(layout);
      case VECTOR -> new Vectors();
      case DOUBLE_ARRAY, FLOAT_ARRAY -> new Arrays(layout);
    };
  }

  /** Reads a row, whose weight is NaN where it is null. */
  abstract void read(InternalRow row, double weight, RowCollector collector);

  private static final class Numbers extends RowReader {
    private final int size;

    Numbers(RowLayout layout) {
      size = layout.columns();
    }

    @Override
    void read(InternalRow row, double weight, RowCollector collector) {
      if (collector.startDense(size, weight)) {
        for (int j = 0; j < size; j++) {
          collector.set(j, row.isNullAt(j) ? Double.NaN : row.getDouble(j));
        }
        collector.endDense();
      }
    }
  }

  private static final class Vectors extends RowReader {
    @Override
    void read(InternalRow row, double weight, RowCollector collector) {
      if (row.isNullAt(0)) {
        collector.absent(weight);
        return;
      }
      VectorStruct vector = new VectorStruct(row.getStruct(0, VectorStruct.FIELDS));
      if (!vector.isDense()) {
        collector.sparse(
            vector.size(), vector.indices().toIntArray(), vector.values().toDoubleArray(), weight);
      } else if (collector.startDense(vector.size(), weight)) {
        collector.setAll(vector.values().toDoubleArray());
        collector.endDense();
      }
    }
  }

  private static final class Arrays extends RowReader {
    private final boolean floats;

    Arrays(RowLayout layout) {
      floats = layout.features() == RowLayout.Features.FLOAT_ARRAY;
    }

    @Override
    void read(InternalRow row, double weight, RowCollector collector) {
      if (row.isNullAt(0)) {
        collector.absent(weight);
        return;
      }
      ArrayData array = row.getArray(0);
      int size = array.numElements();
      if (collector.startDense(size, weight)) {
        for (int j = 0; j < size; j++) {
          if (array.isNullAt(j)) {
            collector.set(j, Double.NaN);
          } else {
            collector.set(j, floats ? array.getFloat(j) : array.getDouble(j));
          }
        }
        collector.endDense();
      }
    }
  }
}
