package batchnorm.spark.cli;

import java.util.Arrays;
import java.util.Locale;
import picocli.CommandLine.TypeConversionException;

/** What to do about an output that exists. */
enum Mode {
  /** Refuse to write. */
  ERROR,
  /** Replace it, once the new one is complete. */
  OVERWRITE,
  /** Add to it. */
  APPEND;

  /** Returns the mode that users write as {@code text}. */
  static Mode of(String text) {
    return Arrays.stream(values())
        .filter(mode -> mode.name().toLowerCase(Locale.ROOT).equals(text))
        .findFirst()
        .orElseThrow(
            () -> new TypeConversionException("'" + text + "' is not error, overwrite or append"));
  }
}
