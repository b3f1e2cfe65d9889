package batchnorm.spark.normalize;

import batchnorm.spark.moments.Dyadic;
import batchnorm.spark.moments.Moments;
import batchnorm.spark.moments.RowBlock;
import batchnorm.spark.moments.Statistics;

/**
 * Running statistics: the plain average of the batches' means and variances, as PyTorch's with
 * {@code momentum=None}. The averages are exact and rounded once. Therefore they do not depend on
 * the order of batches and can be merged.
 *
 * <p>Means and variances are kept as two more {@link Moments}, in which each batch is a row.
 */
public final class CumulativeAverage implements RunningStatistics {
  private static final long serialVersionUID = 1L;

  private final Moments means;
  private final Moments variances;
  private final Statistics mean;
  private final Statistics variance;

  /** Returns the average of batches, given the moments of their means and variances. */
  public CumulativeAverage(Moments means, Moments variances) {
    this.means = means;
    this.variances = variances;
    mean = means.statistics();
    variance = variances.statistics();
  }

  /** Returns the statistics before any batch. */
  static CumulativeAverage fresh(int size) {
    Moments none = Moments.of(size, 0, Dyadic.ZERO);
    return new CumulativeAverage(none, none);
  }

  @Override
  public CumulativeAverage after(Statistics batch, double momentum) {
    return new CumulativeAverage(
        means.plus(row(batch, Quantity.MEAN)), variances.plus(row(batch, Quantity.VARIANCE)));
  }

  private enum Quantity {
    MEAN,
    VARIANCE
  }

  private static Moments row(Statistics batch, Quantity quantity) {
    RowBlock block = new RowBlock(batch.size());
    for (int j = 0; j < batch.size(); j++) {
      double value = quantity == Quantity.MEAN ? batch.mean(j) : batch.variance(j, 1);
      block.set(j, RunningStatistics.hasVariance(batch, j) ? value : Double.NaN);
    }
    block.endRow(1);
    Moments row = Moments.empty();
    row.addBlock(block);
    return row;
  }

  /** The moments of the batches' means. */
  public Moments means() {
    return means;
  }

  /** The moments of the batches' variances. */
  public Moments variances() {
    return variances;
  }

  @Override
  public RunningMode mode() {
    return RunningMode.CUMULATIVE;
  }

  @Override
  public long batches() {
    return means.rows();
  }

  @Override
  public double mean(int j) {
    return mean.weight(j) == 0 ? 0 : mean.mean(j);
  }

  @Override
  public double variance(int j) {
    if (variances.infinite(j) > 0) {
      return Double.POSITIVE_INFINITY;
    }
    return variance.weight(j) == 0 ? 1 : variance.mean(j);
  }
}
