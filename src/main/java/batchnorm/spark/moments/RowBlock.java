package batchnorm.spark.moments;

import java.util.Arrays;
import java.util.Optional;

/**
 * Buffer of rows for {@link Moments}: a table in which the values of a feature are adjacent, so
 * that each feature is summed in one tight loop.
 *
 * <p>Write a row with {@link #set} for every feature, then close it with {@link #endRow}; a row
 * that is not closed is discarded when the next one is written. A {@linkplain #isFull() full} block
 * accepts no row until {@link #clear()}.
 */
public final class RowBlock {
  /**
   * Number of values of a block: 2 MiB, which fit in a core's share of the caches. With thousands
   * of features, the fixed cost of a feature is still spread over many rows.
   */
  private static final int TARGET_VALUES = 256 * 1024;

  /**
   * Maximum memory of a block of very wide rows: 64 MiB of values, and 64 MiB of rests if there are
   * any.
   */
  public static final long MAX_BYTES = 128L << 20;

  private static final int MAX_ROWS = BlockSums.MAX_VALUES;

  /** A stride of a power of two would map a row's values to few cache sets. */
  private static final int PADDING = 8;

  /** Number of rows transposed at once: their values of one feature fill a cache line. */
  private static final int TRANSPOSED_AT_ONCE = 8;

  private final int size;
  private final int capacity;
  private final int stride;
  private final BlockSums scratch;

  /** Values, feature by feature; the size of one feature if rows are never transposed. */
  private final double[] values;

  /** Rows not transposed yet, one after the other, and the row being written. */
  private final double[] written;

  /** True if rows are never transposed: a block has too few for a second table. */
  private final boolean staysInRows;

  /** Rests of longs beyond 2^53, feature by feature; null until there is one. */
  private long[] rests;

  private boolean anyRests;
  private double[] weights;
  private WeightedSums weightedSums;
  private boolean weighted;
  private int rows;
  private int transposed;

  /** Index in {@link #written} of the first value of the row being written. */
  private int start;

  /** Returns an empty block for rows of {@code size} features. */
  public RowBlock(int size) {
    this(size, MAX_BYTES);
  }

  /**
   * Returns an empty block for rows of {@code size} features.
   *
   * @param maxBytes the maximum memory of very wide rows; one row always fits
   */
  public RowBlock(int size, long maxBytes) {
    this.size = size;
    int inCache = Math.min(MAX_ROWS, TARGET_VALUES / Math.max(1, size));
    staysInRows = inCache < TRANSPOSED_AT_ONCE;
    long rowBytes = (long) size * (Double.BYTES + Long.BYTES);
    capacity =
        staysInRows
            ? (int) Math.max(1, Math.min(TRANSPOSED_AT_ONCE, maxBytes / rowBytes))
            : inCache;
    stride = staysInRows ? 0 : capacity + PADDING;
    values = new double[staysInRows ? capacity : Math.multiplyExact(stride, size)];
    written = new double[Math.multiplyExact(Math.min(capacity, TRANSPOSED_AT_ONCE), size)];
    scratch = new BlockSums();
  }

  /** The number of features. */
  public int size() {
    return size;
  }

  /** Starts a row; a row that was not closed is discarded. */
  public void startRow() {
    for (int j = 0; anyRests && j < size; j++) {
      rests[j * capacity + rows] = 0;
    }
  }

  /** Sets feature {@code j} of the row being written to an integer of any size. */
  public void set(int j, long value) {
    written[start + j] = ExactLong.high(value);
    if (!ExactLong.isDouble(value)) {
      if (rests == null) {
        rests = new long[Math.multiplyExact(capacity, size)];
      }
      rests[j * capacity + rows] = ExactLong.rest(value);
      anyRests = true;
    }
  }

  /** Sets feature {@code j} of the row being written. */
  public void set(int j, double value) {
    written[start + j] = value;
  }

  /** Sets all features of the row being written to the first values of {@code row}. */
  public void setAll(double[] row) {
    System.arraycopy(row, 0, written, start, size);
  }

  /** Returns whether every value of the completely written row is finite. */
  public boolean isRowFinite() {
    return Doubles.allFinite(written, start, size);
  }

  /** Ends the row being written; {@code weight} is above 0 and finite. */
  public void endRow(double weight) {
    if (weight != 1 && !weighted) {
      startWeights();
    }
    if (weighted) {
      weights[rows] = weight;
    }
    rows++;
    start += size;
    if (!staysInRows && (rows - transposed == TRANSPOSED_AT_ONCE || isFull())) {
      transpose();
    }
  }

  /** Returns whether no further row fits. */
  public boolean isFull() {
    return rows == capacity;
  }

  /** Removes all rows. */
  public void clear() {
    rows = 0;
    transposed = 0;
    start = 0;
    weighted = false;
    if (anyRests) {
      Arrays.fill(rests, 0);
      anyRests = false;
    }
  }

  int rows() {
    return rows;
  }

  /** The weights of the rows, unless all of them are 1. */
  Optional<double[]> weights() {
    return weighted ? Optional.of(weights) : Optional.empty();
  }

  /** Ends the block; its features are then added one after the other. */
  void end() {
    if (!staysInRows && transposed < rows) {
      transpose();
    }
    if (weighted) {
      weightedSums.setWeights(weights, rows);
    }
  }

  /** Returns whether the rows have weight 1 and are so few that values are added one by one. */
  boolean hasFewRows() {
    return staysInRows && !weighted && !anyRests;
  }

  /** Adds the values of feature {@code j} to {@code moments}, one by one. */
  void addTo(Moments moments, int j) {
    for (int i = 0; i < rows; i++) {
      values[i] = written[i * size + j];
    }
    moments.add(j, values, 0, rows);
  }

  /** Adds the values of feature {@code j} to {@code column}. */
  void addTo(FeatureSums column, int j) {
    if (staysInRows) {
      for (int i = 0; i < rows; i++) {
        values[i] = written[i * size + j];
      }
    }
    if (weighted) {
      weightedSums.add(values, j * stride, column);
    } else {
      scratch.add(values, j * stride, rows, column);
    }
    if (anyRests && weighted) {
      column.addRests(values, j * stride, rests, j * capacity, weights, rows);
    } else if (anyRests) {
      column.addRests(values, j * stride, rests, j * capacity, rows);
    }
  }

  /** Moves the values of the written rows to those of their features. */
  private void transpose() {
    int count = rows - transposed;
    if (count == TRANSPOSED_AT_ONCE) {
      transposeCacheLines();
    } else {
      for (int i = 0; i < count; i++) {
        for (int j = 0, at = transposed + i; j < size; j++, at += stride) {
          values[at] = written[i * size + j];
        }
      }
    }
    transposed = rows;
    start = 0;
  }

  /** Transposes eight rows. It is unrolled by hand: an inner loop takes a third longer. */
  private void transposeCacheLines() {
    for (int j = 0, at = transposed; j < size; j++, at += stride) {
      values[at] = written[j];
      values[at + 1] = written[j + size];
      values[at + 2] = written[j + 2 * size];
      values[at + 3] = written[j + 3 * size];
      values[at + 4] = written[j + 4 * size];
      values[at + 5] = written[j + 5 * size];
      values[at + 6] = written[j + 6 * size];
      values[at + 7] = written[j + 7 * size];
    }
  }

  private void startWeights() {
    if (weights == null) {
      weights = new double[capacity];
      weightedSums = new WeightedSums();
    }
    Arrays.fill(weights, 0, rows, 1);
    weighted = true;
  }
}
