package batchnorm.spark.normalize;

import batchnorm.spark.moments.SampleSize;
import batchnorm.spark.moments.Statistics;
import java.io.Serializable;

/**
 * Mean and variance of every feature as a batch-normalization layer keeps them of the batches it
 * has seen (Ioffe, Szegedy: Batch Normalization, 2015, <a
 * href="https://arxiv.org/abs/1502.03167">arXiv:1502.03167</a>, section 3.1; PyTorch's {@code
 * running_mean} and {@code running_var}). The variance of a batch is that of divisor {@code n - 1}.
 *
 * <p>Before the first batch the mean is 0 and the variance 1. A feature whose values in a batch
 * weigh no more than 1, so that there is no such variance, stays as it is: weights that sum to 1 do
 * not do for running statistics.
 */
public sealed interface RunningStatistics extends Serializable
    permits ExponentialAverage, CumulativeAverage {

  /** How batches are averaged. */
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
   * @param momentum what the batch weighs in exponential statistics, from 0 to 1
   */
  RunningStatistics after(Statistics batch, double momentum);

  /** Subtracted from n in the divisor of a batch's variance. */
  int CORRECTION = 1;

  /** Whether a batch says something about feature {@code j}. */
  static boolean tells(Statistics batch, int j) {
    return new SampleSize(1, batch.weight(j)).isEnough(CORRECTION);
  }
}
