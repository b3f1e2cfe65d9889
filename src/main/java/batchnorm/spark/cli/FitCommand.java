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
final class FitCommand extends FittingCommand {
  @ArgGroup(validate = false, heading = "%nColumns that the model will write:%n", order = 12)
  private OutputColumnOptions outputColumns = new OutputColumnOptions();

  @ArgGroup(validate = false, heading = "%nResult:%n", order = 16)
  private FitTarget target = new FitTarget();

  @Override
  void check() {
    super.check();
    outputColumns.check();
    target.check();
  }

  @Override
  void run(SparkSession session, Storage storage) throws IOException {
    BatchNorm stage = stage();
    PathRules rules = new PathRules(storage);
    initialModel(stage).ifPresent(rules::readsModel);
    FileFormat source = input.format(storage);
    rules.reads(input.files(source)).writesModel(target.model(), target.mode()).check();
    Dataset<Row> data = input.read(session, storage, source);
    setColumns(stage, data, outputColumns);
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
