package batchnorm.spark.moments;

import java.util.Optional;

/**
 * What to make of statistics: the parameters of {@code y = gamma (x - mean) / sqrt(variance + eps)
 * + beta}.
 *
 * @param withMean whether the mean is subtracted
 * @param withStd whether the deviation is divided by
 * @param eps what is added to the variance, in its units; at least 0
 * @param correction what the variance's divisor is less than n by; 0 or 1
 * @param gammas the factor of each feature, PyTorch's weight; 1 where empty
 * @param betas the summand of each feature, PyTorch's bias; 0 where empty
 */
public record Recipe(
    boolean withMean,
    boolean withStd,
    double eps,
    int correction,
    Optional<double[]> gammas,
    Optional<double[]> betas) {

  /** A variance below this many eps is small against it. */
  private static final double SMALL_IN_EPS = 100;

  /**
   * Whether feature {@code j} varies, but so little against eps that it comes out nearly flat: its
   * variance is above 0 and below 100 eps.
   */
  public boolean flattens(Statistics statistics, int j) {
    double variance = statistics.variance(j, correction);
    return variance > 0 && variance < flattened();
  }

  /** The variance below which, if above 0, a feature comes out nearly flat; 0 without scaling. */
  public double flattened() {
    return withStd ? SMALL_IN_EPS * eps : 0;
  }

  /** The factor of feature {@code j}. */
  public double gamma(int j) {
    return gammas.isPresent() ? gammas.get()[j] : 1;
  }

  /** The summand of feature {@code j}. */
  public double beta(int j) {
    return betas.isPresent() ? betas.get()[j] : 0;
  }

  /**
   * Whether feature {@code j} is divided by nothing: none is without scaling, nor if eps is 0 a
   * constant one and one whose values weigh no more than the correction.
   */
  public boolean leavesScale(Statistics statistics, int j) {
    return !withStd
        || (eps == 0
            && (statistics.spread(j, correction).significand() == 0 || statistics.isConstant(j)));
  }

  /** {@code sqrt(variance + eps)}; 1 for a feature that is divided by nothing. */
  ScaledDouble divisor(Statistics statistics, int j) {
    return leavesScale(statistics, j)
        ? ScaledDouble.of(1)
        : statistics.spread(j, correction).plus(eps).squareRoot();
  }
}
