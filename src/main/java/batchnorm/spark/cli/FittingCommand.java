package batchnorm.spark.cli;

import batchnorm.spark.BatchNorm;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import picocli.CommandLine.ArgGroup;

/** A command that fits a stage to data. */
abstract class FittingCommand extends SparkCommand {
  @ArgGroup(validate = false, heading = "%nData:%n", order = 10)
  InputOptions input = new InputOptions();

  @ArgGroup(
      validate = false,
      heading =
          "%nColumns to normalize; --columns, --all-numeric or --vector-column is required:%n",
      order = 11)
  private ColumnOptions columns = new ColumnOptions();

  @ArgGroup(validate = false, heading = "%nNormalization:%n", order = 13)
  private StageOptions parameters = new StageOptions();

  @ArgGroup(validate = false, heading = "%nRunning statistics:%n", order = 14)
  RunningOptions running = new RunningOptions();

  @ArgGroup(validate = false, heading = "%nGroups:%n", order = 15)
  private GroupOptions groups = new GroupOptions();

  @Override
  void check() {
    input.check();
    columns.check();
  }

  /** Returns the stage to fit, which has no columns yet. */
  BatchNorm stage() {
    BatchNorm stage = parameters.stage();
    running.apply(stage);
    groups.apply(stage);
    return stage;
  }

  /** Sets the columns of {@code data} that {@code stage} reads, and those it writes. */
  void setColumns(BatchNorm stage, Dataset<Row> data, OutputColumnOptions outputs) {
    outputs.apply(stage, columns.select(stage, data));
    columns.leftOut(stage, data.schema()).ifPresent(this::tell);
  }
}
