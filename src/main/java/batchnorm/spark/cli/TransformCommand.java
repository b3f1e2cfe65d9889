package batchnorm.spark.cli;

import batchnorm.spark.BatchNormModel;
import java.io.IOException;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;

/** Applies a model to a dataset. */
@Command(
    name = "transform",
    customSynopsis =
        "batchnorm transform --model PATH --input PATH... --output PATH [OPTIONS] [-- SPARK-SUBMIT OPTIONS]",
    description = "Normalizes the columns of a dataset with a model.")
final class TransformCommand extends SparkCommand {
  @ArgGroup(validate = false, heading = "%nModel:%n", order = 10)
  private AppliedModel model = new AppliedModel();

  @ArgGroup(validate = false, heading = "%nData:%n", order = 11)
  private InputOptions input = new InputOptions();

  @ArgGroup(
      validate = false,
      heading = "%nColumns to write (default: those that the fit set):%n",
      order = 13)
  private OutputColumnOptions outputColumns = new OutputColumnOptions();

  @ArgGroup(validate = false, heading = "%nResult:%n", order = 14)
  private OutputOptions output = new OutputOptions();

  @Override
  void check() {
    model.check();
    input.check();
    outputColumns.check();
    output.check();
  }

  @Override
  void run(SparkSession session, Storage storage) throws IOException {
    ModelRun run = new ModelRun(input, output);
    run.checkPaths(storage, model.path());
    BatchNormModel applied = BatchNormModel.load(model.path());
    model.apply(applied);
    outputColumns.apply(applied);
    run.write(session, storage, applied);
    tell("Wrote the normalized data to " + output.path());
  }
}
