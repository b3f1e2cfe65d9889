package batchnorm.spark.cli;

import batchnorm.spark.BatchNormModel;
import batchnorm.spark.ModelExport;
import batchnorm.spark.PlainModel;
import batchnorm.spark.errors.OptionErrors;
import java.io.IOException;
import java.util.Optional;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.ArgGroup;
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

  @ArgGroup(validate = false, heading = "%nResult:%n", order = 14)
  private FileTarget target = new FileTarget();

  @Override
  void check() {
    requireOption("--model", model, "the folder of a fitted model");
    target.requirePath("the file to write");
    FileKind.require("--to", to, FileKind.WRITTEN);
    target.check();
    if (dtype != null && to.equals(FileKind.JSON)) {
      throw OptionErrors.dtypeOfJson();
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
    String output = target.path();
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
