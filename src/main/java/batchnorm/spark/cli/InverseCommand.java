package batchnorm.spark.cli;

import batchnorm.spark.BatchNormModel;
import picocli.CommandLine.Command;

/** Maps normalized values back. */
@Command(
    name = "inverse",
    customSynopsis =
        "batchnorm inverse --model PATH --input PATH... --output PATH [OPTIONS] [-- SPARK-SUBMIT OPTIONS]",
    description = "Maps normalized values back: from the columns a model writes to those it reads.")
final class InverseCommand extends ApplyCommand {
  @Override
  BatchNormModel applied(BatchNormModel saved) {
    return saved.inverse();
  }

  @Override
  String result() {
    return "restored";
  }
}
