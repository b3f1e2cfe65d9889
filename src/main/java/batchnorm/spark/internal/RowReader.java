package batchnorm.spark.internal;

import batchnorm.spark.moments.RowConsumer;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.util.ArrayData;

/** Hands the features of one row after the other to a consumer. */
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
  abstract void read(InternalRow row, double weight, RowConsumer rows);

  private static final class Numbers extends RowReader {
    private final int size;

    Numbers(RowLayout layout) {
      size = layout.columns();
    }

    @Override
    void read(InternalRow row, double weight, RowConsumer rows) {
      if (rows.startDense(size, weight)) {
        for (int j = 0; j < size; j++) {
          rows.set(j, row.isNullAt(j) ? Double.NaN : row.getDouble(j));
        }
        rows.endDense();
      }
    }
  }

  private static final class Vectors extends RowReader {
    @Override
    void read(InternalRow row, double weight, RowConsumer rows) {
      if (row.isNullAt(0)) {
        rows.absent(weight);
        return;
      }
      VectorStruct vector = new VectorStruct(row.getStruct(0, VectorStruct.FIELDS));
      if (!vector.isDense()) {
        rows.sparse(
            vector.size(), vector.indices().toIntArray(), vector.values().toDoubleArray(), weight);
      } else if (rows.startDense(vector.size(), weight)) {
        rows.setAll(vector.values().toDoubleArray());
        rows.endDense();
      }
    }
  }

  private static final class Arrays extends RowReader {
    private final boolean floats;

    Arrays(RowLayout layout) {
      floats = layout.features() == RowLayout.Features.FLOAT_ARRAY;
    }

    @Override
    void read(InternalRow row, double weight, RowConsumer rows) {
      if (row.isNullAt(0)) {
        rows.absent(weight);
        return;
      }
      ArrayData array = row.getArray(0);
      int size = array.numElements();
      if (rows.startDense(size, weight)) {
        for (int j = 0; j < size; j++) {
          if (array.isNullAt(j)) {
            rows.set(j, Double.NaN);
          } else {
            rows.set(j, floats ? array.getFloat(j) : array.getDouble(j));
          }
        }
        rows.endDense();
      }
    }
  }
}
