package batchnorm.spark.normalize;

import batchnorm.spark.moments.Statistics;
import java.util.Arrays;

/**
 * Running statistics in which every new batch has weight {@code m}, the momentum: {@code running =
 * (1 - m) * running + m * batch}, with PyTorch's definition and order of operations. They depend on
 * the order of the batches and cannot be merged.
 */
public final class ExponentialAverage implements RunningStatistics {
  private static final long serialVersionUID = 1L;

  private final double[] mean;
  private final double[] variance;
  private final long batches;

  /** Returns the statistics after {@code batches} batches. */
  public ExponentialAverage(double[] mean, double[] variance, long batches) {
    this.mean = mean.clone();
    this.variance = variance.clone();
    this.batches = batches;
  }

  /** Returns the statistics before any batch: mean 0 and variance 1. */
  static ExponentialAverage fresh(int size) {
    double[] variance = new double[size];
    Arrays.fill(variance, 1);
    return new ExponentialAverage(new double[size], variance, 0);
  }

  @Override
  public ExponentialAverage after(Statistics batch, double momentum) {
    ExponentialAverage next = new ExponentialAverage(mean, variance, batches + 1);
    for (int j = 0; j < mean.length; j++) {
      if (RunningStatistics.hasVariance(batch, j)) {
        next.mean[j] = average(mean[j], batch.mean(j), momentum);
        next.variance[j] = average(variance[j], batch.variance(j, 1), momentum);
      }
    }
    return next;
  }

  /**
   * Returns the weighted average; a term of weight 0 is omitted, since 0 times an infinite variance
   * is NaN.
   */
  private static double average(double running, double batch, double momentum) {
    if (momentum == 0) {
      return running;
    }
    return momentum == 1 ? batch : (1 - momentum) * running + momentum * batch;
  }

  /** The running means. */
  double[] means() {
    return mean.clone();
  }

  /** The running variances. */
  double[] variances() {
    return variance.clone();
  }

  @Override
  public RunningMode mode() {
    return RunningMode.EXPONENTIAL;
  }

  @Override
  public long batches() {
    return batches;
  }

  @Override
  public double mean(int j) {
    return mean[j];
  }

  @Override
  public double variance(int j) {
    return variance[j];
  }
}
