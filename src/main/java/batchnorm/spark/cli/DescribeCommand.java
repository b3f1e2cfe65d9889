package batchnorm.spark.cli;

import batchnorm.spark.BatchNorm;
import batchnorm.spark.BatchNormModel;
import batchnorm.spark.PlainModel;
import batchnorm.spark.errors.OptionErrors;
import batchnorm.spark.normalize.HandleInvalid;
import java.io.IOException;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

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

  @Option(
      names = "--limit",
      paramLabel = "NUMBER",
      order = 7,
      description =
          "How many rows to print at most (default: 100 of a model with groups, all of others).")
  private Integer limit;

  @ArgGroup(validate = false, heading = "%nData, where no model is given:%n", order = 10)
  private InputOptions input = new InputOptions();

  @ArgGroup(
      validate = false,
      heading = "%nColumns of the data (default: --all-numeric):%n",
      order = 11)
  private ColumnOptions columns = new ColumnOptions();

  private ParamOptions params;

  @Override
  void addParams(ParamOptions options) {
    params =
        options
            .add(
                12,
                "%nParameters for the data (here --handle-invalid is keep by default):%n",
                ParamOptions.NORMALIZATION)
            .add(13, "%nGroups of the data:%n", ParamOptions.GROUPS);
  }

  @Override
  void check() {
    if (limit != null && limit < 0) {
      throw OptionErrors.negativeLimit(limit);
    }
    if ((model != null) == input.isGiven()) {
      throw OptionErrors.describeModelOrInput(model != null);
    }
    if (model == null) {
      input.check();
      columns.orAllNumeric();
      columns.check();
      stage();
    }
  }

  @Override
  void run(SparkSession session, Storage storage) throws IOException {
    BatchNormModel described =
        model != null ? BatchNormModel.load(model) : fitted(session, storage);
    boolean grouped = described.isSet(described.groupCols());
    int most = most(grouped ? LISTED : Integer.MAX_VALUE);
    print(described, SummaryRows.of(described.summary(), most), most);
  }

  @Override
  boolean runWithoutSession(Storage storage) {
    Optional<PlainModel> plain =
        model != null && Storage.isLocal(model)
            ? PlainModel.load(model, storage.configuration())
            : Optional.empty();
    int most = most(Integer.MAX_VALUE);
    plain.ifPresent(found -> print(found.model(), SummaryRows.of(found.features(), most), most));
    return plain.isPresent();
  }

  private int most(int byDefault) {
    return limit != null ? limit : byDefault;
  }

  private void print(BatchNormModel described, SummaryRows rows, int most) {
    print(json ? SummaryJson.of(described, rows, most) : SummaryTable.of(described, rows, most));
  }

  /** Keeps missing values unless the user says otherwise: a description should count them. */
  private BatchNorm stage() {
    return params.setOn(new BatchNorm().setHandleInvalid(HandleInvalid.KEEP.text()));
  }

  private BatchNormModel fitted(SparkSession session, Storage storage) throws IOException {
    BatchNorm stage = stage();
    Dataset<Row> data = input.find(storage).read(session);
    columns.select(stage, data);
    new OutputColumnOptions().apply(stage);
    return stage.fit(data);
  }
}
