package batchnorm.bench;

/**
 * Statistics of every feature as a contender computes them, to check that all agree.
 *
 * @param variances with divisor n
 */
record Statistics(double[] means, double[] variances) {
  /** Statistics of work that computes none. */
  static final Statistics NONE = new Statistics(new double[0], new double[0]);

  /**
   * Tolerance: far more than the rounding of a contender's sums, and less than the effect of a
   * wrong divisor.
   */
  private static final double TOLERANCE = 1e-6;

  /** Returns the statistics for deviations whose divisor is n - 1. */
  static Statistics ofSample(double[] means, double[] deviations, long n) {
    double[] variances = new double[deviations.length];
    for (int j = 0; j < variances.length; j++) {
      variances[j] = deviations[j] * deviations[j] * (n - 1) / n;
    }
    return new Statistics(means, variances);
  }

  /** Returns the statistics for the mean and the variance of each feature in turn. */
  static Statistics ofPairs(double[] pairs) {
    double[] means = new double[pairs.length / 2];
    double[] variances = new double[pairs.length / 2];
    for (int j = 0; j < means.length; j++) {
      means[j] = pairs[2 * j];
      variances[j] = pairs[2 * j + 1];
    }
    return new Statistics(means, variances);
  }

  /** Fails unless {@code other} agrees but for rounding, or one of them is none. */
  void requireClose(Statistics other) {
    if (this == NONE || other == NONE) {
      return;
    }
    if (means.length != other.means.length) {
      throw new IllegalStateException(other.means.length + " features, not " + means.length);
    }
    for (int j = 0; j < means.length; j++) {
      double deviation = Math.sqrt(variances[j]);
      requireClose(means[j], other.means[j], deviation, "mean of feature " + j);
      requireClose(variances[j], other.variances[j], variances[j], "variance of feature " + j);
    }
  }

  private static void requireClose(
      double expected, double actual, double scale, String description) {
    // Negated, so that NaN fails too.
    if (!(Math.abs(expected - actual) <= TOLERANCE * scale)) {
      throw new IllegalStateException(description + ": " + actual + ", not " + expected);
    }
  }
}
