package batchnorm.spark;

import batchnorm.spark.fit.FitChecks;
import batchnorm.spark.moments.Moments;
import batchnorm.spark.normalize.RunningMode;

/** Minimum number of rows for a fit or an update. */
interface MinimumRows {
  /**
   * Requires enough rows for a variance, in all rows or in each batch of running statistics;
   * otherwise it is an error.
   */
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

  /** Any number of rows is enough. */
  MinimumRows NONE = (checks, params, batch, all) -> true;

  /**
   * Returns whether there are enough rows; may raise an error instead of returning false.
   *
   * @param batch the moments of the new rows
   * @param all the moments of all rows, new and earlier
   */
  boolean isMet(FitChecks checks, SharedParams params, Moments batch, Moments all);
}
