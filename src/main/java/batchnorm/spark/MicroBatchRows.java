package batchnorm.spark;

import batchnorm.spark.fit.FitChecks;
import batchnorm.spark.moments.Moments;
import batchnorm.spark.moments.SampleSize;
import batchnorm.spark.normalize.RunningMode;
import batchnorm.spark.normalize.RunningStatistics;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides whether a micro-batch is used. A batch with too few rows is skipped and is not an error,
 * because its size depends on the trigger. Pooled statistics use even a single row. Running
 * statistics skip a batch without a sample variance, with a warning. A batch without rows is always
 * skipped.
 */
final class MicroBatchRows implements MinimumRows {
  private static final Logger LOG = LoggerFactory.getLogger("batchnorm.spark.BatchNorm");

  private final long batchId;
  private int features;

  MicroBatchRows(long batchId) {
    this.batchId = batchId;
  }

  @Override
  public boolean isMet(FitChecks checks, SharedParams params, Moments batch, Moments all) {
    features = Math.max(batch.size(), all.size());
    RunningMode mode = params.runningMode();
    SampleSize rows = batch.sampleSize();
    if (!(rows.weight() > 0)) {
      LOG.info("Batch {} has no rows; the statistics do not change", batchId);
      return false;
    }
    if (mode != RunningMode.POOLED && !rows.isEnough(RunningStatistics.CORRECTION)) {
      LOG.warn(
          "Batch {} is skipped in the {} running statistics: its total weight is {}; a variance "
              + "needs more than 1. Use larger batches, such as those of a longer trigger "
              + "interval",
          batchId,
          mode.text(),
          rows.weight());
      return false;
    }
    if (all.size() == 0 && batch.absentRows() > 0) {
      LOG.warn(
          "Batch {} is skipped: no vector was seen yet, and its {} rows have none",
          batchId,
          batch.absentRows());
      return false;
    }
    checks.requireVectorsAndWeights(all);
    return true;
  }

  /** The number of features of the rows; 0 if it is unknown. */
  int features() {
    return features;
  }
}
