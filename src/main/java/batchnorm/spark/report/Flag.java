package batchnorm.spark.report;

import java.util.EnumSet;
import java.util.Set;

/** Property of a feature that needs a reader's attention. */
public enum Flag {
  EMPTY("no values", "Every value is missing, so that there is no mean and no variance."),
  CONSTANT(
      "constant",
      "The standard deviation is 0, or no more than 2⁻⁵² |mean|, which is the spacing of doubles there. "
          + "The feature becomes beta."),
  NEAR_CONSTANT(
      "near-constant",
      "The standard deviation is no more than 2⁻²³ |mean|, which is the spacing of floats there: in "
          + "single precision the feature would be constant."),
  BADLY_CONDITIONED(
      "badly conditioned",
      "|mean| is more than 1,000,000 standard deviations. The numbers here are exact; sums that are "
          + "rounded lose about as many digits as this ratio has (Chan, Golub, LeVeque 1983)."),
  SMALLER_THAN_EPS(
      "eps shrinks it",
      "The variance is so small relative to eps that the standard deviation of the normalized "
          + "feature is below 0.9; it is shown next to the flag. With eps 0 it is 1."),
  MOSTLY_MISSING("mostly missing", "More values are missing than present.");

  private static final double FLOAT_SPACING = 0x1p-23;
  private static final double LARGE_CONDITION = 1e6;

  /**
   * Std of the output below which the flag is shown. A summary marks features below 0.995; the flag
   * is only for those that lose more than a tenth.
   */
  private static final double SHRUNK = 0.9;

  private final String label;
  private final String definition;

  Flag(String label, String definition) {
    this.label = label;
    this.definition = definition;
  }

  /** Name of the flag on the page. */
  String label() {
    return label;
  }

  /** Definition of the flag, for the page's reader. */
  String definition() {
    return definition;
  }

  /**
   * Returns the flags of {@code feature}. Constant implies near-constant, which implies badly
   * conditioned; only the first that applies is returned.
   */
  static Set<Flag> of(Feature feature) {
    Set<Flag> flags = EnumSet.noneOf(Flag.class);
    if (Double.isNaN(feature.mean())) {
      flags.add(EMPTY);
      return flags;
    }
    double size = Math.abs(feature.mean());
    if (feature.constant()) {
      flags.add(CONSTANT);
    } else if (feature.std() <= FLOAT_SPACING * size) {
      flags.add(NEAR_CONSTANT);
    } else if (feature.std() < size / LARGE_CONDITION) {
      flags.add(BADLY_CONDITIONED);
    }
    if (feature.smallerThanEps() && feature.stdAfter() < SHRUNK) {
      flags.add(SMALLER_THAN_EPS);
    }
    if (feature.missing() > feature.count()) {
      flags.add(MOSTLY_MISSING);
    }
    return flags;
  }
}
