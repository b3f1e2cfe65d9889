package batchnorm.spark.normalize;

import batchnorm.spark.errors.Errors;
import java.util.Arrays;
import java.util.Locale;

/** What to do about groups whose rows weigh no more than 1. */
public enum SmallGroup {
  /** Refuse them. */
  ERROR,
  /** Use the statistics of all rows. */
  GLOBAL,
  /** Use mean 0 and variance 1. */
  UNIT;

  /** The name users write. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Returns the choice that users write as {@code text}. */
  public static SmallGroup of(String text) {
    return Arrays.stream(values())
        .filter(choice -> choice.text().equals(text))
        .findFirst()
        .orElseThrow(() -> Errors.invalidSmallGroup(text));
  }
}
