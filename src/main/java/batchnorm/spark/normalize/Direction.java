package batchnorm.spark.normalize;

import batchnorm.spark.moments.Statistics;

/** Which way a model maps values. */
public enum Direction {
  /** From data to normalized data. */
  NORMALIZING {
    @Override
    public AffineMap map(Statistics statistics, Recipe recipe) {
      return AffineMap.normalizing(statistics, recipe);
    }
  },
  /** From normalized data back. */
  RESTORING {
    @Override
    public AffineMap map(Statistics statistics, Recipe recipe) {
      return AffineMap.restoring(statistics, recipe);
    }
  };

  /** Returns the map of {@code statistics} under {@code recipe} in this direction. */
  public abstract AffineMap map(Statistics statistics, Recipe recipe);
}
