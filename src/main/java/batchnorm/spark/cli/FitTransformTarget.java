package batchnorm.spark.cli;

import java.util.Optional;
import picocli.CommandLine.Option;

/** Options for the result and, if it is to be kept, the model. */
final class FitTransformTarget extends OutputOptions {
  @Option(
      names = "--model",
      paramLabel = "PATH",
      description = "The folder to save the model to; without it, no model is saved.")
  private String model;

  Optional<String> model() {
    return Optional.ofNullable(model);
  }
}
