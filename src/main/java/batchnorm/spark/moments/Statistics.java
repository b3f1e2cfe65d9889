package batchnorm.spark.moments;

import java.io.Serializable;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;

/**
 * Statistics of every feature, as a model keeps them.
 *
 * <p>For feature {@code j} with {@code n} = {@link #weight(int) weight(j)}: {@code variance(j, c) =
 * m2 / (n - c)}, in squared units of the feature. A feature without values has mean and variance
 * NaN. A feature with too few values for the divisor n - 1 (see {@link SampleSize}) has sample
 * variance 0.
 *
 * <p>Statistics of {@link Moments} are computed exactly and rounded once. Known statistics, which
 * were not computed from data, have {@code n = NaN} and one variance for either correction.
 */
public final class Statistics implements Serializable {
  private static final long serialVersionUID = 3L;

  /** Spacing of doubles at 1, in which the bound of a constant feature is stated. */
  private static final double EPSILON = 0x1p-52;

  private static final int EPSILON_BITS = 52;

  /** A feature that no row has touched: all its values are 0. */
  private static final FeatureSums UNTOUCHED = new FeatureSums();

  /** Number of pages from which rounding runs in parallel on the driver's cores. */
  private static final int WORTH_THREADS = 3;

  private final double totalWeight;
  private final double[] mean;
  private final double[] population;
  private final double[] sample;
  private final double[] weight;
  private final double[] missingWeight;

  /** Sums of squared deviations, if they were rounded; null if sums are exact. */
  private final double[] m2;

  /** Extensions of features whose doubles are not enough, by feature; few have one. */
  private final Map<Integer, FeatureExtension> extensions = new ConcurrentHashMap<>();

  private Statistics(int size, double totalWeight, double[] m2) {
    this.totalWeight = totalWeight;
    this.m2 = m2;
    mean = new double[size];
    population = new double[size];
    sample = new double[size];
    weight = new double[size];
    missingWeight = new double[size];
  }

  /** Returns the statistics of {@code moments}. */
  static Statistics of(Moments moments) {
    Statistics statistics = new Statistics(moments.size(), moments.totalWeight(), null);
    RowWeights rows = new RowWeights(moments);
    IntStream pages = IntStream.range(0, moments.pages());
    (moments.pages() < WORTH_THREADS ? pages : pages.parallel())
        .forEach(page -> statistics.setPage(page, moments.page(page), rows));
    return statistics;
  }

  /** Total weights: of all rows, of those with a null vector, and of the others. */
  private record RowWeights(
      long presentRows,
      ExactSum all,
      ExactSum absent,
      double absentRounded,
      ExactVariance.Weight present) {
    RowWeights(Moments moments) {
      this(
          moments.rows() - moments.absentRows(),
          moments.weight(),
          moments.absentWeight(),
          moments.absentWeight().doubleValue(),
          new ExactVariance.Weight(moments.weight().minus(moments.absentWeight())));
    }
  }

  private void setPage(int page, Optional<FeatureSums[]> columns, RowWeights rows) {
    int from = page * Moments.PAGE;
    for (int j = from; j < Math.min(from + Moments.PAGE, size()); j++) {
      FeatureSums column = columns.isEmpty() ? null : columns.get()[j - from];
      set(j, column == null ? UNTOUCHED : column, rows);
    }
  }

  private void set(int j, FeatureSums column, RowWeights rows) {
    ExactVariance.Weight present = rows.present;
    missingWeight[j] = rows.absentRounded;
    if (column.notANumber() + column.infinite() > 0) {
      ExactSum missing = rows.absent.plus(column.missingWeight());
      missingWeight[j] = missing.doubleValue();
      present = new ExactVariance.Weight(rows.all.minus(missing));
    }
    weight[j] = present.rounded();
    if (column == UNTOUCHED && present.rounded() > 0) {
      return;
    }
    FeatureSums summed = column.summed();
    ExactVariance variance = new ExactVariance(present, summed.sum(), summed.squares());
    mean[j] = variance.mean();
    population[j] = variance.variance(0);
    long values = rows.presentRows - column.notANumber() - column.infinite();
    boolean hasSample = values == 0 || new SampleSize(values, weight[j]).isEnough(1);
    sample[j] = hasSample ? variance.variance(1) : 0;
    if (column.integers() || !isNormal(population[j]) || !isNormal(sample[j])) {
      extend(
          j,
          new FeatureExtension(
              column.integers() ? IntegerMean.of(summed.sum(), present.exact()).orElse(null) : null,
              variance.scaledVariance(0).orElse(null),
              hasSample ? variance.scaledVariance(1).orElse(null) : null));
    }
  }

  private static boolean isNormal(double variance) {
    return variance >= Double.MIN_NORMAL && variance <= Double.MAX_VALUE;
  }

  private void extend(int j, FeatureExtension extension) {
    if (!extension.equals(FeatureExtension.NONE)) {
      extensions.put(j, extension);
    }
  }

  /**
   * Returns statistics computed with rounded sums, those of a model of format 1.
   *
   * @param m2 the sums of squared deviations
   */
  public static Statistics rounded(
      double totalWeight, double[] mean, double[] m2, double[] weight, double[] missingWeight) {
    Statistics statistics = new Statistics(mean.length, totalWeight, m2.clone());
    for (int j = 0; j < mean.length; j++) {
      statistics.mean[j] = mean[j];
      statistics.weight[j] = weight[j];
      statistics.missingWeight[j] = missingWeight[j];
      statistics.population[j] = rounded(m2[j], weight[j], 0);
      statistics.sample[j] = rounded(m2[j], weight[j], 1);
    }
    return statistics;
  }

  private static double rounded(double m2, double weight, int correction) {
    if (Double.isNaN(m2)) {
      return m2;
    }
    return weight > correction ? m2 / (weight - correction) : 0;
  }

  /** Returns known statistics: {@code variance} is the variance for either correction. */
  public static Statistics known(double[] mean, double[] variance) {
    return known(mean, variance, variance);
  }

  /**
   * Returns known statistics.
   *
   * @param population the variance with divisor n
   * @param sample the variance with divisor n - 1
   */
  public static Statistics known(double[] mean, double[] population, double[] sample) {
    return known(mean, population, sample, Map.of());
  }

  /**
   * Returns known statistics with the digits that their doubles cannot hold.
   *
   * @param extensions the extensions, by feature
   */
  public static Statistics known(
      double[] mean,
      double[] population,
      double[] sample,
      Map<Integer, FeatureExtension> extensions) {
    Statistics statistics = new Statistics(mean.length, Double.NaN, null);
    for (int j = 0; j < mean.length; j++) {
      statistics.mean[j] = mean[j];
      statistics.weight[j] = Double.NaN;
      statistics.population[j] = population[j];
      statistics.sample[j] = sample[j];
    }
    extensions.forEach(statistics::extend);
    return statistics;
  }

  /**
   * Returns running statistics with the counts of these.
   *
   * @param means by feature
   * @param variances by feature, for either correction
   */
  public Statistics running(IntToDoubleFunction means, IntToDoubleFunction variances) {
    Statistics statistics = new Statistics(size(), totalWeight, null);
    for (int j = 0; j < size(); j++) {
      statistics.mean[j] = means.applyAsDouble(j);
      statistics.population[j] = variances.applyAsDouble(j);
      statistics.sample[j] = variances.applyAsDouble(j);
      statistics.weight[j] = weight[j];
      statistics.missingWeight[j] = missingWeight[j];
    }
    return statistics;
  }

  /** The sums of squared deviations given to {@link #rounded}; empty for other statistics. */
  public Optional<double[]> roundedM2() {
    return Optional.ofNullable(m2).map(double[]::clone);
  }

  /** The number of features. */
  public int size() {
    return mean.length;
  }

  /** Returns whether the statistics were computed from data; otherwise weights are NaN. */
  public boolean isCounted() {
    return !Double.isNaN(totalWeight);
  }

  /** The total weight of all rows; without weights, their number. */
  public double totalWeight() {
    return totalWeight;
  }

  /** The total weight of the values of feature {@code j}. */
  public double weight(int j) {
    return weight[j];
  }

  /** The total weight of the rows without a value of feature {@code j}. */
  public double missingWeight(int j) {
    return missingWeight[j];
  }

  /** The mean of feature {@code j}, in its own units. */
  public double mean(int j) {
    return mean[j];
  }

  /**
   * The variance of feature {@code j} in its squared units.
   *
   * @param correction subtracted from n in the variance's divisor: 0 (population) or 1 (sample)
   */
  public double variance(int j, int correction) {
    return correction == 0 ? population[j] : sample[j];
  }

  /**
   * The standard deviation of feature {@code j}, in its units: the square root of {@link #spread}.
   */
  public double deviation(int j, int correction) {
    return spread(j, correction).squareRoot().doubleValue();
  }

  /** The variance of feature {@code j}, which may be beyond the range of double. */
  public ScaledDouble spread(int j, int correction) {
    return extension(j)
        .variance(correction)
        .orElseGet(() -> ScaledDouble.of(variance(j, correction)));
  }

  /** The mean of feature {@code j} in two parts, if some values were integers beyond 2^53. */
  public Optional<IntegerMean> integerMean(int j) {
    return extension(j).integerMean();
  }

  /** Returns the extension of feature {@code j}: the digits that its doubles cannot hold. */
  public FeatureExtension extension(int j) {
    return extensions.isEmpty()
        ? FeatureExtension.NONE
        : extensions.getOrDefault(j, FeatureExtension.NONE);
  }

  /** Returns the extensions of all features as longs; most statistics have none. */
  public long[] extension() {
    return FeatureExtension.toLongs(extensions);
  }

  /**
   * Returns whether feature {@code j} is constant. It is constant if its standard deviation is at
   * most the spacing of doubles at its mean: {@code std <= u |mean|} with {@code u = 2^-52}. A
   * feature with integers beyond 2^53 is constant only if its variance is 0.
   *
   * <p>If sums were rounded, a variance within the rounding error of a constant feature counts,
   * too: {@code variance <= n u variance + (n u mean)^2}, the bound of scikit-learn's {@code
   * StandardScaler} (Chan, Golub, LeVeque 1983, section 3).
   */
  public boolean isConstant(int j) {
    if (integerMean(j).isPresent()) {
      return spread(j, 0).significand() == 0;
    }
    if (m2 == null) {
      ScaledDouble deviation = spread(j, 0).squareRoot();
      // The left side is multiplied: the divided right side would be 0 for the smallest means.
      return Math.scalb(deviation.significand(), deviation.exponent() + EPSILON_BITS)
          <= Math.abs(mean[j]);
    }
    double n = weight[j];
    double varying = population[j] * Math.max(0, 1 - n * EPSILON);
    // Deviations are compared: the square of the right side would overflow for means above 1e170.
    return Math.sqrt(varying) <= n * EPSILON * Math.abs(mean[j]);
  }
}
