package batchnorm.spark.cli;

import batchnorm.spark.errors.OptionErrors;
import batchnorm.spark.normalize.Choice;
import picocli.CommandLine.TypeConversionException;

/** Treatment of an output that already exists. */
enum Mode implements Choice {
  /** Refuse to write. */
  ERROR,
  /** Replace it, once the new one is complete. */
  OVERWRITE,
  /** Add to it. */
  APPEND;

  /** Returns the mode that users write as {@code text}. */
  static Mode of(String text) {
    return Choice.find(Mode.class, text)
        .orElseThrow(
            () -> new TypeConversionException(OptionErrors.invalidMode(text).getMessage()));
  }
}
