package batchnorm.spark.normalize;

import batchnorm.spark.moments.Statistics;

/** Direction in which a model maps values. */
public enum Direction {
  /** Normalizes data. */
  NORMALIZING,

  /**
   * Maps normalized data back: {@code x = (y - beta) * sqrt(variance + eps) / gamma + mean}. A
   * feature whose gamma is 0 cannot be mapped back and becomes infinite or NaN: callers reject it
   * before.
   */
  RESTORING;

  /** Returns the coefficients of {@code statistics} under {@code recipe} in this direction. */
  public Coefficients coefficients(Statistics statistics, Recipe recipe) {
    return Coefficients.of(statistics.size(), j -> FeatureFormula.of(this, statistics, recipe, j));
  }
}
