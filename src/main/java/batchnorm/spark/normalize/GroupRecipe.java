package batchnorm.spark.normalize;

import batchnorm.spark.errors.Errors;
import batchnorm.spark.moments.SampleSize;
import batchnorm.spark.moments.Statistics;
import java.io.Serializable;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What to make of the statistics of a group: the map that all rows would get if they were of that
 * group, or of a small group what {@code smallGroup} says.
 */
public final class GroupRecipe implements Serializable {
  private static final long serialVersionUID = 1L;

  private final boolean withMean;
  private final boolean withStd;
  private final double eps;
  private final int correction;
  private final double[] gammas;
  private final double[] betas;
  private final Direction direction;
  private final SmallGroup smallGroup;
  private final AffineMap global;

  /**
   * Returns what to make of groups.
   *
   * @param global the statistics of all rows
   */
  public GroupRecipe(Recipe recipe, Direction direction, SmallGroup smallGroup, Statistics global) {
    withMean = recipe.withMean();
    withStd = recipe.withStd();
    eps = recipe.eps();
    correction = recipe.correction();
    gammas = recipe.gammas().orElse(null);
    betas = recipe.betas().orElse(null);
    this.direction = direction;
    this.smallGroup = smallGroup;
    this.global = direction.map(global, recipe);
  }

  /** Which way values are mapped. */
  public Direction direction() {
    return direction;
  }

  /** The number of features. */
  public int features() {
    return global.size();
  }

  /** The map of the statistics of all rows. */
  public AffineMap global() {
    return global;
  }

  /**
   * Returns the map of a group.
   *
   * @param name what the group is called, for the error of one that is too small
   * @param size the number and the weight of its rows, which decide whether it is small
   * @param statistics those of the group
   */
  public AffineMap map(Supplier<String> name, SampleSize size, Supplier<Statistics> statistics) {
    if (size.isEnough(correction)) {
      return of(statistics.get());
    }
    return switch (smallGroup) {
      case GLOBAL -> global;
      case UNIT -> of(Statistics.known(new double[features()], ones()));
      case ERROR -> throw Errors.smallGroupToNormalize(name.get(), size.weight(), correction);
    };
  }

  private AffineMap of(Statistics statistics) {
    return direction.map(
        statistics,
        new Recipe(
            withMean,
            withStd,
            eps,
            correction,
            Optional.ofNullable(gammas),
            Optional.ofNullable(betas)));
  }

  private double[] ones() {
    double[] ones = new double[features()];
    Arrays.fill(ones, 1);
    return ones;
  }

  /** Equal recipes make equal plans, which is how Spark finds a cached result again. */
  @Override
  public boolean equals(Object other) {
    return other instanceof GroupRecipe that
        && withMean == that.withMean
        && withStd == that.withStd
        && eps == that.eps
        && correction == that.correction
        && Arrays.equals(gammas, that.gammas)
        && Arrays.equals(betas, that.betas)
        && direction == that.direction
        && smallGroup == that.smallGroup
        && global.equals(that.global);
  }

  @Override
  public int hashCode() {
    return 31 * global.hashCode() + smallGroup.hashCode();
  }
}
