package batchnorm.spark.moments;

import java.io.Serializable;
import java.util.Arrays;

/**
 * The finished statistics of every feature: what a model keeps.
 *
 * <p>For feature {@code j} with {@code n} = {@link #weight(int) weight(j)}: {@code variance(j, c) =
 * m2 / (n - c)}, in squared units of the feature. A feature with no value has mean and variance
 * NaN; one whose values weigh no more than the correction has variance 0.
 *
 * <p>Known statistics that no data was counted for have {@code n = NaN}, and one variance for
 * either correction.
 */
public final class Statistics implements Serializable {
  private static final long serialVersionUID = 1L;

  /** The spacing of doubles at 1: the bound of a constant feature is stated in it. */
  private static final double EPSILON = 0x1p-52;

  private final double totalWeight;
  private final double[] mean;
  private final double[] m2;
  private final double[] weight;
  private final double[] missingWeight;
  private final long[] notANumber;
  private final long[] infinite;

  Statistics(
      double totalWeight,
      double[] mean,
      double[] m2,
      double[] weight,
      double[] missingWeight,
      long[] notANumber,
      long[] infinite) {
    this.totalWeight = totalWeight;
    this.mean = mean;
    this.m2 = m2;
    this.weight = weight;
    this.missingWeight = missingWeight;
    this.notANumber = notANumber;
    this.infinite = infinite;
  }

  /** Returns statistics that were counted before, such as those of a saved model. */
  public static Statistics counted(
      double totalWeight, double[] mean, double[] m2, double[] weight, double[] missingWeight) {
    int size = mean.length;
    return new Statistics(
        totalWeight, mean, m2, weight, missingWeight, new long[size], new long[size]);
  }

  /** Returns known statistics: {@code variance} is the variance for either correction. */
  public static Statistics known(double[] mean, double[] variance) {
    double[] unknown = new double[mean.length];
    Arrays.fill(unknown, Double.NaN);
    return counted(Double.NaN, mean, variance, unknown, new double[mean.length]);
  }

  /** The number of features. */
  public int size() {
    return mean.length;
  }

  /** Whether data was counted, so that {@link #weight(int)} is a number. */
  public boolean isCounted() {
    return !Double.isNaN(totalWeight);
  }

  /** The sum of the weights of all rows, which is their number where nothing is weighted. */
  public double totalWeight() {
    return totalWeight;
  }

  /** The sum of the weights of feature {@code j}'s values. */
  public double weight(int j) {
    return weight[j];
  }

  /** The sum of the weights of the rows that feature {@code j} is missing in. */
  public double missingWeight(int j) {
    return missingWeight[j];
  }

  /** The number of rows whose feature {@code j} was null or NaN. */
  public long notANumber(int j) {
    return notANumber[j];
  }

  /** The number of rows whose feature {@code j} was infinite. */
  public long infinite(int j) {
    return infinite[j];
  }

  /** The mean of feature {@code j}, in its own units. */
  public double mean(int j) {
    return mean[j];
  }

  /** The sum of squared deviations of feature {@code j}; the variance where not counted. */
  public double m2(int j) {
    return m2[j];
  }

  /**
   * The variance of feature {@code j} in its squared units.
   *
   * @param correction what the divisor is less than n by: 0 for the population's, 1 for the
   *     sample's
   */
  public double variance(int j, int correction) {
    if (!isCounted() || Double.isNaN(m2[j])) {
      return m2[j];
    }
    return weight[j] > correction ? m2[j] / (weight[j] - correction) : 0;
  }

  /**
   * Whether feature {@code j} does not vary beyond what rounding makes of a constant: {@code
   * variance <= n u variance + (n u mean)^2} with {@code u = 2^-52}, the bound of scikit-learn's
   * {@code StandardScaler} (Chan, Golub, LeVeque 1983, section 3). For known statistics, whose
   * {@code n} is open, {@code std <= u |mean|}.
   */
  public boolean isConstant(int j) {
    double n = isCounted() ? weight[j] : 1;
    double varying = variance(j, 0) * Math.max(0, 1 - (isCounted() ? n * EPSILON : 0));
    // Compared as deviations: the square of the right side would overflow for means above 1e170.
    return Math.sqrt(varying) <= n * EPSILON * Math.abs(mean[j]);
  }
}
