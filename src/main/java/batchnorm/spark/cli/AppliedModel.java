package batchnorm.spark.cli;

import batchnorm.spark.BatchNormModel;
import java.util.Optional;
import picocli.CommandLine.Option;

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

  @Option(
      names = "--unseen-group",
      paramLabel = "error|global|null",
      description =
          "What to do about groups that the model was not fitted on: refuse the data, use the "
              + "statistics of all rows, or write null (default: as the fit said).")
  private String unseenGroup;

  @Option(
      names = "--small-group",
      paramLabel = "error|global|unit",
      description =
          "What to do about groups that were fitted on fewer than two rows: use the statistics of "
              + "all rows, or mean 0 and variance 1 (default: as the fit said).")
  private String smallGroup;

  /** Requires what picocli does not require of an option in a group that is only a heading. */
  void check() {
    UsageErrors.requireOption("--model", path, "the folder of a fitted model");
  }

  String path() {
    return path;
  }

  /** Sets what the user wants otherwise than the fit did. */
  void apply(BatchNormModel model) {
    Optional.ofNullable(handleInvalid).ifPresent(model::setHandleInvalid);
    Optional.ofNullable(unseenGroup).ifPresent(model::setUnseenGroup);
    Optional.ofNullable(smallGroup).ifPresent(model::setSmallGroup);
  }
}
