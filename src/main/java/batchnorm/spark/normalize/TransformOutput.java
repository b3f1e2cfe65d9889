package batchnorm.spark.normalize;

import batchnorm.spark.errors.Errors;
import java.util.Arrays;
import java.util.Locale;

/** What a transform of a model returns. */
public enum TransformOutput {
  /** The dataset with the normalized columns. */
  NORMALIZED,
  /** The model's summary, a row a feature. */
  SUMMARY,
  /** What the model says of itself, one row. */
  STATISTICS;

  /** The name users write. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Returns the choice that users write as {@code text}. */
  public static TransformOutput of(String text) {
    return Arrays.stream(values())
        .filter(choice -> choice.text().equals(text))
        .findFirst()
        .orElseThrow(() -> Errors.invalidOutput(text));
  }
}
