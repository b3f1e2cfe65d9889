package batchnorm.spark.normalize;

import batchnorm.spark.moments.ScaledDouble;
import batchnorm.spark.moments.Statistics;
import java.io.Serializable;
import java.util.Arrays;
import java.util.Optional;

/**
 * Parameters of {@code y = gamma (x - mean) / sqrt(variance + eps) + beta}, which turn statistics
 * into coefficients. It is a serializable value: equal ones make equal plans.
 */
public final class Recipe implements Serializable {
  private static final long serialVersionUID = 1L;

  /** A feature that varies and is scaled to a std below this one is flattened by eps. */
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
   * @param eps added to the variance, in its units; at least 0
   * @param correction subtracted from n in the variance's divisor: 0 (population) or 1 (sample)
   * @param gammas the factor of each feature, PyTorch's weight; 1 where empty
   * @param betas the summand of each feature, PyTorch's bias; 0 where empty
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

  /** Returns whether the deviation is divided by. */
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
   * Returns whether feature {@code j} counts as constant: its values are, or are too few for the
   * divisor of the variance.
   */
  public boolean isConstant(Statistics statistics, int j) {
    return statistics.isConstant(j) || statistics.spread(j, correction).significand() == 0;
  }

  /**
   * Returns whether feature {@code j} varies, but so little against eps that it is scaled to a std
   * below 0.995.
   */
  public boolean flattens(Statistics statistics, int j) {
    return withStd
        && eps > 0
        && !isConstant(statistics, j)
        && statistics.spread(j, correction).significand() != Double.POSITIVE_INFINITY
        && stdAfter(statistics, j) < FLATTENED;
  }

  /**
   * Returns the standard deviation of the normalized values that the statistics are of, before
   * gamma and beta, with the same divisor: {@code sqrt(variance / (variance + eps))}, thus 1 where
   * eps is 0, and the deviation itself without scaling. A feature that counts as constant has 0, as
   * has one that is divided by infinity, and one without values NaN.
   */
  public double stdAfter(Statistics statistics, int j) {
    if (isConstant(statistics, j)
        || divisor(statistics, j).significand() == Double.POSITIVE_INFINITY) {
      return 0;
    }
    if (!withStd) {
      return statistics.deviation(j, correction);
    }
    // eps / variance, since an infinite variance over itself is NaN; with eps 0 it may be 0 / 0.
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
   * Returns whether feature {@code j} is divided by nothing: none is without scaling, nor if eps is
   * 0 one that counts as constant.
   */
  public boolean leavesScale(Statistics statistics, int j) {
    return !withStd || (eps == 0 && isConstant(statistics, j));
  }

  /** {@code sqrt(variance + eps)}; 1 for a feature that is divided by nothing. */
  ScaledDouble divisor(Statistics statistics, int j) {
    return leavesScale(statistics, j)
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
