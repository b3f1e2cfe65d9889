package batchnorm.spark.cli;

import batchnorm.spark.BatchNorm;
import batchnorm.spark.BatchNormModel;
import batchnorm.spark.errors.Errors;
import java.io.IOException;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** Prints the statistics that a model holds, or those of a dataset. */
@Command(
    name = DescribeCommand.NAME,
    customSynopsis = {
      "batchnorm describe (--model PATH | --input PATH...) [--json] [OPTIONS] [-- SPARK-SUBMIT OPTIONS]"
    },
    description = "Prints the statistics of each column, as in a model or in a dataset.")
final class DescribeCommand extends SparkCommand {
  static final String NAME = "describe";

  @Option(
      names = "--model",
      paramLabel = "PATH",
      order = 5,
      description = "The folder of a fitted model.")
  private String model;

  @Option(
      names = "--json",
      order = 6,
      description =
          "Print one JSON object. NaN and infinite numbers are the strings \"NaN\", \"Infinity\" "
              + "and \"-Infinity\", as JSON has no such numbers.")
  private boolean json;

  @ArgGroup(validate = false, heading = "%nData, where no model is given:%n", order = 10)
  private InputOptions input = new InputOptions();

  @ArgGroup(
      validate = false,
      heading = "%nColumns of the data (default: --all-numeric):%n",
      order = 11)
  private ColumnOptions columns = new ColumnOptions();

  @ArgGroup(
      validate = false,
      heading = "%nParameters for the data (here --handle-invalid is keep by default):%n",
      order = 12)
  private StageOptions parameters = new StageOptions();

  @Override
  void check(CommandLine line) {
    if ((model != null) == input.isGiven()) {
      throw new ParameterException(line, Errors.describeModelOrInput(model != null).getMessage());
    }
    if (model == null) {
      input.check(line);
      columns.orAllNumeric();
      columns.check(line);
      parameters.orKeepInvalid();
    }
  }

  @Override
  void run(SparkSession session, Storage storage) throws IOException {
    BatchNormModel described =
        model != null ? BatchNormModel.load(model) : fitted(session, storage);
    print(json ? SummaryJson.of(described) : SummaryTable.of(described, Integer.MAX_VALUE));
  }

  private BatchNormModel fitted(SparkSession session, Storage storage) throws IOException {
    BatchNorm stage = parameters.stage();
    new PathRules(storage).reads(input.paths()).check();
    Dataset<Row> data = input.read(session, input.format(storage));
    new OutputColumnOptions().apply(stage, columns.select(stage, data.schema()));
    return stage.fit(data);
  }
}
