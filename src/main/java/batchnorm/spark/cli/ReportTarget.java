package batchnorm.spark.cli;

import batchnorm.spark.errors.OutputErrors;
import picocli.CommandLine.Option;

/** Options for the file of a report. */
final class ReportTarget {
  @Option(names = "--output", paramLabel = "FILE", description = "The HTML file to write.")
  private String path;

  @Option(
      names = "--mode",
      paramLabel = "error|overwrite",
      description =
          "What to do if the file exists (default: error). overwrite replaces it once the new one is "
              + "complete.")
  private Mode mode = Mode.ERROR;

  /** Requires the option, which picocli does not do in a group that is only a heading. */
  void check() {
    UsageErrors.requireOption("--output", path, "the HTML file to write");
    if (mode == Mode.APPEND) {
      throw OutputErrors.fileCannotBeAppended();
    }
  }

  String path() {
    return path;
  }

  Mode mode() {
    return mode;
  }
}
