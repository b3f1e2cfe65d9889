package batchnorm.spark.export;

import batchnorm.spark.errors.ExportErrors;
import batchnorm.spark.moments.Statistics;
import batchnorm.spark.normalize.Recipe;
import java.util.Optional;

/**
 * BatchNorm layer of PyTorch in eval mode: {@code y = (x - mean) / sqrt(variance + eps) * weight +
 * bias}.
 *
 * @param mean {@code running_mean}
 * @param variance {@code running_var}, with which a layer normalizes, for either divisor
 * @param weight the factors, if there are any ({@code affine=True})
 * @param bias the summands, if there are any
 * @param batches {@code num_batches_tracked}
 * @param eps the number added to the variance
 * @param momentum the weight of a new batch; {@link Momentum#NONE} for a plain average
 * @param names the names of the features, if they have any
 */
public record TorchLayer(
    double[] mean,
    double[] variance,
    Optional<double[]> weight,
    Optional<double[]> bias,
    long batches,
    double eps,
    Momentum momentum,
    Optional<String[]> names) {

  /** Eps of a layer whose file does not have it. */
  public static final double DEFAULT_EPS = 1e-5;

  /**
   * Momentum of a layer, which a file may lack.
   *
   * @param isPlainAverage true for PyTorch's {@code momentum=None}
   * @param value the weight of a new batch, if it is known
   */
  public record Momentum(boolean isPlainAverage, Optional<Double> value) {
    public static final Momentum NONE = new Momentum(true, Optional.empty());
    public static final Momentum UNKNOWN = new Momentum(false, Optional.empty());

    /** Returns the momentum {@code value}. */
    public static Momentum of(double value) {
      return new Momentum(false, Optional.of(value));
    }
  }

  /**
   * Returns the layer that maps like a model of {@code statistics}. Its variance is that for the
   * recipe's correction. A mean that is not subtracted is 0. The variance of a feature that is not
   * scaled is 1; without scaling eps is 0, too, so that the divisor is 1. A feature of infinite
   * variance has mean 0, since its result is only the bias.
   */
  public static TorchLayer of(
      Statistics statistics,
      Recipe recipe,
      long batches,
      Momentum momentum,
      Optional<String[]> names) {
    int size = statistics.size();
    double[] mean = new double[size];
    double[] variance = new double[size];
    double[] weight = new double[size];
    double[] bias = new double[size];
    for (int j = 0; j < size; j++) {
      variance[j] =
          recipe.isUnscaled(statistics, j) ? 1 : statistics.variance(j, recipe.correction());
      boolean centred = recipe.withMean() && variance[j] != Double.POSITIVE_INFINITY;
      mean[j] = centred ? statistics.mean(j) : 0;
      weight[j] = recipe.gamma(j);
      bias[j] = recipe.beta(j);
    }
    double eps = recipe.withStd() ? recipe.eps() : 0;
    return new TorchLayer(
        mean, variance, Optional.of(weight), Optional.of(bias), batches, eps, momentum, names);
  }

  /**
   * Requires that no number becomes infinite in {@code type}, and no divisor becomes 0.
   *
   * @param features the names of the features
   */
  void requireWithin(Dtype type, String[] features) {
    for (int j = 0; j < mean.length; j++) {
      if (Double.isNaN(mean[j]) || Double.isNaN(variance[j])) {
        throw ExportErrors.layerOfNoValues(features[j]);
      }
      type.requireHolds("running_mean", features[j], mean[j]);
      type.requireHolds("running_var", features[j], variance[j]);
      type.requireHolds("weight", features[j], weight.orElseThrow()[j]);
      type.requireHolds("bias", features[j], bias.orElseThrow()[j]);
      if (variance[j] + eps > 0 && !isDivisible(type, type.rounded(variance[j]) + eps)) {
        throw ExportErrors.beyondFloat32("running_var", features[j], variance[j]);
      }
    }
  }

  private static boolean isDivisible(Dtype type, double radicand) {
    return type == Dtype.FLOAT64 || radicand >= Float.MIN_NORMAL;
  }
}
