package batchnorm.spark;

import batchnorm.spark.fit.FitChecks;
import batchnorm.spark.moments.Moments;
import batchnorm.spark.normalize.RunningMode;

/** Minimum of rows for a fit or an update. */
interface MinimumRows {
  /** Enough for a variance, or else an error: all rows, or each batch of running statistics. */
  MinimumRows ENOUGH_FOR_A_VARIANCE =
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
   * Returns whether there are enough rows; may raise an error instead of returning false.
   *
   * @param batch the moments of the new rows
   * @param all the moments of all rows, new and earlier
   */
  boolean isMet(FitChecks checks, SharedParams params, Moments batch, Moments all);
}
