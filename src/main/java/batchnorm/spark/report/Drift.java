package batchnorm.spark.report;

import java.util.Comparator;

/**
 * Shift of a feature from one dataset to another.
 *
 * <p>The standardized mean difference is <i>d = (m2 - m1) / sqrt((v1 + v2) / 2)</i>: Cohen,
 * Statistical Power Analysis for the Behavioral Sciences, 2nd ed. 1988, eq. 2.3.2; Austin,
 * Statistics in Medicine 28 (2009), doi:10.1002/sim.3697, who considers |d| above 0.1 important.
 * The variance ratio is <i>v2 / v1</i>; Rubin, Health Services and Outcomes Research Methodology 2
 * (2001), doi:10.1023/A:1020363010465, considers a ratio outside 1/2 to 2 too far from 1. Both
 * variances have the same divisor, n or n - 1.
 *
 * <p>A constant feature has variance 0. If both are constant, d is 0 for equal means, else
 * infinite, and the ratio 0 / 0 is NaN. If one is constant, the ratio is infinite for the first and
 * 0 for the second. A number is NaN if it needs a side without values, or a variance beyond the
 * range of double.
 *
 * @param meanDifference d
 * @param varianceRatio v2 / v1
 */
public record Drift(Feature first, Feature second, double meanDifference, double varianceRatio) {
  private static final double LARGE_DIFFERENCE = 0.1;
  private static final double LARGE_RATIO = 2;

  /**
   * Order of drifts, the largest first: features with values on one side only, then those beyond
   * the range of double, then by |d|.
   */
  static final Comparator<Drift> LARGEST_FIRST =
      Comparator.comparing(Drift::isOneSided)
          .thenComparing(Drift::isUnmeasured)
          .thenComparing(drift -> orZero(Math.abs(drift.meanDifference)))
          .thenComparing(drift -> orZero(Math.abs(Math.log(drift.varianceRatio))))
          .reversed();

  /** Returns the drift from {@code first} to {@code second}. */
  public static Drift of(Feature first, Feature second) {
    return new Drift(first, second, meanDifference(first, second), varianceRatio(first, second));
  }

  private static double meanDifference(Feature first, Feature second) {
    double pooled = Math.sqrt(spread(first) / 2 + spread(second) / 2);
    if (!first.hasValues() || !second.hasValues() || !Double.isFinite(pooled)) {
      return Double.NaN;
    }
    double difference = second.mean() - first.mean();
    if (difference == 0) {
      return 0;
    }
    return Double.isInfinite(difference)
        ? second.mean() / pooled - first.mean() / pooled
        : difference / pooled;
  }

  private static double varianceRatio(Feature first, Feature second) {
    boolean measurable =
        !Double.isInfinite(first.variance()) && !Double.isInfinite(second.variance());
    return measurable ? spread(second) / spread(first) : Double.NaN;
  }

  private static double spread(Feature feature) {
    return feature.constant() ? 0 : feature.variance();
  }

  private static double orZero(double size) {
    return Double.isNaN(size) ? 0 : size;
  }

  /** Returns whether one side has values and the other has none. */
  boolean isOneSided() {
    return first.hasValues() != second.hasValues();
  }

  private boolean isUnmeasured() {
    return first.hasValues() && second.hasValues() && Double.isNaN(meanDifference);
  }

  /** Returns whether both sides have values, and one of them has no known range. */
  boolean hasUnknownRange() {
    return first.hasValues() && second.hasValues() && !(first.hasRange() && second.hasRange());
  }

  /** Returns whether some values of the second are beyond the known range of the first. */
  boolean isBeyondRange() {
    return second.min() < first.min() || second.max() > first.max();
  }

  /** Returns whether |d| is above 0.1. */
  boolean isMoved() {
    return Math.abs(meanDifference) > LARGE_DIFFERENCE;
  }

  /** Returns whether the variance ratio is outside 1/2 to 2. */
  boolean isSpreadChanged() {
    return varianceRatio > LARGE_RATIO || varianceRatio < 1 / LARGE_RATIO;
  }
}
