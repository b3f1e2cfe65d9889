package batchnorm.spark.cli;

import batchnorm.spark.BatchNorm;
import batchnorm.spark.BatchNormModel;
import java.io.IOException;
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
    Input source = input.find(storage);
    PathRules rules = new PathRules(storage).reads(source.files()).readsModels(initialModel(stage));
    target.addTo(rules).check();
    Dataset<Row> data = source.read(session);
    setColumns(stage, data, outputColumns);
    BatchNormModel fitted = target.save(storage, () -> stage.fit(data));
    print(SummaryTable.of(fitted, LISTED));
    tell("Saved the model to " + target.model());
  }
}
