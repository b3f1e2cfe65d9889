package batchnorm.spark.normalize;

import batchnorm.spark.moments.SampleSize;
import batchnorm.spark.moments.Statistics;
import java.io.Serializable;

/**
 * Running mean and variance of every feature, as a batch-normalization layer updates them during
 * training (Ioffe, Szegedy: Batch Normalization, 2015, <a
 * href="https://arxiv.org/abs/1502.03167">arXiv:1502.03167</a>, section 3.1; PyTorch's {@code
 * running_mean} and {@code running_var}). The variance of a batch has divisor {@code n - 1}.
 *
 * <p>Before the first batch the mean is 0 and the variance 1. If the total weight of a feature's
 * values in a batch is at most 1, the batch has no such variance and does not change the feature:
 * weights that sum to 1 are not enough for running statistics.
 */
public sealed interface RunningStatistics extends Serializable
    permits ExponentialAverage, CumulativeAverage {

  /** The kind of average of the batches. */
  RunningMode mode();

  /** The number of batches, PyTorch's {@code num_batches_tracked}. */
  long batches();

  /** The running mean of feature {@code j}, in its units. */
  double mean(int j);

  /** The running variance of feature {@code j}, in its squared units. */
  double variance(int j);

  /**
   * Returns the statistics after one more batch.
   *
   * @param momentum the weight of the batch in exponential statistics, from 0 to 1
   */
  RunningStatistics after(Statistics batch, double momentum);

  /** Subtracted from n in the divisor of a batch's variance. */
  int CORRECTION = 1;

  /** Returns whether a batch has a sample variance of feature {@code j}. */
  static boolean hasVariance(Statistics batch, int j) {
    return new SampleSize(1, batch.weight(j)).isEnough(CORRECTION);
  }
}
