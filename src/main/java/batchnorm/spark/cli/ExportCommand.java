package batchnorm.spark.cli;

import batchnorm.spark.BatchNormModel;
import batchnorm.spark.ModelExport;
import batchnorm.spark.PlainModel;
import batchnorm.spark.errors.OptionErrors;
import batchnorm.spark.export.SqlDialect;
import batchnorm.spark.normalize.Choice;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Writes a model as a file of another system. */
@Command(
    name = "export",
    customSynopsis =
        "batchnorm export --model PATH --to onnx|torch|json|sql --output FILE [OPTIONS] [-- SPARK-SUBMIT OPTIONS]",
    description =
        "Writes a model as a file: an ONNX model, the state_dict of a PyTorch layer as safetensors, "
            + "JSON, or a query.")
final class ExportCommand extends SparkCommand {
  @Option(
      names = "--model",
      paramLabel = "PATH",
      order = 5,
      description = "The folder of the fitted model.")
  private String model;

  @Option(
      names = "--to",
      paramLabel = "onnx|torch|json|sql",
      order = 6,
      description = "What to write.")
  private String to;

  @Option(
      names = "--dtype",
      paramLabel = "float64|float32",
      order = 8,
      description = "The type of numbers in ONNX and PyTorch (default: float64).")
  private String dtype;

  @Option(
      names = "--inverse",
      order = 9,
      description = "Export the model that maps normalized values back; not to torch.")
  private boolean inverse;

  @Option(
      names = "--dialect",
      paramLabel = "NAME",
      order = 10,
      description =
          "With --to sql: the engine that runs the query, spark, duckdb, postgres, snowflake or "
              + "bigquery.")
  private String dialect;

  @Option(
      names = "--table",
      paramLabel = "NAME",
      order = 11,
      description = "With --to sql: the table that the query reads (default: source).")
  private String table;

  @Option(
      names = "--keep-columns",
      paramLabel = "NAMES",
      order = 12,
      description =
          "With --to sql: the columns that the query returns beside the normalized ones (default: "
              + "all).")
  private String keepColumns;

  @ArgGroup(validate = false, heading = "%nResult:%n", order = 14)
  private FileTarget target = new FileTarget();

  @Override
  void check() {
    requireOption("--model", model, "the folder of a fitted model");
    target.requirePath("the file to write");
    FileKind.require("--to", to, FileKind.WRITTEN);
    target.check();
    if (dtype != null && List.of(FileKind.JSON, FileKind.SQL).contains(to)) {
      throw OptionErrors.dtypeOfText(to);
    }
    if (to.equals(FileKind.SQL)) {
      FileKind.require("--dialect", dialect, Choice.texts(SqlDialect.class));
    } else {
      requireNotGiven("--dialect", dialect);
      requireNotGiven("--table", table);
      requireNotGiven("--keep-columns", keepColumns);
    }
  }

  private static void requireNotGiven(String option, String value) {
    if (value != null) {
      throw OptionErrors.optionOfSql(option);
    }
  }

  @Override
  void run(SparkSession session, Storage storage) throws IOException {
    target.addTo(new PathRules(storage).readsModel(model)).check();
    export(BatchNormModel.load(model), storage.outcome());
  }

  @Override
  boolean runWithoutSession(Storage storage) throws IOException {
    if (!Storage.isLocal(model) || !Storage.isLocal(target.path())) {
      return false;
    }
    target.addTo(new PathRules(storage).readsModel(model)).check();
    Optional<PlainModel> plain = PlainModel.load(model, storage.configuration());
    if (plain.isPresent()) {
      export(plain.get().model(), storage.outcome());
    }
    return plain.isPresent();
  }

  private void export(BatchNormModel loaded, Outcome outcome) throws IOException {
    ModelExport export = (inverse ? loaded.inverse() : loaded).export();
    if (dtype != null) {
      export = export.dtype(dtype);
    }
    if (target.mode() == Mode.OVERWRITE) {
      export = export.overwrite();
    }
    if (table != null) {
      export = export.table(table);
    }
    if (keepColumns != null) {
      export = export.keepColumns(NameList.parse(keepColumns).toArray(String[]::new));
    }
    String output = target.path();
    outcome.begin(output);
    switch (to) {
      case FileKind.ONNX -> export.toOnnx(output);
      case FileKind.TORCH -> export.toTorch(output);
      case FileKind.SQL -> export.toSql(output, dialect);
      default -> export.toJson(output);
    }
    outcome.complete();
    tell("Exported the model to " + output);
  }
}
