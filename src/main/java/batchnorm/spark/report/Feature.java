package batchnorm.spark.report;

import java.util.Set;

/**
 * A feature's statistics, as the summary of a model has them.
 *
 * @param count the total weight of the values; 0 with a mean if nothing was counted
 * @param missing the total weight of the rows without a value
 * @param mean NaN for a feature without values
 * @param constant true if the variance is 0 within the precision of doubles
 * @param smallerThanEps true if eps shrinks it to a std below 0.995
 * @param stdAfter the std that normalizing gives it
 */
public record Feature(
    String name,
    long count,
    long missing,
    double mean,
    double variance,
    double std,
    boolean constant,
    boolean smallerThanEps,
    double stdAfter) {

  /** Returns these statistics under another name. */
  public Feature named(String other) {
    return new Feature(
        other, count, missing, mean, variance, std, constant, smallerThanEps, stdAfter);
  }

  /** Returns whether the statistics were counted from data; a feature without values was. */
  boolean isCounted() {
    return count > 0 || !hasValues();
  }

  /** Returns whether there are values to compare. */
  boolean hasValues() {
    return !Double.isNaN(mean);
  }

  Set<Flag> flags() {
    return Flag.of(this);
  }
}
