package batchnorm.spark;

import batchnorm.spark.fit.FitChecks;
import batchnorm.spark.moments.Moments;
import batchnorm.spark.normalize.RunningMode;

/** How much data a model needs to learn from it. */
interface RowsNeeded {
  /** Enough for a variance, or else an error: all rows, or each batch of running statistics. */
  RowsNeeded ENOUGH_FOR_A_VARIANCE =
      (checks, params, batch, all) -> {
        RunningMode mode = params.runningMode();
        if (mode == RunningMode.POOLED) {
          checks.requireEnough(all, params.correction());
        } else {
          checks.requireEnough(batch, mode);
        }
        return true;
      };

  /**
   * Returns whether there are enough rows.
   *
   * @param batch those that were read now
   * @param all those and the ones before
   */
  boolean areIn(FitChecks checks, SharedParams params, Moments batch, Moments all);
}
