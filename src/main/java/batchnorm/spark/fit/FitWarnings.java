package batchnorm.spark.fit;

import batchnorm.spark.errors.Listed;
import batchnorm.spark.moments.Recipe;
import batchnorm.spark.moments.Statistics;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import java.util.function.IntPredicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says once, in the log, what a user should know about the fitted features. */
public final class FitWarnings {
  private static final Logger LOG = LoggerFactory.getLogger("batchnorm.spark.BatchNorm");

  private final Statistics statistics;
  private final IntFunction<String> names;

  /** Prepares the warnings about {@code statistics}, whose features are called {@code names}. */
  public FitWarnings(Statistics statistics, IntFunction<String> names) {
    this.statistics = statistics;
    this.names = names;
  }

  /** Logs what {@code recipe} will make of the features, one warning a kind. */
  public void log(Recipe recipe) {
    warn(
        "The variance of {} is above 0 but below 100 eps, so eps flattens what comes out; set an "
            + "eps smaller than "
            + recipe.eps()
            + ", or 0",
        j -> recipe.flattens(statistics, j));
    warn(
        "There is no value to fit on in {}: mean and variance are NaN and so is what comes out",
        j -> Double.isNaN(statistics.mean(j)));
    warn(
        "There is a single value to fit on in {}: it counts as constant",
        j -> statistics.weight(j) > 0 && statistics.weight(j) <= 1 && statistics.isConstant(j));
    warn(
        "The running variance of {} is beyond the range of double (Infinity), so what comes out is "
            + "beta; divide the values by a constant first",
        j -> statistics.spread(j, recipe.correction()).significand() == Double.POSITIVE_INFINITY);
  }

  private void warn(String text, IntPredicate concerns) {
    List<String> listed = new ArrayList<>();
    int count = 0;
    for (int j = 0; j < statistics.size(); j++) {
      if (concerns.test(j)) {
        count++;
        if (count <= Listed.AT_MOST) {
          listed.add(names.apply(j));
        }
      }
    }
    if (count > 0) {
      LOG.warn(text, Listed.of(listed, count));
    }
  }
}
