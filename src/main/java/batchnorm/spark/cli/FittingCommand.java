package batchnorm.spark.cli;

import batchnorm.spark.BatchNorm;
import java.util.List;
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

  private ParamOptions params;

  @Override
  void addParams(ParamOptions options) {
    params =
        options
            .add(13, "%nNormalization:%n", ParamOptions.NORMALIZATION)
            .add(14, "%nRunning statistics:%n", ParamOptions.RUNNING)
            .add(15, "%nGroups:%n", ParamOptions.GROUPS);
  }

  @Override
  void check() {
    input.check();
    columns.check();
    stage();
  }

  /** Returns the stage to fit, which has no columns yet. */
  BatchNorm stage() {
    return params.setOn(new BatchNorm());
  }

  /** Returns the folder of the model that {@code stage} continues, if there is one. */
  static List<String> initialModel(BatchNorm stage) {
    return stage.isSet(stage.initialModel()) ? List.of(stage.getInitialModel()) : List.of();
  }

  /** Sets the columns of {@code data} that {@code stage} reads, and those it writes. */
  void setColumns(BatchNorm stage, Dataset<Row> data, OutputColumnOptions outputs) {
    columns.select(stage, data);
    outputs.apply(stage);
    columns.leftOut(stage, data.schema()).ifPresent(this::tell);
  }
}
