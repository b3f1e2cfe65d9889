package batchnorm.spark.cli;

import batchnorm.spark.BatchNorm;
import batchnorm.spark.BatchNormModel;
import java.io.IOException;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;

/** Computes the statistics of a dataset and saves them as a model. */
@Command(
    name = "fit",
    customSynopsis = {
      "batchnorm fit --input PATH... (--columns NAMES | --all-numeric | --vector-column NAME)",
      "              --model PATH [OPTIONS] [-- SPARK-SUBMIT OPTIONS]"
    },
    description = "Computes mean and variance of columns, saves them as a model and prints them.")
final class FitCommand extends SparkCommand {
  @ArgGroup(validate = false, heading = "%nData:%n", order = 10)
  private InputOptions input = new InputOptions();

  @ArgGroup(
      validate = false,
      heading =
          "%nColumns to normalize; --columns, --all-numeric or --vector-column is required:%n",
      order = 11)
  private ColumnOptions columns = new ColumnOptions();

  @ArgGroup(validate = false, heading = "%nColumns that the model will write:%n", order = 12)
  private OutputColumnOptions outputColumns = new OutputColumnOptions();

  @ArgGroup(validate = false, heading = "%nNormalization:%n", order = 13)
  private StageOptions parameters = new StageOptions();

  @ArgGroup(validate = false, heading = "%nRunning statistics:%n", order = 14)
  private RunningOptions running = new RunningOptions();

  @ArgGroup(validate = false, heading = "%nGroups:%n", order = 15)
  private GroupOptions groups = new GroupOptions();

  @ArgGroup(validate = false, heading = "%nResult:%n", order = 16)
  private FitTarget target = new FitTarget();

  @Override
  void check() {
    input.check();
    columns.check();
    outputColumns.check();
    target.check();
  }

  @Override
  void run(SparkSession session, Storage storage) throws IOException {
    BatchNorm stage = parameters.stage();
    running.apply(stage);
    groups.apply(stage);
    PathRules rules = new PathRules(storage);
    running.initialModel().ifPresent(rules::readsModel);
    FileFormat source = input.format(storage);
    rules.reads(input.files(source)).writesModel(target.model(), target.mode()).check();
    Dataset<Row> data = input.read(session, storage, source);
    outputColumns.apply(stage, columns.select(stage, data));
    columns.leftOut(stage, data.schema()).ifPresent(this::tell);
    BatchNormModel fitted;
    try (ModelTarget model = new ModelTarget(storage, Optional.of(target.model()))) {
      fitted = stage.fit(data);
      model.write(fitted);
      model.commit();
    }
    print(SummaryTable.of(fitted, LISTED));
    tell("Saved the model to " + target.model());
  }
}
