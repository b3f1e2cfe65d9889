package batchnorm.spark.fit;

import batchnorm.spark.moments.BlockSums;
import batchnorm.spark.moments.Doubles;
import batchnorm.spark.moments.ExactLong;
import batchnorm.spark.moments.Moments;
import batchnorm.spark.moments.WeightedSums;
import batchnorm.spark.normalize.HandleInvalid;
import java.util.Arrays;

/**
 * Computes the moments of one partition from columns, a block of rows at a time. The result equals
 * that of {@link RowCollector} for the same rows, bit for bit.
 */
public final class ColumnCollector {
  /** Numeric columns of a column batch. */
  public interface Columns {
    /**
     * Copies {@code count} rows of feature {@code j}, starting at {@code from}; null becomes NaN.
     */
    void read(int j, int from, int count, double[] into);

    /**
     * Copies rows as {@link #read(int, int, int, double[])} does, but longs beyond 2^53 in two
     * parts: the double and, in {@code rests}, the rest of {@link ExactLong}.
     *
     * @return true if there are such longs; if false, {@code rests} is undefined
     */
    boolean read(int j, int from, int count, double[] into, long[] rests);

    /**
     * Copies the values of rows of an integer feature; null is left out.
     *
     * @return the number of values; -1 if the feature does not have integers
     */
    int readIntegers(int j, int from, int count, long[] into);

    /**
     * Counts the values of feature {@code j} in at most the first {@code rows} rows, if they are
     * dictionary-encoded.
     *
     * @return the number of rows that were counted
     */
    int count(int j, int rows, DictionaryCounts counts);

    /**
     * Returns whether the first {@code rows} rows of feature {@code j} all have finite values.
     *
     * @param scratch scratch memory for their values
     */
    boolean areFinite(int j, int rows, double[] scratch);

    /** Copies the weights of {@code count} rows, starting at {@code from}; null becomes NaN. */
    void readWeights(int from, int count, double[] into);
  }

  private static final int ROWS = BlockSums.MAX_VALUES;

  /** Maximum memory of the counts of all dictionaries, in bytes. */
  private static final long MAX_BYTES = 16 << 20;

  private final int features;
  private final boolean weighted;
  private final HandleInvalid handleInvalid;
  private final DatasetMoments collected;
  private final BlockSums sums = new BlockSums();
  private final WeightedSums weightedSums;
  private final double[] values = new double[ROWS];
  private final long[] rests = new long[ROWS];
  private final long[] integers = new long[ROWS];
  private final double[] weights = new double[ROWS];
  private final DictionaryCounts[] dictionaries;

  /** True for the rows of the current block that are added. */
  private final boolean[] counts = new boolean[ROWS];

  /**
   * Returns a collector that adds to {@code collected}.
   *
   * @param partition the number of the partition
   * @param weighted true if the rows have weights
   */
  ColumnCollector(
      DatasetMoments collected,
      int partition,
      int features,
      boolean weighted,
      HandleInvalid handleInvalid) {
    this.collected = collected;
    this.features = features;
    this.weighted = weighted;
    this.handleInvalid = handleInvalid;
    weightedSums = weighted ? new WeightedSums() : null;
    dictionaries = new DictionaryCounts[features];
    long maxIds = TaskMemory.atMost(MAX_BYTES) / DictionaryCounts.BYTES_AN_ID / features;
    Arrays.setAll(
        dictionaries,
        j ->
            new DictionaryCounts(
                collected, features, j, (int) Math.min(maxIds, DictionaryCounts.MAX_IDS)));
    collected.addSize(new DatasetMoments.SizeSeen(features, partition));
  }

  /** Adds the {@code rows} rows of {@code columns}. */
  public void add(Columns columns, int rows) {
    if (!weighted && (handleInvalid != HandleInvalid.SKIP || areFinite(columns, rows))) {
      addAll(columns, rows);
      return;
    }
    for (int from = 0; from < rows; from += ROWS) {
      addRows(columns, from, Math.min(ROWS, rows - from));
    }
  }

  private boolean areFinite(Columns columns, int rows) {
    for (int j = 0; j < features; j++) {
      if (!columns.areFinite(j, rows, values)) {
        return false;
      }
    }
    return true;
  }

  /** Adds the values counted so far to the sums. */
  void flush() {
    for (DictionaryCounts dictionary : dictionaries) {
      dictionary.flush();
    }
  }

  /** Adds rows of weight 1 without exclusions, feature by feature, in memory order. */
  private void addAll(Columns columns, int rows) {
    for (int j = 0; j < features; j++) {
      for (int from = columns.count(j, rows, dictionaries[j]); from < rows; from += ROWS) {
        addBlock(columns, j, from, Math.min(ROWS, rows - from));
      }
    }
    collected.moments().addRows(rows);
  }

  private void addBlock(Columns columns, int j, int from, int count) {
    Moments moments = collected.moments();
    int found = columns.readIntegers(j, from, count, integers);
    if (found >= 0) {
      moments.addColumn(features, j, integers, found, sums);
      moments.addRepeated(features, j, Double.NaN, count - found);
    } else {
      columns.read(j, from, count, values);
      moments.addColumn(features, j, values, count, sums);
    }
  }

  private void addRows(Columns columns, int from, int count) {
    int counted = chooseRows(columns, from, count);
    if (counted == 0) {
      return;
    }
    boolean some = counted < count;
    if (weighted && some) {
      compact(weights, count);
    }
    boolean ones = !weighted || areOnes(counted);
    if (!ones) {
      weightedSums.setWeights(weights, counted);
    }
    Moments moments = collected.moments();
    for (int j = 0; j < features; j++) {
      boolean anyRests = columns.read(j, from, count, values, rests);
      if (some) {
        compact(values, count);
      }
      if (some && anyRests) {
        compactRests(count);
      }
      if (ones) {
        moments.addColumn(features, j, values, counted, sums);
      } else {
        moments.addColumn(features, j, values, weightedSums);
      }
      if (anyRests && ones) {
        moments.addRests(j, values, rests, counted);
      } else if (anyRests) {
        moments.addRests(j, values, rests, weights, counted);
      }
    }
    if (ones) {
      moments.addRows(counted);
    } else {
      moments.addRows(weights, counted);
    }
  }

  /**
   * Fills {@link #counts} and, if there are any, {@link #weights}; returns the number of rows that
   * count.
   */
  private int chooseRows(Columns columns, int from, int count) {
    Arrays.fill(counts, 0, count, true);
    if (weighted) {
      columns.readWeights(from, count, weights);
      for (int i = 0; i < count; i++) {
        counts[i] = collected.counts(weights[i]);
      }
    }
    if (handleInvalid == HandleInvalid.SKIP) {
      for (int j = 0; j < features; j++) {
        columns.read(j, from, count, values);
        for (int i = 0; i < count; i++) {
          counts[i] &= Doubles.isFinite(values[i]);
        }
      }
    }
    int counted = 0;
    for (int i = 0; i < count; i++) {
      counted += counts[i] ? 1 : 0;
    }
    return counted;
  }

  /** Moves the values of rows that count to the front. */
  private void compact(double[] x, int count) {
    int kept = 0;
    for (int i = 0; i < count; i++) {
      if (counts[i]) {
        x[kept++] = x[i];
      }
    }
  }

  private void compactRests(int count) {
    int kept = 0;
    for (int i = 0; i < count; i++) {
      if (counts[i]) {
        rests[kept++] = rests[i];
      }
    }
  }

  private boolean areOnes(int count) {
    for (int i = 0; i < count; i++) {
      if (weights[i] != 1) {
        return false;
      }
    }
    return true;
  }
}
