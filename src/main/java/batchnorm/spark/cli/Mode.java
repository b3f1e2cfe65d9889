package batchnorm.spark.cli;

import java.util.Locale;

/** What to do about an output that exists. */
enum Mode {
  /** Refuse to write. */
  ERROR,
  /** Replace it, once the new one is complete. */
  OVERWRITE,
  /** Add to it. */
  APPEND;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
