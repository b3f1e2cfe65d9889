package batchnorm.spark.moments;

/**
 * The moments of one feature within one block: a scratch value that its block fills anew for each
 * feature.
 *
 * <p>Corrected two-pass algorithm (Chan, Golub, LeVeque 1983, equation 1.7) about the first value:
 * with {@code d_i = x_i - m} for a provisional mean {@code m}, {@code m2 = sum w_i d_i^2 - (sum w_i
 * d_i)^2 / n}, and {@code m + sum w_i d_i / n} is the mean. Taking the first value as origin makes
 * a constant feature exact: its mean is that value and its m2 is 0.
 */
final class BlockMoments {
  private static final int LANES = 4;

  private final double[] kept;
  private final double[] keptWeights;

  private int count;
  private double weight;
  private double mean;
  private double meanRest;
  private double m2;
  private int notANumber;
  private int infinite;
  private double missingWeight;

  BlockMoments(int capacity) {
    kept = new double[capacity];
    keptWeights = new double[capacity];
  }

  /**
   * Reduces {@code rows} values from {@code values[from]} on.
   *
   * @param weights a weight for each, or null where all are 1
   */
  void reduce(double[] values, int from, int rows, double[] weights) {
    notANumber = 0;
    infinite = 0;
    missingWeight = 0;
    count = rows;
    if (weights == null) {
      reduceUnweighted(values, from);
    } else {
      reduceWeighted(values, from, weights);
    }
    if (!(Math.abs(mean) <= Double.MAX_VALUE && m2 <= Double.MAX_VALUE)) {
      reduceIrregular(values, from, rows, weights);
    }
  }

  int count() {
    return count;
  }

  double weight() {
    return weight;
  }

  double mean() {
    return mean;
  }

  /** What rounding took from {@link #mean()}: the two together are the mean. */
  double meanRest() {
    return meanRest;
  }

  double m2() {
    return m2;
  }

  int missingCount() {
    return notANumber + infinite;
  }

  int notANumber() {
    return notANumber;
  }

  int infinite() {
    return infinite;
  }

  double missingWeight() {
    return missingWeight;
  }

  /** Sums run in four lanes: an addition then need not wait for the one before it. */
  private void reduceUnweighted(double[] x, int from) {
    int end = from + count;
    int lanesEnd = end - count % LANES;
    double origin = x[from];
    double s0 = 0;
    double s1 = 0;
    double s2 = 0;
    double s3 = 0;
    for (int i = from; i < lanesEnd; i += LANES) {
      s0 += x[i] - origin;
      s1 += x[i + 1] - origin;
      s2 += x[i + 2] - origin;
      s3 += x[i + 3] - origin;
    }
    for (int i = lanesEnd; i < end; i++) {
      s0 += x[i] - origin;
    }
    double provisional = origin + ((s0 + s1) + (s2 + s3)) / count;

    s0 = 0;
    s1 = 0;
    s2 = 0;
    s3 = 0;
    double q0 = 0;
    double q1 = 0;
    double q2 = 0;
    double q3 = 0;
    for (int i = from; i < lanesEnd; i += LANES) {
      double d0 = x[i] - provisional;
      double d1 = x[i + 1] - provisional;
      double d2 = x[i + 2] - provisional;
      double d3 = x[i + 3] - provisional;
      s0 += d0;
      s1 += d1;
      s2 += d2;
      s3 += d3;
      q0 += d0 * d0;
      q1 += d1 * d1;
      q2 += d2 * d2;
      q3 += d3 * d3;
    }
    for (int i = lanesEnd; i < end; i++) {
      double d = x[i] - provisional;
      s0 += d;
      q0 += d * d;
    }
    weight = count;
    finish(provisional, (s0 + s1) + (s2 + s3), (q0 + q1) + (q2 + q3));
  }

  private void reduceWeighted(double[] x, int from, double[] weights) {
    double origin = x[from];
    double n = 0;
    double shifted = 0;
    for (int i = 0; i < count; i++) {
      n += weights[i];
      shifted += weights[i] * (x[from + i] - origin);
    }
    double provisional = origin + shifted / n;
    double sum = 0;
    double squares = 0;
    for (int i = 0; i < count; i++) {
      double d = x[from + i] - provisional;
      double weighted = weights[i] * d;
      sum += weighted;
      squares += weighted * d;
    }
    weight = n;
    finish(provisional, sum, squares);
  }

  private void finish(double provisional, double sum, double squares) {
    double step = sum / weight;
    mean = provisional + step;
    meanRest = (provisional - mean) + step;
    m2 = Math.max(0, squares - sum * step);
  }

  /** The block again without its NaN and infinite values, or with values near overflow. */
  private void reduceIrregular(double[] x, int from, int rows, double[] weights) {
    count = 0;
    for (int i = 0; i < rows; i++) {
      double value = x[from + i];
      double w = weights == null ? 1 : weights[i];
      if (Math.abs(value) <= Double.MAX_VALUE) {
        kept[count] = value;
        keptWeights[count++] = w;
      } else {
        missingWeight += w;
        if (Double.isNaN(value)) {
          notANumber++;
        } else {
          infinite++;
        }
      }
    }
    weight = 0;
    mean = 0;
    meanRest = 0;
    m2 = 0;
    if (count > 0) {
      reduceWeighted(kept, 0, keptWeights);
      if (!(Math.abs(mean) <= Double.MAX_VALUE && m2 <= Double.MAX_VALUE)) {
        reduceOverflowing();
      }
    }
  }

  /** Values whose differences or squares leave the range of double: m2 does so too. */
  private void reduceOverflowing() {
    double half = 0;
    for (int i = 0; i < count; i++) {
      half += kept[i] / 2 * (keptWeights[i] / weight);
    }
    // Halved, since the shares of the largest doubles may round to a sum above all of them.
    mean = Math.max(-Double.MAX_VALUE, Math.min(Double.MAX_VALUE, 2 * half));
    meanRest = 0;
    m2 = Double.POSITIVE_INFINITY;
  }
}
