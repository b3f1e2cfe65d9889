package batchnorm.spark.cli;

import batchnorm.spark.errors.Errors;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** Where a report goes. */
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

  /** Requires what picocli does not require of an option in a group that is only a heading. */
  void check(CommandLine line) {
    if (path == null) {
      throw new ParameterException(
          line, Errors.missingOption("--output", "the HTML file to write").getMessage());
    }
    if (mode == Mode.APPEND) {
      throw new ParameterException(line, Errors.fileCannotBeAppended().getMessage());
    }
  }

  String path() {
    return path;
  }

  Mode mode() {
    return mode;
  }
}
