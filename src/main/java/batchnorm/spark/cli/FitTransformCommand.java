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
import picocli.CommandLine.Option;

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
  private Target output = new Target();

  /** Options for the result and, if it is to be kept, the model. */
  private static final class Target extends OutputOptions {
    @Option(
        names = "--model",
        paramLabel = "PATH",
        description = "The folder to save the model to; without it, no model is saved.")
    private String model;

    private PathRules addModelTo(PathRules rules) throws IOException {
      return model == null ? rules : rules.writes(Output.Kind.MODEL, model, mode());
    }

    /** Returns the output for the model; null if it is not saved. */
    private StagedOutput stagedModel(Storage storage) throws IOException {
      return model == null ? null : StagedOutput.model(storage, model);
    }
  }

  @Override
  void check() {
    super.check();
    outputColumns.check();
    output.check();
  }

  @Override
  void run(SparkSession session, Storage storage) throws IOException {
    BatchNorm stage = stage();
    Transfer transfer = new Transfer(storage, input.find(storage), output);
    output.addModelTo(transfer.rules().readsModels(initialModel(stage))).check();
    Dataset<Row> data = transfer.input().read(session);
    setColumns(stage, data, outputColumns);
    String table;
    try (DataTarget target = transfer.target(session, stage.transformSchema(data.schema()));
        StagedOutput model = output.stagedModel(storage)) {
      BatchNormModel fitted = stage.fit(data);
      Dataset<Row> result = fitted.transform(data);
      // Both are written before either is moved to its place, so that a failure leaves neither; the
      // model first, as data without their statistics cannot be mapped back.
      if (model != null) {
        model.save(fitted);
      }
      target.write(result);
      table =
          isOfThisData(stage)
              ? BeforeAndAfter.table(stage, fitted, normalized(target, result), LISTED)
              : SummaryTable.of(fitted, LISTED);
      commit(model, target);
    }
    print(table);
    if (output.model != null) {
      tell("Saved the model to " + output.model);
    }
    tell("Wrote the normalized data to " + output.path());
  }

  /** Returns the written rows, so that the input need not be read again; else the result itself. */
  private static Dataset<Row> normalized(DataTarget target, Dataset<Row> result) {
    return target.written(result.sparkSession(), result.schema()).orElse(result);
  }

  /**
   * Moves both to their places. The error of a failure between the two says which one is in place.
   */
  private void commit(StagedOutput model, DataTarget target) throws IOException {
    String written = target.writesDirectly() ? "the normalized data in " + output.path() : "";
    try {
      if (model != null) {
        model.commitModel();
        written = "model " + output.model;
      }
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
}
