package batchnorm.spark.cli;

import java.io.IOException;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Options for the folder in which a fit or a merge saves its model. */
final class FitTarget {
  @Option(names = "--model", paramLabel = "PATH", description = "The folder to save the model to.")
  private String model;

  @Option(
      names = "--mode",
      paramLabel = "error|overwrite",
      description =
          "What to do if the model exists (default: error). overwrite replaces it once the new one "
              + "is complete.")
  private Mode mode = Mode.ERROR;

  /** Requires the option, which picocli does not do in a group that is only a heading. */
  void check() {
    SparkCommand.requireOption("--model", model, "the folder to save the model to");
    Output.requireMode(Output.Kind.MODEL, mode);
  }

  String model() {
    return model;
  }

  PathRules addTo(PathRules rules) throws IOException {
    return rules.writes(Output.Kind.MODEL, model, mode);
  }

  /** Returns what saves the model. */
  ModelTarget open(Storage storage) throws IOException {
    return new ModelTarget(storage, Optional.of(model));
  }
}
