package batchnorm.spark.cli;

import batchnorm.spark.BatchNormModel;
import batchnorm.spark.errors.ExportErrors;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** Makes a model of a file of another system. */
@Command(
    name = "import",
    customSynopsis =
        "batchnorm import --from torch|json --input FILE --model PATH [OPTIONS] [-- SPARK-SUBMIT OPTIONS]",
    description =
        "Saves and prints the model of a file: a BatchNorm layer of PyTorch as safetensors, or a "
            + "model in JSON.")
final class ImportCommand extends SparkCommand {
  @Option(names = "--from", paramLabel = "torch|json", order = 5, description = "What to read.")
  private String from;

  @Option(names = "--input", paramLabel = "FILE", order = 6, description = "The file to read.")
  private String input;

  @Option(
      names = "--layer",
      paramLabel = "NAME",
      order = 7,
      description =
          "Which layer of a network: what stands before .running_mean (default: the only one).")
  private String layer;

  @Option(
      names = "--eps",
      paramLabel = "NUMBER",
      order = 8,
      description =
          "Added to the variance (default: as the file says, or PyTorch's 1e-5 where it does not).")
  private Double eps;

  @Option(
      names = "--momentum",
      paramLabel = "NUMBER",
      order = 9,
      description =
          "What a new batch weighs in an update (default: as the file says, or PyTorch's 0.1).")
  private Double momentum;

  @Option(
      names = "--columns",
      paramLabel = "NAMES",
      order = 10,
      description =
          "The columns that the model reads, separated by commas, in the order of the features "
              + "(default: as the JSON says).")
  private String columns;

  @Option(
      names = "--vector-column",
      paramLabel = "NAME",
      order = 11,
      description = "One column that holds all features, instead.")
  private String vectorColumn;

  @ArgGroup(
      validate = false,
      heading = "%nColumns to write (default: those that are read):%n",
      order = 12)
  private OutputColumnOptions outputColumns = new OutputColumnOptions();

  @ArgGroup(validate = false, heading = "%nResult:%n", order = 14)
  private FitTarget target = new FitTarget();

  @Override
  void check(CommandLine line) {
    FileKind.require(line, "--input", input, "the file to read");
    if (from == null) {
      throw new ParameterException(line, ExportErrors.noKind("--from", FileKind.READ).getMessage());
    }
    if (!FileKind.READ.contains(from)) {
      throw new ParameterException(
          line, ExportErrors.unknownKind("--from", from, FileKind.READ).getMessage());
    }
    if (layer != null && !from.equals(FileKind.TORCH)) {
      throw new ParameterException(line, ExportErrors.layerOfJson().getMessage());
    }
    if (columns != null && vectorColumn != null) {
      throw new ParameterException(line, ExportErrors.columnsAndVectorColumn().getMessage());
    }
    outputColumns.check(line);
    target.check(line);
  }

  @Override
  void run(SparkSession session, Storage storage) throws IOException {
    new PathRules(storage).reads(List.of(input)).writesModel(target.model(), target.mode()).check();
    BatchNormModel model = read();
    Optional.ofNullable(eps).ifPresent(model::setEps);
    Optional.ofNullable(momentum).ifPresent(model::setMomentum);
    setColumns(model);
    try (ModelTarget saved = new ModelTarget(storage, Optional.of(target.model()))) {
      saved.write(model);
      saved.commit();
    }
    print(SummaryTable.of(model, LISTED));
    tell("Saved the model to " + target.model());
  }

  private BatchNormModel read() throws IOException {
    if (from.equals(FileKind.JSON)) {
      return BatchNormModel.fromJson(input);
    }
    return layer == null ? BatchNormModel.fromTorch(input) : BatchNormModel.fromTorch(input, layer);
  }

  private void setColumns(BatchNormModel model) {
    boolean known = model.isSet(model.inputCol()) || model.isSet(model.inputCols());
    if (columns != null || vectorColumn != null || !known) {
      model.clear(model.inputCol());
      model.clear(model.inputCols());
      model.clear(model.outputCol());
      model.clear(model.outputCols());
      if (vectorColumn != null) {
        model.setInputCol(vectorColumn);
      } else {
        model.setInputCols(names(model));
      }
      outputColumns.orInPlace();
    }
    outputColumns.apply(model);
  }

  private String[] names(BatchNormModel model) {
    if (columns == null) {
      throw ExportErrors.columnsNotKnown(input, model.numFeatures());
    }
    String[] names = NameList.parse(columns).toArray(String[]::new);
    if (names.length != model.numFeatures()) {
      throw ExportErrors.otherNumberOfColumns(input, model.numFeatures(), names.length);
    }
    return names;
  }
}
