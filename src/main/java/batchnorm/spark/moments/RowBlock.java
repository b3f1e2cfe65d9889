package batchnorm.spark.moments;

import java.util.Arrays;
import java.util.Optional;

/**
 * Rows on their way into {@link Moments}: a table of some rows by all features, a feature's values
 * side by side, so that each feature is reduced in one tight loop over memory that is in cache.
 *
 * <p>Write a row with {@link #set} for every feature, then close it with {@link #endRow} or give it
 * up with {@link #dropRow}. A block that {@link #isFull()} takes no row until {@link #clear()}.
 */
public final class RowBlock {
  /** 256 KiB of values: what a core's second-level cache holds with room to spare. */
  private static final int TARGET_VALUES = 32 * 1024;

  private static final int MAX_ROWS = BlockSums.MAX_VALUES;

  /** A stride of a power of two would map a row's values to few cache sets. */
  private static final int PADDING = 8;

  private final int size;
  private final int capacity;
  private final int stride;
  private final double[] values;
  private final BlockSums scratch;

  private double[] weights;
  private boolean weighted;
  private int rows;

  /** Zero while every value of the row being written is finite, else NaN. */
  private double invalid;

  /** Returns an empty block for rows of {@code size} features. */
  public RowBlock(int size) {
    this.size = size;
    capacity = Math.max(1, Math.min(MAX_ROWS, TARGET_VALUES / Math.max(1, size)));
    stride = capacity == 1 ? 1 : capacity + PADDING;
    values = new double[Math.multiplyExact(stride, size)];
    scratch = new BlockSums();
  }

  /** The number of features. */
  public int size() {
    return size;
  }

  /** Sets feature {@code j} of the row being written. */
  public void set(int j, double value) {
    values[j * stride + rows] = value;
    invalid += value * 0;
  }

  /** Sets all features of the row being written, to the first of {@code row}. */
  public void setAll(double[] row) {
    double check = 0;
    for (int j = 0, at = rows; j < size; j++, at += stride) {
      double value = row[j];
      values[at] = value;
      check += value * 0;
    }
    invalid += check;
  }

  /** Whether every value set since the last row ended is finite. */
  public boolean isRowFinite() {
    return invalid == 0;
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
    invalid = 0;
  }

  /** Forgets the row being written. */
  public void dropRow() {
    invalid = 0;
  }

  /** Whether no further row fits. */
  public boolean isFull() {
    return rows == capacity;
  }

  /** Forgets all rows. */
  public void clear() {
    rows = 0;
    weighted = false;
    invalid = 0;
  }

  int rows() {
    return rows;
  }

  /** The weights of the rows, unless all of them weigh 1. */
  Optional<double[]> weights() {
    return weighted ? Optional.of(weights) : Optional.empty();
  }

  /** Adds the values of feature {@code j} to {@code column}. */
  void addTo(ColumnSums column, int j) {
    if (weighted) {
      column.add(values, j * stride, weights, rows);
    } else {
      scratch.add(values, j * stride, rows, column);
    }
  }

  private void startWeights() {
    if (weights == null) {
      weights = new double[capacity];
    }
    Arrays.fill(weights, 0, rows, 1);
    weighted = true;
  }
}
