package batchnorm.spark.report;

import java.util.Set;

/**
 * Statistics of a feature, as in the summary of a model.
 *
 * @param count the total weight of the values; 0 with a mean for known statistics
 * @param missing the total weight of the rows without a value
 * @param mean NaN for a feature without values
 * @param min the smallest value; NaN if it is not known or there is none
 * @param max the greatest value; likewise
 * @param constant true if the variance is 0 within the precision of doubles
 * @param smallerThanEps true if eps shrinks the std of the output below 0.995
 * @param stdAfter the std of the output
 */
public record Feature(
    String name,
    long count,
    long missing,
    double mean,
    double variance,
    double std,
    double min,
    double max,
    boolean constant,
    boolean smallerThanEps,
    double stdAfter) {

  /** Returns these statistics with another name. */
  public Feature named(String other) {
    return new Feature(
        other, count, missing, mean, variance, std, min, max, constant, smallerThanEps, stdAfter);
  }

  /**
   * Returns whether the statistics were computed from data; this is true for a feature without
   * values.
   */
  boolean isCounted() {
    return count > 0 || !hasValues();
  }

  /** Returns whether there are values to compare. */
  boolean hasValues() {
    return !Double.isNaN(mean);
  }

  /** Returns whether minimum and maximum are known. */
  boolean hasRange() {
    return !Double.isNaN(min);
  }

  Set<Flag> flags() {
    return Flag.of(this);
  }
}
