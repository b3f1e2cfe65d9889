package batchnorm.spark.cli;

import batchnorm.spark.BatchNormModel;
import java.io.IOException;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;

/** Maps normalized values back. */
@Command(
    name = "inverse",
    customSynopsis =
        "batchnorm inverse --model PATH --input PATH... --output PATH [OPTIONS] [-- SPARK-SUBMIT OPTIONS]",
    description = "Maps normalized values back: from the columns a model writes to those it reads.")
final class InverseCommand extends SparkCommand {
  @ArgGroup(validate = false, heading = "%nModel:%n", order = 10)
  private AppliedModel model = new AppliedModel();

  @ArgGroup(validate = false, heading = "%nData:%n", order = 11)
  private InputOptions input = new InputOptions();

  @ArgGroup(validate = false, heading = "%nResult:%n", order = 13)
  private OutputOptions output = new OutputOptions();

  @Override
  void check() {
    model.check();
    input.check();
    output.check();
  }

  @Override
  void run(SparkSession session, Storage storage) throws IOException {
    ModelRun run = new ModelRun(input, output);
    run.checkPaths(storage, model.path());
    BatchNormModel applied = BatchNormModel.load(model.path()).inverse();
    model.apply(applied);
    run.write(session, storage, applied);
    tell("Wrote the restored data to " + output.path());
  }
}
