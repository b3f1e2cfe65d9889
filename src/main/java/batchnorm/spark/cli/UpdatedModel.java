package batchnorm.spark.cli;

import batchnorm.spark.errors.OutputErrors;
import picocli.CommandLine.Option;

/** The model that data is added to, and where the new one goes. */
final class UpdatedModel {
  @Option(
      names = "--model",
      paramLabel = "PATH",
      description =
          "The folder of the fitted model. It is replaced once the new one is complete, unless "
              + "--output-model is given.")
  private String path;

  @Option(
      names = "--output-model",
      paramLabel = "PATH",
      description = "The folder to save the new model to; that of --model then stays as it is.")
  private String output;

  @Option(
      names = "--mode",
      paramLabel = "error|overwrite",
      description = "What to do if the model of --output-model exists (default: error).")
  private Mode mode = Mode.ERROR;

  /** Requires the option, which picocli does not do in a group that is only a heading. */
  void check() {
    UsageErrors.requireOption("--model", path, "the folder of a fitted model");
    if (mode == Mode.APPEND) {
      throw OutputErrors.modelCannotBeAppended();
    }
  }

  String path() {
    return path;
  }

  /** The folder that the new model is saved to. */
  String target() {
    return output == null ? path : output;
  }

  Mode mode() {
    return output == null ? Mode.OVERWRITE : mode;
  }
}
