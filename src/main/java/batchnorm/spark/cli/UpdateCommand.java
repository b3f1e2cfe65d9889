package batchnorm.spark.cli;

import batchnorm.spark.BatchNorm;
import batchnorm.spark.BatchNormModel;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;

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
    FileFormat source = input.format(storage);
    new PathRules(storage)
        .reads(input.files(source))
        .readsModel(model.path())
        .writesModel(model.target(), model.mode())
        .check();
    BatchNormModel old;
    BatchNormModel updated;
    try (ModelTarget target = new ModelTarget(storage, Optional.of(model.target()))) {
      old = BatchNormModel.load(model.path());
      updated =
          params.setOn(old.copy(ParamMap.empty())).update(input.read(session, storage, source));
      // What the user wants otherwise than the fit holds for this data alone.
      params.resetOn(updated, old);
      target.write(updated);
      target.commit();
    }
    print(SummaryTable.of(updated, LISTED));
    String rows = updated.isSet(updated.weightCol()) ? "rows that weigh " : "rows: ";
    tell("Added " + rows + (updated.count() - old.count()) + ", " + updated.count() + " in all");
    tell("Saved the model to " + model.target());
  }
}
