package batchnorm.spark;

import batchnorm.spark.fit.Fit;
import batchnorm.spark.moments.Moments;
import batchnorm.spark.moments.RunningMode;

/** How much data a model needs to learn from it. */
interface RowsNeeded {
  /** More than one row, or else an error: all in all, or in each batch of running statistics. */
  RowsNeeded MORE_THAN_ONE =
      (fit, mode, batch, all) -> {
        fit.requireMoreThanOneRow(mode == RunningMode.POOLED ? all : batch);
        return true;
      };

  /**
   * Whether there are enough rows.
   *
   * @param batch those that were read now
   * @param all those and the ones before
   */
  boolean areIn(Fit fit, RunningMode mode, Moments batch, Moments all);
}
