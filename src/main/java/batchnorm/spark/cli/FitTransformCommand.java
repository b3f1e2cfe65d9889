package batchnorm.spark.cli;

import batchnorm.spark.BatchNorm;
import batchnorm.spark.BatchNormModel;
import batchnorm.spark.errors.OutputErrors;
import batchnorm.spark.normalize.RunningMode;
import java.io.IOException;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;

/** Normalizes a dataset with its own statistics. */
@Command(
    name = "fit-transform",
    customSynopsis = {
      "batchnorm fit-transform --input PATH... (--columns NAMES | --all-numeric | --vector-column NAME)",
      "                        --output PATH [--model PATH] [OPTIONS] [-- SPARK-SUBMIT OPTIONS]"
    },
    description =
        "Normalizes a dataset by its own mean and variance; prints both, before and after.")
final class FitTransformCommand extends FittingCommand {
  @ArgGroup(validate = false, heading = "%nColumns to write:%n", order = 12)
  private OutputColumnOptions outputColumns = new OutputColumnOptions();

  @ArgGroup(validate = false, heading = "%nResult:%n", order = 16)
  private FitTransformTarget output = new FitTransformTarget();

  @Override
  void check() {
    super.check();
    outputColumns.check();
    output.check();
  }

  @Override
  void run(SparkSession session, Storage storage) throws IOException {
    BatchNorm stage = stage();
    FileFormat source = input.format(storage);
    TableRules tables = new TableRules(input, source, output);
    checkPaths(storage, tables, stage);
    Dataset<Row> data = input.read(session, storage, source);
    setColumns(stage, data, outputColumns);
    FileFormat format = output.format(source, stage.transformSchema(data.schema()));
    tables.check(session, format, storage);
    String table;
    try (DataTarget target = new DataTarget(storage, output, format);
        ModelTarget model = new ModelTarget(storage, output.model())) {
      BatchNormModel fitted = stage.fit(data);
      Dataset<Row> result = fitted.transform(data);
      // Both are written before either is moved to its place, so that a failure leaves neither; the
      // model first, as data without their statistics cannot be mapped back.
      model.write(fitted);
      target.write(result);
      table =
          isOfThisData(stage)
              ? BeforeAndAfter.table(stage, fitted, normalized(target, result), LISTED)
              : SummaryTable.of(fitted, LISTED);
      commit(model, target);
    }
    print(table);
    output.model().ifPresent(path -> tell("Saved the model to " + path));
    tell("Wrote the normalized data to " + output.path());
  }

  /** Returns the written rows, so that the input need not be read again; else the result itself. */
  private static Dataset<Row> normalized(DataTarget target, Dataset<Row> result) {
    return target.written(result.sparkSession(), result.schema()).orElse(result);
  }

  /**
   * Moves both to their places. The error of a failure between the two says which one is in place.
   */
  private void commit(ModelTarget model, DataTarget target) throws IOException {
    String written = target.writesDirectly() ? "the normalized data in " + output.path() : "";
    try {
      model.commit();
      written = output.model().map(path -> "model " + path).orElse("");
      target.commit();
    } catch (IOException | RuntimeException e) {
      if (written.isEmpty()) {
        throw e;
      }
      throw OutputErrors.writtenBefore(FailureReport.message(e), written, e);
    }
  }

  /**
   * Returns whether the model's statistics are those of this data alone: pooled, without an initial
   * model and without groups.
   */
  private static boolean isOfThisData(BatchNorm stage) {
    return initialModel(stage).isEmpty()
        && stage.getRunningStatistics().equals(RunningMode.POOLED.text())
        && !stage.isSet(stage.groupCols());
  }

  private void checkPaths(Storage storage, TableRules tables, BatchNorm stage) throws IOException {
    PathRules rules = tables.addTo(new PathRules(storage), storage);
    initialModel(stage).ifPresent(rules::readsModel);
    if (output.model().isPresent()) {
      rules.writesModel(output.model().get(), output.mode());
    }
    rules.check();
  }
}
