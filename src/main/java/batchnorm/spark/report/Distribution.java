package batchnorm.spark.report;

import java.util.Arrays;

/**
 * Distribution of values: a histogram of equal bins, and quantiles.
 *
 * @param count the number of finite values
 * @param others the number of NaN and infinite values, which histogram and quantiles exclude
 * @param low the lower end of the first bin
 * @param high the upper end of the last bin
 * @param bins the number of values in each bin; values beyond the ends are in the outermost bins
 * @param quantiles the quantiles of {@link #PROBABILITIES}, each of which is a value; empty if
 *     count is 0
 */
public record Distribution(
    int count, int others, double low, double high, int[] bins, double[] quantiles) {

  /** Minimum, quartiles and tails, maximum. */
  static final double[] PROBABILITIES = {0, 0.05, 0.25, 0.5, 0.75, 0.95, 1};

  private static final int BINS = 24;

  /** Returns the distribution of {@code values}, with bins from the least to the largest. */
  public static Distribution of(double[] values) {
    double[] finite = sorted(values);
    return finite.length == 0 ? of(values, 0, 0) : of(values, finite[0], finite[finite.length - 1]);
  }

  /** Returns the distribution of {@code values}, with bins from {@code low} to {@code high}. */
  public static Distribution of(double[] values, double low, double high) {
    double[] finite = sorted(values);
    int[] bins = new int[BINS];
    for (double value : finite) {
      bins[bin(value, low, high)]++;
    }
    double[] quantiles =
        finite.length == 0
            ? new double[0]
            : Arrays.stream(PROBABILITIES).map(p -> quantile(finite, p)).toArray();
    return new Distribution(
        finite.length, values.length - finite.length, low, high, bins, quantiles);
  }

  private static double[] sorted(double[] values) {
    return Arrays.stream(values).filter(Double::isFinite).sorted().toArray();
  }

  /**
   * Returns the bin of a value. The ends are halved, since their difference may be beyond the range
   * of double.
   */
  private static int bin(double value, double low, double high) {
    if (low == high) {
      return BINS / 2;
    }
    double place = (value / 2 - low / 2) / (high / 2 - low / 2) * BINS;
    return (int) Math.max(0, Math.min(BINS - 1, Math.floor(place)));
  }

  /**
   * Returns the least value {@code q} such that a fraction of at least {@code p} of the values is
   * at most {@code q}.
   */
  private static double quantile(double[] sorted, double p) {
    return sorted[Math.max(0, (int) Math.ceil(p * sorted.length) - 1)];
  }
}
