package batchnorm.spark.fit;

import batchnorm.spark.columns.FeatureColumns;
import batchnorm.spark.errors.Listed;
import batchnorm.spark.moments.Moments;
import batchnorm.spark.moments.SampleSize;
import batchnorm.spark.moments.Statistics;
import batchnorm.spark.normalize.Learned;
import batchnorm.spark.normalize.Recipe;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.IntFunction;
import java.util.function.IntPredicate;

/** Warnings about fitted features, one text for each kind of warning. */
public final class FitWarnings {
  private final FeatureColumns columns;
  private final Statistics statistics;
  private final Optional<Moments> moments;
  private final IntFunction<String> names;
  private final List<String> texts = new ArrayList<>();

  /**
   * Returns the warnings of a fit.
   *
   * @param columns the input columns of the fit
   * @param learned the state of the fitted model
   * @param names the names of the features
   */
  public FitWarnings(FeatureColumns columns, Learned learned, IntFunction<String> names) {
    this.columns = columns;
    statistics = learned.statistics();
    moments = learned.moments();
    this.names = names;
  }

  /** Returns the warnings about features normalized by {@code recipe}. */
  public List<String> of(Recipe recipe) {
    texts.clear();
    warn(
        "eps shrinks the normalized values of %s, whose variance is small relative to eps; set an "
            + "eps smaller than "
            + recipe.eps()
            + ", or 0",
        j -> recipe.flattens(statistics, j),
        j -> " to a std of " + digits(recipe.stdAfter(statistics, j)));
    warn(
        "There is no value in %s: mean and variance are NaN, and so are the normalized values",
        j -> Double.isNaN(statistics.mean(j)));
    warn(
        "There is a single value in %s: it counts as constant",
        j -> isSingle(j) && statistics.isConstant(j));
    warn(
        "The weights of the values in %s sum to 1 or less, which correction 1 does not allow: it counts "
            + "as constant; set correction to 0, or multiply the weights by a constant",
        j -> recipe.isConstant(statistics, j) && !statistics.isConstant(j));
    warn(
        "The running variance of %s is beyond the range of double (Infinity), so the normalized "
            + "values are beta; divide the values by a constant first",
        j -> statistics.spread(j, recipe.correction()).significand() == Double.POSITIVE_INFINITY);
    if (recipe.withStd() && recipe.eps() == 0) {
      warn(
          "The values of %s vary so little relative to their mean that this may be only rounding, "
              + "which eps 0 scales to variance 1; drop the column, set eps, or subtract a "
              + "constant before the values are rounded",
          j -> !recipe.isConstant(statistics, j) && mayBeRounding(j, recipe));
    }
    return List.copyOf(texts);
  }

  /**
   * Returns a warning about groups normalized by the statistics of all rows, if there are any.
   *
   * @param small the number of groups that are too small, if it is known
   */
  public static Optional<String> ofGroups(OptionalLong small, long groups, int correction) {
    if (small.orElse(0) == 0) {
      return Optional.empty();
    }
    return Optional.of(
        String.format(
            Locale.ROOT,
            "%d of %d groups %s and are normalized by the statistics of all rows; set smallGroup to "
                + "'unit' or 'error' for another treatment",
            small.getAsLong(),
            groups,
            correction == 0
                ? "have fewer than two rows"
                : "have weights that sum to 1 or less, too little for correction 1,"));
  }

  private boolean isSingle(int j) {
    double weight = statistics.weight(j);
    // The weight comes first: the number of values is in the sums, whose access is slow.
    return weight > 0
        && weight <= 1
        && !moments.map(all -> all.sampleSize(j)).orElse(new SampleSize(1, weight)).isEnough(0);
  }

  private boolean mayBeRounding(int j, Recipe recipe) {
    double std = statistics.deviation(j, recipe.correction());
    return std <= columns.rounding(j) * Math.abs(statistics.mean(j));
  }

  private static String digits(double number) {
    return String.format(Locale.ROOT, "%.2g", number);
  }

  private void warn(String text, IntPredicate concerns) {
    warn(text, concerns, j -> "");
  }

  private void warn(String text, IntPredicate concerns, IntFunction<String> measure) {
    List<String> listed = new ArrayList<>();
    int count = 0;
    for (int j = 0; j < statistics.size(); j++) {
      if (concerns.test(j)) {
        count++;
        if (count <= Listed.AT_MOST) {
          listed.add("'" + names.apply(j) + "'" + measure.apply(j));
        }
      }
    }
    if (count > 0) {
      texts.add(String.format(Locale.ROOT, text, Listed.ofTexts(listed, count)));
    }
  }
}
