package batchnorm.spark.moments;

/**
 * Stored values of sparse rows on their way into {@link Moments}: some of each feature side by
 * side, so that they are reduced in one tight loop once the feature is full.
 */
public final class SparseBlock {
  /** Memory of a block, at most. A larger one leaves the caches and is no faster than the sums. */
  public static final long MAX_BYTES = 8L << 20;

  /**
   * Number of values of a feature, which is no power of two, as that would map features to few
   * cache sets. No power of two, which would map features to few cache sets.
   */
  private static final int ROOM = 60;

  /** The memory of a feature. */
  public static final int BYTES_A_FEATURE = ROOM * Double.BYTES + Integer.BYTES;

  private final int size;
  private final double[] values;
  private final int[] counts;
  private final BlockSums sums = new BlockSums();

  /** Returns an empty block for rows of {@code size} features. */
  public SparseBlock(int size) {
    this.size = size;
    values = new double[Math.multiplyExact(size, ROOM)];
    counts = new int[size];
  }

  /**
   * Adds a row of weight 1, whose other features are 0.
   *
   * @param indices the indices of the stored features, each at most once
   * @param row the stored values, as many as {@code indices}; missing values are counted as such
   * @param moments the moments that count the row and receive the values of features that are full
   */
  public void add(int[] indices, double[] row, Moments moments) {
    moments.sizeToIfUnknown(size);
    moments.addRows(1);
    for (int k = 0; k < indices.length; k++) {
      int j = indices[k];
      int count = counts[j];
      values[j * ROOM + count] = row[k];
      counts[j] = count + 1;
      if (count + 1 == ROOM) {
        flush(j, moments);
      }
    }
  }

  /** Adds all values to {@code moments}; the block is empty then. */
  public void flush(Moments moments) {
    for (int j = 0; j < size; j++) {
      if (counts[j] > 0) {
        flush(j, moments);
      }
    }
  }

  private void flush(int j, Moments moments) {
    moments.addColumn(size, j, values, j * ROOM, counts[j], sums);
    counts[j] = 0;
  }
}
