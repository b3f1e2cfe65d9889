package batchnorm.spark.cli;

import batchnorm.spark.BatchNormModel;
import batchnorm.spark.ModelExport;
import batchnorm.spark.PlainModel;
import batchnorm.spark.errors.OptionErrors;
import batchnorm.spark.errors.OutputErrors;
import java.io.IOException;
import java.util.Optional;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Writes a model as a file of another system. */
@Command(
    name = "export",
    customSynopsis =
        "batchnorm export --model PATH --to onnx|torch|json --output FILE [OPTIONS] [-- SPARK-SUBMIT OPTIONS]",
    description =
        "Writes a model as a file: an ONNX model, the state_dict of a PyTorch layer as safetensors, "
            + "or JSON.")
final class ExportCommand extends SparkCommand {
  @Option(
      names = "--model",
      paramLabel = "PATH",
      order = 5,
      description = "The folder of the fitted model.")
  private String model;

  @Option(names = "--to", paramLabel = "onnx|torch|json", order = 6, description = "What to write.")
  private String to;

  @Option(names = "--output", paramLabel = "FILE", order = 7, description = "The file to write.")
  private String output;

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
      names = "--mode",
      paramLabel = "error|overwrite",
      order = 10,
      description = "What to do if the file exists (default: error).")
  private Mode mode = Mode.ERROR;

  @Override
  void check() {
    UsageErrors.requireOption("--model", model, "the folder of a fitted model");
    UsageErrors.requireOption("--output", output, "the file to write");
    if (to == null) {
      throw OptionErrors.noKind("--to", FileKind.WRITTEN);
    }
    if (!FileKind.WRITTEN.contains(to)) {
      throw OptionErrors.unknownKind("--to", to, FileKind.WRITTEN);
    }
    if (mode == Mode.APPEND) {
      throw OutputErrors.fileCannotBeAppended();
    }
    if (dtype != null && to.equals(FileKind.JSON)) {
      throw OptionErrors.dtypeOfJson();
    }
  }

  @Override
  void run(SparkSession session, Storage storage) throws IOException {
    new PathRules(storage).readsModel(model).writesFile(output, mode).check();
    export(BatchNormModel.load(model), storage.outcome());
  }

  @Override
  boolean runWithoutSession(Storage storage) throws IOException {
    if (!Storage.isLocal(model) || !Storage.isLocal(output)) {
      return false;
    }
    new PathRules(storage).readsModel(model).writesFile(output, mode).check();
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
    if (mode == Mode.OVERWRITE) {
      export = export.overwrite();
    }
    outcome.begin(output);
    switch (to) {
      case FileKind.ONNX -> export.toOnnx(output);
      case FileKind.TORCH -> export.toTorch(output);
      default -> export.toJson(output);
    }
    outcome.complete();
    tell("Exported the model to " + output);
  }
}
