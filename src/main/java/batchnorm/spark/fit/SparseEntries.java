package batchnorm.spark.fit;

import batchnorm.spark.errors.VectorFaults;
import java.util.Arrays;

/**
 * Checked entries of a sparse vector.
 *
 * @param size the number of features
 * @param indices the indices of the features, in ascending order
 * @param values the values, as many as indices; a missing one is NaN
 */
public record SparseEntries(int size, int[] indices, double[] values) {

  /** Stands for a null index. */
  public static final int NULL_INDEX = Integer.MIN_VALUE;

  /**
   * Checks entries, and sorts them by index if necessary.
   *
   * @throws MalformedVector if the size is negative, if there are not as many indices as values, or
   *     if an index is negative, not below the size or repeated
   */
  public static SparseEntries of(int size, int[] indices, double[] values) {
    if (size < 0) {
      throw new MalformedVector(VectorFaults.negativeSize(size));
    }
    if (indices.length != values.length) {
      throw new MalformedVector(VectorFaults.countsDiffer(indices.length, values.length));
    }
    int last = -1;
    for (int index : indices) {
      if (index <= last) {
        return sorted(size, indices, values);
      }
      last = index;
    }
    if (last >= size) {
      throw new MalformedVector(VectorFaults.indexOutside(last, size));
    }
    return new SparseEntries(size, indices, values);
  }

  private static SparseEntries sorted(int size, int[] indices, double[] values) {
    long[] order = new long[indices.length];
    for (int k = 0; k < order.length; k++) {
      requireInside(indices[k], size);
      order[k] = (long) indices[k] << Integer.SIZE | k;
    }
    Arrays.sort(order);
    int[] sortedIndices = new int[order.length];
    double[] sortedValues = new double[order.length];
    for (int k = 0; k < order.length; k++) {
      sortedIndices[k] = (int) (order[k] >> Integer.SIZE);
      sortedValues[k] = values[(int) order[k]];
      if (k > 0 && sortedIndices[k] == sortedIndices[k - 1]) {
        throw new MalformedVector(VectorFaults.repeatedIndex(sortedIndices[k]));
      }
    }
    return new SparseEntries(size, sortedIndices, sortedValues);
  }

  private static void requireInside(int index, int size) {
    if (index == NULL_INDEX) {
      throw new MalformedVector(VectorFaults.nullIndex());
    }
    if (index < 0 || index >= size) {
      throw new MalformedVector(VectorFaults.indexOutside(index, size));
    }
  }

  /** Returns the value of feature {@code j}: 0 if none is stored. */
  public double value(int j) {
    int k = Arrays.binarySearch(indices, j);
    return k < 0 ? 0 : values[k];
  }
}
