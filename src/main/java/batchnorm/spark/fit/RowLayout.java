package batchnorm.spark.fit;

import batchnorm.spark.columns.ColumnKind;
import java.io.Serializable;
import java.util.BitSet;

/**
 * Layout of the features in a row.
 *
 * @param kind the kind of the feature columns
 * @param columns the number of feature columns; 1 unless they are numbers
 * @param weighted true if a weight column follows them
 * @param longs the columns that row sources read as longs; the other numbers are doubles
 */
public record RowLayout(ColumnKind kind, int columns, boolean weighted, BitSet longs)
    implements Serializable {

  /** Returns a layout without longs. */
  public RowLayout(ColumnKind kind, int columns, boolean weighted) {
    this(kind, columns, weighted, new BitSet());
  }

  /** Returns the number of columns of features and weight. */
  int width() {
    return columns + (weighted ? 1 : 0);
  }

  /** Returns an array that is true for the columns of longs. */
  boolean[] areLongs() {
    boolean[] are = new boolean[columns];
    longs.stream().filter(j -> j < columns).forEach(j -> are[j] = true);
    return are;
  }
}
