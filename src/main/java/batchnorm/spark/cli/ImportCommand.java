package batchnorm.spark.cli;

import batchnorm.spark.BatchNormModel;
import batchnorm.spark.columns.SchemaLookup;
import batchnorm.spark.errors.OptionErrors;
import batchnorm.spark.errors.ParamErrors;
import batchnorm.spark.export.JsonModel;
import batchnorm.spark.export.SingleFile;
import batchnorm.spark.export.TorchFile;
import batchnorm.spark.normalize.Choice;
import batchnorm.spark.normalize.RunningMode;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

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
          "Weight of a new batch in an update (default: as the file says, or PyTorch's 0.1).")
  private Double momentum;

  @Option(
      names = "--columns",
      paramLabel = "NAMES",
      order = 10,
      description =
          "The columns that the model reads, separated by commas, in the order of the features "
              + "(default: as the file says).")
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
  void check() {
    requireOption("--input", input, "the file to read");
    FileKind.require("--from", from, FileKind.READ);
    if (layer != null && !from.equals(FileKind.TORCH)) {
      throw OptionErrors.layerOfJson();
    }
    if (columns != null && vectorColumn != null) {
      throw OptionErrors.columnsAndVectorColumn();
    }
    outputColumns.check();
    target.check();
  }

  @Override
  void run(SparkSession session, Storage storage) throws IOException {
    Place source = storage.literal(input);
    source.requireThere();
    target.addTo(new PathRules(storage).reads(List.of(source))).check();
    SingleFile file = new SingleFile(input, session.sessionState().newHadoopConf());
    BatchNormModel model = read();
    Optional.ofNullable(eps).ifPresent(model::setEps);
    if (momentum != null) {
      setMomentum(model);
    }
    setColumns(model, names(file));
    target.save(storage, () -> model);
    print(SummaryTable.of(model, LISTED));
    tell("Saved the model to " + target.model());
  }

  private BatchNormModel read() throws IOException {
    if (from.equals(FileKind.JSON)) {
      return BatchNormModel.fromJson(input);
    }
    return layer == null ? BatchNormModel.fromTorch(input) : BatchNormModel.fromTorch(input, layer);
  }

  /** Returns the names of the features, if the file has any. */
  private Optional<List<String>> names(SingleFile file) throws IOException {
    Optional<String[]> names;
    if (from.equals(FileKind.JSON)) {
      names = JsonModel.read(file).names();
    } else {
      names = (layer == null ? TorchFile.read(file) : TorchFile.read(file, layer)).names();
    }
    return names.map(List::of);
  }

  private void setMomentum(BatchNormModel model) {
    if (Choice.of(RunningMode.class, model.getRunningStatistics()) != RunningMode.EXPONENTIAL) {
      throw ParamErrors.momentumWithoutExponential(model.getRunningStatistics());
    }
    model.setMomentum(momentum);
  }

  private void setColumns(BatchNormModel model, Optional<List<String>> names) {
    boolean known = model.isSet(model.inputCol()) || model.isSet(model.inputCols());
    boolean given = columns != null || vectorColumn != null;
    boolean inverse = (boolean) model.getOrDefault(model.inverted());
    if (inverse && (!known || given || outputColumns.isGiven())) {
      throw OptionErrors.columnsOfInverse(input);
    }
    if (given || !known) {
      model.clear(model.inputCol());
      model.clear(model.inputCols());
      if (vectorColumn != null) {
        model.setInputCol(vectorColumn);
      } else {
        model.setInputCols(columns(model, names).toArray(String[]::new));
      }
    }
    if (names.isPresent() && model.isSet(model.inputCols())) {
      requireSame(names.get(), List.of(model.getInputCols()));
    }
    if (given || !known || outputColumns.isGiven()) {
      outputColumns.apply(model);
    }
  }

  private List<String> columns(BatchNormModel model, Optional<List<String>> names) {
    if (columns == null) {
      return names.orElseThrow(() -> OptionErrors.columnsNotKnown(input, model.numFeatures()));
    }
    List<String> given = NameList.parse(columns);
    if (given.size() != model.numFeatures()) {
      throw OptionErrors.otherNumberOfColumns(input, model.numFeatures(), given.size());
    }
    return given;
  }

  /**
   * Requires the names of the features for the columns, which are taken for them by their place.
   */
  private void requireSame(List<String> names, List<String> read) {
    if (!keys(names).equals(keys(read))) {
      throw OptionErrors.otherColumns(input, names, read);
    }
  }

  private static List<String> keys(List<String> names) {
    return names.stream().map(SchemaLookup::key).toList();
  }
}
