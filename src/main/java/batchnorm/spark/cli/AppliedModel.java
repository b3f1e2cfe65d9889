package batchnorm.spark.cli;

import batchnorm.spark.BatchNormModel;
import batchnorm.spark.errors.Errors;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** The model that is applied. */
final class AppliedModel {
  @Option(names = "--model", paramLabel = "PATH", description = "The folder of the fitted model.")
  private String path;

  @Option(
      names = "--handle-invalid",
      paramLabel = "error|skip|keep",
      description =
          "What to do about null, NaN and infinite values: refuse the data, drop such rows, or "
              + "keep them missing (default: as the fit did).")
  private String handleInvalid;

  /** Requires what picocli does not require of an option in a group that is only a heading. */
  void check(CommandLine line) {
    if (path == null) {
      throw new ParameterException(
          line, Errors.missingOption("--model", "the folder of a fitted model").getMessage());
    }
  }

  String path() {
    return path;
  }

  /** Sets what the user wants otherwise than the fit did. */
  void apply(BatchNormModel model) {
    if (handleInvalid != null) {
      model.setHandleInvalid(handleInvalid);
    }
  }
}
