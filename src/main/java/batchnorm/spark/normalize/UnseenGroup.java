package batchnorm.spark.normalize;

import batchnorm.spark.errors.Errors;
import java.util.Arrays;
import java.util.Locale;

/** What a transform does about rows of groups that were not fitted on. */
public enum UnseenGroup {
  /** Refuse them. */
  ERROR,
  /** Use the statistics of all rows. */
  GLOBAL,
  /** Write null. */
  NULL;

  /** The name users write. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Returns the choice that users write as {@code text}. */
  public static UnseenGroup of(String text) {
    return Arrays.stream(values())
        .filter(choice -> choice.text().equals(text))
        .findFirst()
        .orElseThrow(() -> Errors.invalidUnseenGroup(text));
  }
}
