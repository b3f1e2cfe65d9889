package batchnorm.spark.fit;

import batchnorm.spark.columns.ColumnKind;

/**
 * Passes the features of rows to a consumer, row by row.
 *
 * @param <R> the class of the rows
 */
public final class RowReader<R> {
  private final RowFields<R> fields;
  private final ColumnKind kind;
  private final int columns;
  private final boolean weighted;
  private final boolean[] longs;

  /** Returns a reader of rows in {@code layout}. */
  RowReader(RowFields<R> fields, RowLayout layout) {
    this.fields = fields;
    kind = layout.kind();
    columns = layout.columns();
    weighted = layout.weighted();
    longs = layout.areLongs();
  }

  /** Reads a row and its weight. */
  void read(R row, RowConsumer rows) {
    read(row, weighted ? number(row, columns) : 1, rows);
  }

  /** Reads a row; {@code weight} is NaN for null. */
  public void read(R row, double weight, RowConsumer rows) {
    if (kind == ColumnKind.NUMBER) {
      readNumbers(row, weight, rows);
    } else if (fields.isNull(row, 0)) {
      rows.absent(weight);
    } else if (kind == ColumnKind.VECTOR) {
      readVector(fields.vector(row, 0), weight, rows);
    } else {
      readDense(fields.array(row, 0, kind), weight, rows);
    }
  }

  private void readNumbers(R row, double weight, RowConsumer rows) {
    if (rows.startDense(columns, weight)) {
      for (int j = 0; j < columns; j++) {
        if (longs[j] && !fields.isNull(row, j)) {
          rows.set(j, fields.getLong(row, j));
        } else {
          rows.set(j, number(row, j));
        }
      }
      rows.endDense();
    }
  }

  private double number(R row, int column) {
    return fields.isNull(row, column) ? Double.NaN : fields.getDouble(row, column);
  }

  /** Passes a vector, or its fault, to {@code rows}. */
  static void readVector(StoredVector vector, double weight, RowConsumer rows) {
    try {
      if (vector.isDense()) {
        readDense(vector.doubles(), weight, rows);
      } else {
        SparseEntries entries = vector.entries();
        rows.sparse(entries.size(), entries.indices(), entries.values(), weight);
      }
    } catch (MalformedVector e) {
      rows.malformed(e.getMessage(), weight);
    }
  }

  private static void readDense(double[] elements, double weight, RowConsumer rows) {
    if (rows.startDense(elements.length, weight)) {
      rows.setAll(elements);
      rows.endDense();
    }
  }
}
