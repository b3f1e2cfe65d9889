package batchnorm.spark.cli;

import batchnorm.spark.BatchNormModel;
import batchnorm.spark.errors.OptionErrors;
import java.io.IOException;
import java.util.function.Supplier;
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

  /** Requires that the model goes on where there is one. */
  void requireNoOverwrite() {
    if (mode == Mode.OVERWRITE) {
      throw OptionErrors.overwriteOfIncremental();
    }
  }

  PathRules addTo(PathRules rules) throws IOException {
    return rules.writes(Output.Kind.MODEL, model, mode);
  }

  /** Checks that a model can be written, then calls {@code made} and saves its result. */
  BatchNormModel save(Storage storage, Supplier<BatchNormModel> made) throws IOException {
    try (StagedOutput staged = StagedOutput.model(storage, model)) {
      BatchNormModel saved = made.get();
      staged.save(saved);
      staged.commitModel();
      return saved;
    }
  }

  String model() {
    return model;
  }
}
