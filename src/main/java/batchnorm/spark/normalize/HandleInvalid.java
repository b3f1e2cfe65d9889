package batchnorm.spark.normalize;

import batchnorm.spark.errors.Errors;
import java.util.Arrays;
import java.util.Locale;

/** What to do about missing values (null or NaN) and infinite ones. */
public enum HandleInvalid {
  /** Refuse the data. */
  ERROR,
  /** Leave out every row that has such a value. */
  SKIP,
  /** Leave such values out of the statistics, and in the output. */
  KEEP;

  /** The name users write. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Returns the choice that users write as {@code text}. */
  public static HandleInvalid of(String text) {
    return Arrays.stream(values())
        .filter(choice -> choice.text().equals(text))
        .findFirst()
        .orElseThrow(() -> Errors.invalidHandleInvalid(text));
  }
}
