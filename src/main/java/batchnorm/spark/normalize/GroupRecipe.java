package batchnorm.spark.normalize;

import batchnorm.spark.moments.SampleSize;
import batchnorm.spark.moments.Statistics;
import java.io.Serializable;
import java.util.Arrays;
import java.util.function.Supplier;

/**
 * Parameters that turn a group's statistics into coefficients; groups with too few rows for a
 * variance follow the {@code smallGroup} policy.
 *
 * <p>Equal recipes make equal plans, by which Spark finds cached results.
 *
 * @param direction the direction of the map
 * @param global the coefficients of the statistics of all rows
 */
public record GroupRecipe(
    Recipe recipe, Direction direction, SmallGroup smallGroup, Coefficients global)
    implements Serializable {

  /**
   * Returns the recipe of groups.
   *
   * @param global the statistics of all rows
   */
  public GroupRecipe(Recipe recipe, Direction direction, SmallGroup smallGroup, Statistics global) {
    this(recipe, direction, smallGroup, direction.coefficients(global, recipe));
  }

  /** The number of features. */
  public int features() {
    return global.features();
  }

  /**
   * Returns the coefficients of a group.
   *
   * @param refused makes the error for a group that is too small
   * @param size the number and the weight of the group's rows, which determine whether it is small
   * @param statistics the statistics of the group
   */
  public Coefficients coefficients(
      Supplier<IllegalArgumentException> refused,
      SampleSize size,
      Supplier<Statistics> statistics) {
    if (size.isEnough(recipe.correction())) {
      return direction.coefficients(statistics.get(), recipe);
    }
    return switch (smallGroup) {
      case GLOBAL -> global;
      case UNIT -> direction.coefficients(Statistics.known(new double[features()], ones()), recipe);
      case ERROR -> throw refused.get();
    };
  }

  private double[] ones() {
    double[] ones = new double[features()];
    Arrays.fill(ones, 1);
    return ones;
  }
}
