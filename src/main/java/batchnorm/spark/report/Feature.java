package batchnorm.spark.report;

import java.util.Set;

/**
 * A feature's statistics, as the summary of a model has them.
 *
 * @param count what the values weigh; 0 with a mean where nothing was counted
 * @param missing what the rows weigh that have no value
 * @param mean NaN for a feature without values
 * @param constant whether the variance is 0 but for what doubles cannot tell from it
 * @param smallerThanEps whether eps shrinks it to a std below 0.995
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

  /** Whether there is anything to compare. */
  boolean hasValues() {
    return !Double.isNaN(mean);
  }

  Set<Flag> flags() {
    return Flag.of(this);
  }
}
