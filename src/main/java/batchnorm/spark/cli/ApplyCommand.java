package batchnorm.spark.cli;

import batchnorm.spark.BatchNorm;
import batchnorm.spark.BatchNormModel;
import java.io.IOException;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** A command that reads data, applies a saved model and writes the result. */
abstract class ApplyCommand extends SparkCommand {
  /** The model to apply. */
  static final class Applied {
    @Option(names = "--model", paramLabel = "PATH", description = "The folder of the fitted model.")
    private String path;
  }

  @ArgGroup(validate = false, heading = "%nModel:%n", order = 9)
  private Applied model = new Applied();

  @ArgGroup(validate = false, heading = "%nData:%n", order = 11)
  private InputOptions input = new InputOptions();

  @ArgGroup(validate = false, heading = "%nResult:%n", order = 14)
  private OutputOptions output = new OutputOptions();

  private ParamOptions params;

  @Override
  final void addParams(ParamOptions options) {
    params =
        options.add(
            10,
            "%nParameters in place of those of the fit:%n",
            List.of("handleInvalid", "unseenGroup", "smallGroup")::contains,
            "as in the model");
  }

  @Override
  void check() {
    requireOption("--model", model.path, "the folder of a fitted model");
    input.check();
    output.check();
    params.setOn(new BatchNorm());
  }

  /** Returns the model to apply to the data, made of the saved one. */
  abstract BatchNormModel applied(BatchNormModel saved);

  /** Returns the name of the result, for messages. */
  abstract String result();

  @Override
  final void run(SparkSession session, Storage storage) throws IOException {
    Transfer data = new Transfer(storage, input.find(storage), output);
    data.rules().readsModel(model.path).check();
    // A model may have been saved to tell what it knows instead.
    BatchNormModel applied =
        params.setOn(applied(BatchNormModel.load(model.path))).setOutput("normalized");
    Dataset<Row> result = applied.transform(data.input().read(session));
    try (DataTarget target = data.target(session, result.schema())) {
      target.write(result);
      target.commit();
    }
    tell("Wrote the " + result() + " data to " + output.path());
  }
}
