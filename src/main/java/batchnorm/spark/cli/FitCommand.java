package batchnorm.spark.cli;

import batchnorm.spark.BatchNorm;
import batchnorm.spark.BatchNormModel;
import batchnorm.spark.TableFit;
import java.io.IOException;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

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

  @ArgGroup(validate = false, heading = "%nTables:%n", order = 17)
  private Following following = new Following();

  /** Option to follow a table. */
  private static final class Following {
    @Option(
        names = "--incremental",
        description =
            "Follow the table of --input, of Delta or Iceberg or a folder of Parquet: the first fit "
                + "reads all of its files, the next ones read those that were added and take out "
                + "those that were removed. --model is a directory of versions, which goes on.")
    private boolean incremental;
  }

  @Override
  void check() {
    super.check();
    outputColumns.check();
    target.check();
    if (following.incremental) {
      target.requireNoOverwrite();
    }
  }

  @Override
  void run(SparkSession session, Storage storage) throws IOException {
    BatchNorm stage = stage();
    Input source = input.find(storage);
    if (!following.incremental) {
      PathRules rules =
          new PathRules(storage).reads(source.files()).readsModels(initialModel(stage));
      target.addTo(rules).check();
    }
    Dataset<Row> data = source.read(session);
    setColumns(stage, data, outputColumns);
    BatchNormModel fitted =
        following.incremental ? follow(stage, data) : target.save(storage, () -> stage.fit(data));
    print(SummaryTable.of(fitted, LISTED));
    tell("Saved the model to " + target.model());
  }

  private BatchNormModel follow(BatchNorm stage, Dataset<Row> table) throws IOException {
    TableFit fit = stage.followTable(table, target.model());
    tell(
        "Files of the table: "
            + fit.files()
            + ", read: "
            + fit.read()
            + ", taken out: "
            + fit.takenOut());
    return fit.model();
  }
}
