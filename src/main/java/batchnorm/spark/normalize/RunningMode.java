package batchnorm.spark.normalize;

import batchnorm.spark.errors.Errors;
import java.util.Arrays;
import java.util.Locale;

/** Which statistics are kept of batches that come one after the other. */
public enum RunningMode {
  /** Those of all rows together. */
  POOLED,
  /** An average in which every new batch weighs the momentum. */
  EXPONENTIAL,
  /** The plain average of the batches. */
  CUMULATIVE;

  /** The name users write. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Returns the choice that users write as {@code text}. */
  public static RunningMode of(String text) {
    return Arrays.stream(values())
        .filter(choice -> choice.text().equals(text))
        .findFirst()
        .orElseThrow(() -> Errors.invalidRunningStatistics(text));
  }
}
