package batchnorm.spark.cli;

import batchnorm.spark.BatchNorm;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Which rows have statistics of their own. */
final class GroupOptions {
  @Option(
      names = "--group-columns",
      paramLabel = "NAMES",
      description =
          "Columns whose values make the groups, separated by commas: every group is normalized by "
              + "its own statistics. Null is a value like any other.")
  private String columns;

  @Option(
      names = "--small-group",
      paramLabel = "error|global|unit",
      description =
          "What to do about groups of fewer than two rows: refuse the data, use the statistics of "
              + "all rows, or mean 0 and variance 1 (default: global).")
  private String smallGroup;

  @Option(
      names = "--unseen-group",
      paramLabel = "error|global|null",
      description =
          "What the model will do about groups it was not fitted on: refuse the data, use the "
              + "statistics of all rows, or write null (default: error).")
  private String unseenGroup;

  /** Sets what the user has given. */
  void apply(BatchNorm stage) {
    Optional.ofNullable(columns)
        .map(names -> NameList.parse(names).toArray(String[]::new))
        .ifPresent(stage::setGroupCols);
    Optional.ofNullable(smallGroup).ifPresent(stage::setSmallGroup);
    Optional.ofNullable(unseenGroup).ifPresent(stage::setUnseenGroup);
  }
}
