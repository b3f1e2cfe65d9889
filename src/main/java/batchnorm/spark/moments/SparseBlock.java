package batchnorm.spark.moments;

import java.util.Arrays;

/**
 * Buffer of the stored values of sparse rows for {@link Moments}. Values are sorted by feature, so
 * that sums are visited in memory order and all values of a feature are added at once.
 */
public final class SparseBlock {
  /** Maximum memory of a block; a larger one does not fit in the caches. */
  public static final long MAX_BYTES = 8L << 20;

  /** Memory of a value: the value and its feature, twice. */
  public static final int BYTES_A_VALUE = 2 * (Double.BYTES + Integer.BYTES);

  private static final int INITIAL_CAPACITY = 1 << 10;

  /** Maximum number of ranges of features that values are sorted into. */
  private static final int MAX_RANGES = 1 << 16;

  private final int size;
  private final int maxValues;

  /** Number of low bits of a feature that its range ignores. */
  private final int shift;

  private int[] features = new int[INITIAL_CAPACITY];
  private double[] values = new double[INITIAL_CAPACITY];
  private int count;

  private int[] sortedFeatures = {};
  private double[] sortedValues = {};

  /** Place of the next value of each range, during the sort. */
  private final int[] next;

  /**
   * Returns an empty block.
   *
   * @param size the number of features of the rows
   * @param maxValues the number of values from which they are added to the sums
   */
  public SparseBlock(int size, int maxValues) {
    this.size = size;
    this.maxValues = maxValues;
    int last = Math.max(0, size - 1);
    shift = Integer.SIZE - Integer.numberOfLeadingZeros(last / MAX_RANGES);
    next = new int[(last >> shift) + 1];
  }

  /**
   * Adds a row of weight 1, whose other features are 0.
   *
   * @param indices the indices of the stored features, each at most once
   * @param row the stored values, as many as {@code indices}; missing values are counted as such
   * @param moments the moments that count the row and receive the values once the block is full
   */
  public void add(int[] indices, double[] row, Moments moments) {
    moments.sizeToIfUnknown(size);
    moments.addRows(1);
    for (int from = 0; from < indices.length; ) {
      int added = Math.min(indices.length - from, maxValues - count);
      growTo(count + added);
      System.arraycopy(indices, from, features, count, added);
      System.arraycopy(row, from, values, count, added);
      count += added;
      from += added;
      if (count == maxValues) {
        flush(moments);
      }
    }
  }

  private void growTo(int needed) {
    if (needed > features.length) {
      int larger = Math.max(needed, Math.min(maxValues, 2 * features.length));
      features = Arrays.copyOf(features, larger);
      values = Arrays.copyOf(values, larger);
    }
  }

  /** Adds all values to {@code moments} and empties the block. */
  public void flush(Moments moments) {
    if (count == 0) {
      return;
    }
    sort();
    int from = 0;
    for (int to = 1; to <= count; to++) {
      if (to == count || sortedFeatures[to] != sortedFeatures[from]) {
        moments.add(sortedFeatures[from], sortedValues, from, to - from);
        from = to;
      }
    }
    count = 0;
  }

  /** Sorts the values by the range of their feature; most ranges are one feature. */
  private void sort() {
    if (sortedFeatures.length < count) {
      sortedFeatures = new int[features.length];
      sortedValues = new double[values.length];
    }
    Arrays.fill(next, 0);
    for (int k = 0; k < count; k++) {
      next[features[k] >> shift]++;
    }
    int place = 0;
    for (int range = 0; range < next.length; range++) {
      int inRange = next[range];
      next[range] = place;
      place += inRange;
    }
    for (int k = 0; k < count; k++) {
      int to = next[features[k] >> shift]++;
      sortedFeatures[to] = features[k];
      sortedValues[to] = values[k];
    }
  }
}
