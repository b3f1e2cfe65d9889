package batchnorm.spark.moments;

import java.io.Serializable;

/**
 * Count, mean and sum of squared deviations of every feature of a set of weighted rows: the value
 * that a partition computes and that partitions merge.
 *
 * <p>For the values {@code x_i} of one feature and their weights {@code w_i}, with {@code n = sum
 * w_i}: {@code mean = sum w_i x_i / n} and {@code m2 = sum w_i (x_i - mean)^2}. A weight is a
 * frequency, so {@code n} is the number of rows where nothing is weighted.
 *
 * <ul>
 *   <li>An empty value holds no arrays and fits any number of features; the first rows fix it.
 *   <li>NaN and infinite values are counted, never added.
 *   <li>Of a sparse row only the stored entries are added. The zeros it leaves out are the rows
 *       that a feature has neither a value nor a missing value for, and {@link #statistics()} adds
 *       them at the end.
 *   <li>{@link #merge} changes and returns the left side and never touches the right.
 * </ul>
 *
 * <p>A block of values is reduced by the corrected two-pass algorithm (Chan, Golub, LeVeque:
 * Algorithms for Computing the Sample Variance, The American Statistician 37(3), 1983, <a
 * href="https://doi.org/10.1080/00031305.1983.10483115">doi:10.1080/00031305.1983.10483115</a>,
 * equation 1.7); two sets of values are combined by their equations 2.1, which need the difference
 * of two means to more digits than a mean has where it is large against the deviation. So a mean is
 * kept as a sum of two doubles.
 */
public final class Moments implements Serializable {
  private static final long serialVersionUID = 1L;
  private static final int UNKNOWN = -1;

  private int size = UNKNOWN;

  /** Rows added, sparse ones and those without any value included. */
  private long rows;

  private double rowWeight;

  /** Of these, the rows that had no vector at all; their number of features is not known. */
  private long absentRows;

  private double absentWeight;

  private long[] count;
  private double[] mean;

  /** What rounding took from the mean, at most half an ulp of it. */
  private double[] meanRest;

  private double[] m2;

  /** Sum of weights per feature; null while every weight was 1, when it would equal the count. */
  private double[] weight;

  /** Null until a value is missing. */
  private Missing missing;

  private Moments() {}

  /** Returns the moments of no rows. */
  public static Moments empty() {
    return new Moments();
  }

  /** How many rows had no vector at all. */
  public long absentRows() {
    return absentRows;
  }

  /** The number of features, or 0 while no row has told it. */
  public int size() {
    return Math.max(size, 0);
  }

  /** Adds the rows of a block; its NaN and infinite values are counted as missing. */
  public void addBlock(RowBlock block) {
    if (block.rows() == 0) {
      return;
    }
    sizeTo(block.size());
    if (block.isWeighted()) {
      startWeights();
    }
    for (int j = 0; j < size; j++) {
      BlockMoments column = block.moments(j);
      combine(j, column.count(), column.weight(), column.mean(), column.meanRest(), column.m2());
      if (column.missingCount() > 0) {
        missing().add(j, column.notANumber(), column.infinite(), column.missingWeight());
      }
    }
    rows += block.rows();
    rowWeight += block.weight();
  }

  /**
   * Adds a sparse row: {@code values[k]} is feature {@code indices[k]}, every other feature is 0.
   *
   * @param features the row's number of features
   * @param indices which features are stored, each at most once
   * @param values what is stored, as long as {@code indices}
   * @param rowWeight the row's weight, above 0 and finite
   */
  public void addSparse(int features, int[] indices, double[] values, double rowWeight) {
    sizeTo(features);
    if (rowWeight != 1) {
      startWeights();
    }
    for (int k = 0; k < indices.length; k++) {
      double x = values[k];
      if (Math.abs(x) <= Double.MAX_VALUE) {
        combine(indices[k], 1, rowWeight, x, 0, 0);
      } else if (Double.isNaN(x)) {
        missing().add(indices[k], 1, 0, rowWeight);
      } else {
        missing().add(indices[k], 0, 1, rowWeight);
      }
    }
    rows++;
    this.rowWeight += rowWeight;
  }

  /** Adds a row that has no vector: every feature of it is missing. */
  public void addAbsent(double rowWeight) {
    rows++;
    this.rowWeight += rowWeight;
    absentRows++;
    absentWeight += rowWeight;
  }

  /**
   * Adds the rows of {@code right} to these.
   *
   * @return this
   * @throws IllegalArgumentException if both know their number of features and the two differ
   */
  public Moments merge(Moments right) {
    if (right.size != UNKNOWN) {
      sizeTo(right.size);
      if (right.weight != null) {
        startWeights();
      }
      for (int j = 0; j < size; j++) {
        combine(
            j, right.count[j], right.weightOf(j), right.mean[j], right.meanRest[j], right.m2[j]);
      }
      if (right.missing != null) {
        missing().merge(right.missing);
      }
    }
    rows += right.rows;
    rowWeight += right.rowWeight;
    absentRows += right.absentRows;
    absentWeight += right.absentWeight;
    return this;
  }

  /** Returns what was computed, with the zeros that sparse rows left out added. */
  public Statistics statistics() {
    Moments all = Moments.empty();
    all.sizeTo(size());
    all.merge(this);
    double[] missingWeight = new double[all.size];
    long[] notANumber = new long[all.size];
    long[] infinite = new long[all.size];
    double[] weights = new double[all.size];
    for (int j = 0; j < all.size; j++) {
      missingWeight[j] = absentWeight;
      notANumber[j] = absentRows;
      if (missing != null) {
        missingWeight[j] += missing.weight[j];
        notANumber[j] += missing.notANumber[j];
        infinite[j] += missing.infinite[j];
      }
      long zeros = rows - count[j] - notANumber[j] - infinite[j];
      double zeroWeight = weight == null ? zeros : rowWeight - weight[j] - missingWeight[j];
      all.combine(j, zeros, Math.max(0, zeroWeight), 0, 0, 0);
      weights[j] = all.weightOf(j);
      if (all.count[j] == 0) {
        all.mean[j] = Double.NaN;
        all.m2[j] = Double.NaN;
      }
    }
    return new Statistics(
        rowWeight, all.mean, all.m2, weights, missingWeight, notANumber, infinite);
  }

  private void sizeTo(int features) {
    if (size == features) {
      return;
    }
    if (size != UNKNOWN) {
      throw new IllegalArgumentException(
          "moments of " + size + " features cannot take rows of " + features);
    }
    size = features;
    count = new long[features];
    mean = new double[features];
    meanRest = new double[features];
    m2 = new double[features];
  }

  private void startWeights() {
    if (weight == null) {
      weight = new double[size];
      for (int j = 0; j < size; j++) {
        weight[j] = count[j];
      }
    }
  }

  private Missing missing() {
    if (missing == null) {
      missing = new Missing(size);
    }
    return missing;
  }

  private double weightOf(int j) {
    return weight == null ? count[j] : weight[j];
  }

  /**
   * Chan, Golub, LeVeque 1983, equations 2.1: values of weight {@code bn} and mean {@code bMean +
   * bRest} are added.
   */
  private void combine(int j, long bCount, double bn, double bMean, double bRest, double bM2) {
    if (bCount == 0) {
      return;
    }
    double an = weightOf(j);
    double n = an + bn;
    if (count[j] == 0) {
      mean[j] = bMean;
      meanRest[j] = bRest;
      m2[j] = bM2;
    } else {
      double delta = (bMean - mean[j]) + (bRest - meanRest[j]);
      if (Double.isInfinite(delta)) {
        mean[j] = mean[j] * (an / n) + bMean * (bn / n);
        meanRest[j] = 0;
        m2[j] = Double.POSITIVE_INFINITY;
      } else {
        double step = delta * (bn / n);
        moveMean(j, step);
        // In this order no factor overflows where another is 0, which would make NaN of them.
        m2[j] += bM2 + step * an * delta;
      }
    }
    count[j] += bCount;
    if (weight != null) {
      weight[j] = n;
    }
  }

  private void moveMean(int j, double step) {
    double moved = mean[j] + step;
    double rest = (mean[j] - moved) + step + meanRest[j];
    mean[j] = moved + rest;
    meanRest[j] = (moved - mean[j]) + rest;
  }

  /** How many rows of each feature were NaN (or null) and infinite, and what they weighed. */
  private static final class Missing implements Serializable {
    private static final long serialVersionUID = 1L;

    private final long[] notANumber;
    private final long[] infinite;
    private final double[] weight;

    Missing(int size) {
      notANumber = new long[size];
      infinite = new long[size];
      weight = new double[size];
    }

    void add(int j, long nans, long infinities, double addedWeight) {
      notANumber[j] += nans;
      infinite[j] += infinities;
      weight[j] += addedWeight;
    }

    void merge(Missing right) {
      for (int j = 0; j < weight.length; j++) {
        add(j, right.notANumber[j], right.infinite[j], right.weight[j]);
      }
    }
  }
}
