package batchnorm.spark.normalize;

import batchnorm.spark.moments.Statistics;

/** The way a model maps values. */
public enum Direction {
  /** From data to normalized data. */
  NORMALIZING,

  /**
   * From normalized data back: {@code x = (y - beta) * sqrt(variance + eps) / gamma + mean}.
   * Features whose gamma is 0 cannot be mapped back and come out infinite or NaN; refuse them
   * before.
   */
  RESTORING;

  /** Returns the coefficients of {@code statistics} under {@code recipe} in this direction. */
  public Coefficients coefficients(Statistics statistics, Recipe recipe) {
    return Coefficients.of(statistics.size(), j -> FeatureFormula.of(this, statistics, recipe, j));
  }
}
