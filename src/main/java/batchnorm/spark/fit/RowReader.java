package batchnorm.spark.fit;

import batchnorm.spark.columns.ColumnKind;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.util.ArrayData;

/** Hands the features of one row after the other to a consumer. */
public abstract class RowReader {
  private final boolean weighted;
  private final int columns;

  private RowReader(RowLayout layout) {
    weighted = layout.weighted();
    columns = layout.columns();
  }

  /** Returns a reader of rows in {@code layout}. */
  public static RowReader of(RowLayout layout) {
    return switch (layout.kind()) {
      case NUMBER -> new Numbers(layout);
      case VECTOR -> new Vectors(layout);
      case DOUBLE_ARRAY, FLOAT_ARRAY -> new Arrays(layout);
    };
  }

  /** Reads a row and its weight. */
  final void read(InternalRow row, RowConsumer rows) {
    read(row, weighted ? weight(row) : 1, rows);
  }

  private double weight(InternalRow row) {
    return row.isNullAt(columns) ? Double.NaN : row.getDouble(columns);
  }

  /** Reads a row, whose weight is NaN where it is null. */
  public abstract void read(InternalRow row, double weight, RowConsumer rows);

  /** Hands over a vector, or what is wrong with it. */
  static void readVector(InternalRow struct, double weight, RowConsumer rows) {
    VectorStruct vector = new VectorStruct(struct);
    try {
      if (vector.isDense()) {
        readDense(vector.values(), weight, rows);
      } else {
        SparseEntries entries = vector.entries();
        rows.sparse(entries.size(), entries.indices(), entries.values(), weight);
      }
    } catch (MalformedVector e) {
      rows.malformed(e.getMessage(), weight);
    }
  }

  private static void readDense(ArrayData values, double weight, RowConsumer rows) {
    if (rows.startDense(values.numElements(), weight)) {
      rows.setAll(VectorStruct.doubles(values));
      rows.endDense();
    }
  }

  private static final class Numbers extends RowReader {
    private final int size;
    private final boolean[] longs;

    Numbers(RowLayout layout) {
      super(layout);
      size = layout.columns();
      longs = layout.areLongs();
    }

    @Override
    public void read(InternalRow row, double weight, RowConsumer rows) {
      if (rows.startDense(size, weight)) {
        for (int j = 0; j < size; j++) {
          if (row.isNullAt(j)) {
            rows.set(j, Double.NaN);
          } else if (longs[j]) {
            rows.set(j, row.getLong(j));
          } else {
            rows.set(j, row.getDouble(j));
          }
        }
        rows.endDense();
      }
    }
  }

  private static final class Vectors extends RowReader {
    Vectors(RowLayout layout) {
      super(layout);
    }

    @Override
    public void read(InternalRow row, double weight, RowConsumer rows) {
      if (row.isNullAt(0)) {
        rows.absent(weight);
        return;
      }
      readVector(row.getStruct(0, VectorStruct.FIELDS), weight, rows);
    }
  }

  private static final class Arrays extends RowReader {
    private final boolean floats;

    Arrays(RowLayout layout) {
      super(layout);
      floats = layout.kind() == ColumnKind.FLOAT_ARRAY;
    }

    @Override
    public void read(InternalRow row, double weight, RowConsumer rows) {
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
