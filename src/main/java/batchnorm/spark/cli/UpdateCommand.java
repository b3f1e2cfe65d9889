package batchnorm.spark.cli;

import batchnorm.spark.BatchNorm;
import batchnorm.spark.BatchNormModel;
import java.io.IOException;
import java.util.List;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Adds data to a model. */
@Command(
    name = "update",
    customSynopsis =
        "batchnorm update --model PATH --input PATH... [OPTIONS] [-- SPARK-SUBMIT OPTIONS]",
    description = {
      "Adds data to a model, prints and saves it: bit for bit what one fit on the old data and the new",
      "gives or, with running statistics, those after one more batch."
    })
final class UpdateCommand extends SparkCommand {
  /** Options for the model that data is added to, and for where the new one goes. */
  private static final class UpdatedModel {
    @Option(
        names = "--model",
        paramLabel = "PATH",
        description =
            "The folder of the fitted model. It is replaced once the new one is complete, unless "
                + "--output-model is given.")
    private String path;

    @Option(
        names = "--output-model",
        paramLabel = "PATH",
        description = "The folder to save the new model to; that of --model then stays as it is.")
    private String output;

    @Option(
        names = "--mode",
        paramLabel = "error|overwrite",
        description = "What to do if the model of --output-model exists (default: error).")
    private Mode mode = Mode.ERROR;

    /** Requires the option, which picocli does not do in a group that is only a heading. */
    private void check() {
      requireOption("--model", path, "the folder of a fitted model");
      Output.requireMode(Output.Kind.MODEL, mode);
    }

    private String target() {
      return output == null ? path : output;
    }

    private Mode targetMode() {
      return output == null ? Mode.OVERWRITE : mode;
    }
  }

  @ArgGroup(validate = false, heading = "%nModel:%n", order = 10)
  private UpdatedModel model = new UpdatedModel();

  @ArgGroup(
      validate = false,
      heading = "%nData, with the columns that the model was fitted on:%n",
      order = 11)
  private InputOptions input = new InputOptions();

  private ParamOptions params;

  @Override
  void addParams(ParamOptions options) {
    params =
        options.add(
            12,
            "%nParameters for this data:%n",
            List.of("handleInvalid", "momentum")::contains,
            "as in the model");
  }

  @Override
  void check() {
    model.check();
    input.check();
    params.setOn(new BatchNorm());
  }

  @Override
  void run(SparkSession session, Storage storage) throws IOException {
    Input source = input.find(storage);
    new PathRules(storage)
        .reads(source.files())
        .readsModel(model.path)
        .writes(Output.Kind.MODEL, model.target(), model.targetMode())
        .check();
    BatchNormModel old;
    BatchNormModel updated;
    try (StagedOutput target = StagedOutput.model(storage, model.target())) {
      old = BatchNormModel.load(model.path);
      updated = params.setOn(old.copy(ParamMap.empty())).update(source.read(session));
      // What the user wants otherwise than the fit holds for this data alone.
      params.resetOn(updated, old);
      target.save(updated);
      target.commitModel();
    }
    print(SummaryTable.of(updated, LISTED));
    String rows = updated.isSet(updated.weightCol()) ? "a total weight of " : "rows: ";
    tell("Added " + rows + (updated.count() - old.count()) + ", " + updated.count() + " in all");
    tell("Saved the model to " + model.target());
  }
}
