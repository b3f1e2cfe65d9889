package batchnorm.spark.cli;

import batchnorm.spark.BatchNorm;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Which statistics are kept of data that comes in batches, and where they start. */
final class RunningOptions {
  @Option(
      names = "--running-statistics",
      paramLabel = "pooled|exponential|cumulative",
      description =
          "pooled: of all rows together. exponential: every fit and update moves the statistics "
              + "towards those of its data by --momentum. cumulative: the plain average of the "
              + "batches' statistics (default: pooled).")
  private String mode;

  @Option(
      names = "--momentum",
      paramLabel = "NUMBER",
      description =
          "What a new batch weighs in exponential statistics, from 0 to 1, as in PyTorch "
              + "(default: 0.1).")
  private Double momentum;

  @Option(
      names = "--initial-model",
      paramLabel = "PATH",
      description =
          "The folder of a fitted model to continue, with the same columns; the parameters are "
              + "those given here.")
  private String initialModel;

  Optional<String> initialModel() {
    return Optional.ofNullable(initialModel);
  }

  /** Sets what the user has given. */
  void apply(BatchNorm stage) {
    Optional.ofNullable(mode).ifPresent(stage::setRunningStatistics);
    Optional.ofNullable(momentum).ifPresent(stage::setMomentum);
    Optional.ofNullable(initialModel).ifPresent(stage::setInitialModel);
  }
}
