package batchnorm.spark.cli;

import java.io.IOException;
import picocli.CommandLine.Option;

/** Options for a single file to write. */
final class FileTarget {
  @Option(names = "--output", paramLabel = "FILE", description = "The file to write.")
  private String path;

  @Option(
      names = "--mode",
      paramLabel = "error|overwrite",
      description =
          "What to do if the file exists (default: error). overwrite replaces it once the new one is "
              + "complete.")
  private Mode mode = Mode.ERROR;

  /** Requires the option, which picocli does not do in a group that is only a heading. */
  void requirePath(String expected) {
    SparkCommand.requireOption("--output", path, expected);
  }

  /** Requires a mode that files have. */
  void check() {
    Output.requireMode(Output.Kind.FILE, mode);
  }

  PathRules addTo(PathRules rules) throws IOException {
    return rules.writes(Output.Kind.FILE, path, mode);
  }

  String path() {
    return path;
  }

  Mode mode() {
    return mode;
  }
}
