package batchnorm.spark.fit;

import java.io.Serializable;
import java.util.BitSet;

/**
 * How a row holds its features.
 *
 * @param features what the feature columns are made of
 * @param columns how many of them there are; 1 unless they are numbers
 * @param weighted whether a column of weights follows them
 * @param longs which of the columns are longs where rows are read; the other numbers are doubles
 */
public record RowLayout(Features features, int columns, boolean weighted, BitSet longs)
    implements Serializable {

  /** A layout without longs. */
  public RowLayout(Features features, int columns, boolean weighted) {
    this(features, columns, weighted, new BitSet());
  }

  /** Returns an array that is true for the columns of longs. */
  boolean[] areLongs() {
    boolean[] are = new boolean[columns];
    longs.stream().filter(j -> j < columns).forEach(j -> are[j] = true);
    return are;
  }

  /** What the feature columns are made of. */
  public enum Features {
    /** Numbers, one a column. */
    NUMBERS,
    /** One vector. */
    VECTOR,
    /** One array of doubles. */
    DOUBLE_ARRAY,
    /** One array of floats. */
    FLOAT_ARRAY
  }
}
