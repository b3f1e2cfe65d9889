package batchnorm.spark.normalize;

import batchnorm.spark.moments.ScaledDouble;
import batchnorm.spark.moments.Statistics;
import java.io.Serializable;
import java.util.Arrays;
import java.util.Optional;

/**
 * Parameters of {@code y = gamma (x - mean) / sqrt(variance + eps) + beta}, which turn statistics
 * into coefficients. Equal recipes make equal plans.
 */
public final class Recipe implements Serializable {
  private static final long serialVersionUID = 1L;

  /** Standard deviation after scaling below which a feature counts as flattened by eps. */
  private static final double FLATTENED = 0.995;

  private final boolean withMean;
  private final boolean withStd;
  private final double eps;
  private final int correction;
  private final double[] gammas;
  private final double[] betas;

  /**
   * Returns parameters.
   *
   * @param withMean true to subtract the mean
   * @param withStd true to divide by the standard deviation
   * @param eps added to the variance, in squared units of the feature; at least 0
   * @param correction subtracted from n in the variance's divisor: 0 (population) or 1 (sample)
   * @param gammas the factor of each feature, PyTorch's weight; 1 if empty
   * @param betas the summand of each feature, PyTorch's bias; 0 if empty
   */
  public Recipe(
      boolean withMean,
      boolean withStd,
      double eps,
      int correction,
      Optional<double[]> gammas,
      Optional<double[]> betas) {
    this.withMean = withMean;
    this.withStd = withStd;
    this.eps = eps;
    this.correction = correction;
    this.gammas = gammas.orElse(null);
    this.betas = betas.orElse(null);
  }

  /** Returns whether the mean is subtracted. */
  public boolean withMean() {
    return withMean;
  }

  /** Returns whether values are divided by the standard deviation. */
  public boolean withStd() {
    return withStd;
  }

  /** Added to the variance. */
  public double eps() {
    return eps;
  }

  /** Subtracted from n in the variance's divisor. */
  public int correction() {
    return correction;
  }

  /**
   * Returns whether feature {@code j} counts as constant: its values are equal, or too few for the
   * divisor of the variance.
   */
  public boolean isConstant(Statistics statistics, int j) {
    return statistics.isConstant(j) || statistics.spread(j, correction).significand() == 0;
  }

  /**
   * Returns whether feature {@code j} varies, but so little relative to eps that its std after
   * scaling is below 0.995.
   */
  public boolean flattens(Statistics statistics, int j) {
    return withStd
        && eps > 0
        && !isConstant(statistics, j)
        && statistics.spread(j, correction).significand() != Double.POSITIVE_INFINITY
        && stdAfter(statistics, j) < FLATTENED;
  }

  /**
   * Returns the standard deviation of the fitted data after normalization, before gamma and beta,
   * with the same divisor: {@code sqrt(variance / (variance + eps))}, which is 1 if eps is 0.
   * Without scaling it is the standard deviation. It is 0 for a feature that counts as constant or
   * has infinite variance, and NaN for a feature without values.
   */
  public double stdAfter(Statistics statistics, int j) {
    if (isConstant(statistics, j)
        || divisor(statistics, j).significand() == Double.POSITIVE_INFINITY) {
      return 0;
    }
    if (!withStd) {
      return statistics.deviation(j, correction);
    }
    // Infinite variance / (variance + eps) would be NaN; with eps 0, eps / variance may be 0 / 0.
    double variance = statistics.variance(j, correction);
    return eps == 0 && !Double.isNaN(variance) ? 1 : Math.sqrt(1 / (1 + eps / variance));
  }

  /** The factor of feature {@code j}. */
  public double gamma(int j) {
    return gammas == null ? 1 : gammas[j];
  }

  /** The summand of feature {@code j}. */
  public double beta(int j) {
    return betas == null ? 0 : betas[j];
  }

  /**
   * Returns whether feature {@code j} is left unscaled: always if withStd is false; if eps is 0,
   * also if the feature counts as constant.
   */
  public boolean isUnscaled(Statistics statistics, int j) {
    return !withStd || (eps == 0 && isConstant(statistics, j));
  }

  /** {@code sqrt(variance + eps)}; 1 for a feature that is left unscaled. */
  ScaledDouble divisor(Statistics statistics, int j) {
    return isUnscaled(statistics, j)
        ? ScaledDouble.of(1)
        : statistics.spread(j, correction).plus(eps).squareRoot();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Recipe that
        && withMean == that.withMean
        && withStd == that.withStd
        && eps == that.eps
        && correction == that.correction
        && Arrays.equals(gammas, that.gammas)
        && Arrays.equals(betas, that.betas);
  }

  @Override
  public int hashCode() {
    return 31 * Double.hashCode(eps) + Arrays.hashCode(gammas);
  }
}
