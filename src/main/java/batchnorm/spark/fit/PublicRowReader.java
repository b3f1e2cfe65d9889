package batchnorm.spark.fit;

import org.apache.spark.sql.Row;

/**
 * Hands the features of one row of the public API after the other to a consumer. A vector comes as
 * the struct that Spark stores: as an object it would not tell what is null in it.
 */
abstract class PublicRowReader {
  private final boolean weighted;
  private final int columns;

  private PublicRowReader(RowLayout layout) {
    weighted = layout.weighted();
    columns = layout.columns();
  }

  /** Returns a reader of rows in {@code layout}. */
  static PublicRowReader of(RowLayout layout) {
    return switch (layout.kind()) {
      case NUMBER -> new Numbers(layout);
      case VECTOR -> new Vectors(layout);
      case DOUBLE_ARRAY, FLOAT_ARRAY -> new Arrays(layout);
    };
  }

  /** Reads a row. */
  final void read(Row row, RowConsumer rows) {
    read(row, weighted ? number(row, columns) : 1, rows);
  }

  abstract void read(Row row, double weight, RowConsumer rows);

  private static double number(Row row, int ordinal) {
    return row.isNullAt(ordinal) ? Double.NaN : row.getDouble(ordinal);
  }

  private static void dense(double[] elements, double weight, RowConsumer rows) {
    if (rows.startDense(elements.length, weight)) {
      rows.setAll(elements);
      rows.endDense();
    }
  }

  private static final class Numbers extends PublicRowReader {
    private final int size;
    private final boolean[] longs;

    Numbers(RowLayout layout) {
      super(layout);
      size = layout.columns();
      longs = layout.areLongs();
    }

    @Override
    void read(Row row, double weight, RowConsumer rows) {
      if (rows.startDense(size, weight)) {
        for (int j = 0; j < size; j++) {
          if (longs[j] && !row.isNullAt(j)) {
            rows.set(j, row.getLong(j));
          } else {
            rows.set(j, number(row, j));
          }
        }
        rows.endDense();
      }
    }
  }

  private static final class Vectors extends PublicRowReader {
    Vectors(RowLayout layout) {
      super(layout);
    }

    @Override
    void read(Row row, double weight, RowConsumer rows) {
      if (row.isNullAt(0)) {
        rows.absent(weight);
        return;
      }
      PublicVector vector = new PublicVector(row.getStruct(0));
      try {
        if (vector.isDense()) {
          dense(vector.values(), weight, rows);
        } else {
          SparseEntries entries = vector.entries();
          rows.sparse(entries.size(), entries.indices(), entries.values(), weight);
        }
      } catch (MalformedVector e) {
        rows.malformed(e.getMessage(), weight);
      }
    }
  }

  private static final class Arrays extends PublicRowReader {
    Arrays(RowLayout layout) {
      super(layout);
    }

    @Override
    void read(Row row, double weight, RowConsumer rows) {
      if (row.isNullAt(0)) {
        rows.absent(weight);
      } else {
        dense(PublicVector.doubles(row.<Number>getList(0)), weight, rows);
      }
    }
  }
}
