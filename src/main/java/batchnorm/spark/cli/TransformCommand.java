package batchnorm.spark.cli;

import batchnorm.spark.BatchNormModel;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;

/** Normalizes a dataset with a model. */
@Command(
    name = "transform",
    customSynopsis =
        "batchnorm transform --model PATH --input PATH... --output PATH [OPTIONS] [-- SPARK-SUBMIT OPTIONS]",
    description = "Normalizes the columns of a dataset with a model.")
final class TransformCommand extends ApplyCommand {
  @ArgGroup(
      validate = false,
      heading = "%nColumns to write (default: those that the fit set):%n",
      order = 13)
  private OutputColumnOptions outputColumns = new OutputColumnOptions();

  @Override
  void check() {
    super.check();
    outputColumns.check();
  }

  @Override
  BatchNormModel applied(BatchNormModel saved) {
    if (outputColumns.isGiven()) {
      outputColumns.apply(saved);
    }
    return saved;
  }

  @Override
  String result() {
    return "normalized";
  }
}
