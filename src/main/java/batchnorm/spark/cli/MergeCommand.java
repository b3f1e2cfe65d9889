package batchnorm.spark.cli;

import batchnorm.spark.BatchNormModel;
import batchnorm.spark.errors.OptionErrors;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Puts models of parts of the data together. */
@Command(
    name = "merge",
    customSynopsis = "batchnorm merge MODEL... --model PATH [OPTIONS] [-- SPARK-SUBMIT OPTIONS]",
    parameterListHeading = "%n",
    description =
        "Saves and prints the model of several models' data together: bit for bit what one fit on "
            + "all of it gives.")
final class MergeCommand extends SparkCommand {
  @Parameters(
      arity = "0..*",
      paramLabel = "MODEL",
      description =
          "Folders of fitted models, also with Hadoop's wildcards, in any order. They need the same "
              + "columns and parameters.")
  private List<String> models = List.of();

  @ArgGroup(validate = false, heading = "%nResult:%n", order = 14)
  private FitTarget target = new FitTarget();

  @Override
  void check() {
    if (models.isEmpty()) {
      throw OptionErrors.noModelToMerge();
    }
    target.check();
  }

  @Override
  void run(SparkSession session, Storage storage) throws IOException {
    List<String> paths = storage.models(models);
    target.addTo(new PathRules(storage).readsModels(paths)).check();
    BatchNormModel merged = target.save(storage, () -> merged(paths));
    print(SummaryTable.of(merged, LISTED));
    tell("Merged models: " + paths.size() + ", rows: " + merged.count());
    tell("Saved the model to " + target.model());
  }

  private static BatchNormModel merged(List<String> paths) {
    List<BatchNormModel> loaded = new ArrayList<>();
    for (String path : paths) {
      loaded.add(BatchNormModel.load(path));
    }
    try {
      return BatchNormModel.merge(loaded);
    } catch (IllegalArgumentException | IllegalStateException e) {
      throw culprit(paths, loaded, e);
    }
  }

  /** Finds the model, or else the pair, that causes the error, which does not know their paths. */
  private static RuntimeException culprit(
      List<String> paths, List<BatchNormModel> models, RuntimeException error) {
    for (int i = 0; i < models.size(); i++) {
      for (int with : new int[] {i, 0}) {
        try {
          models.get(with).merge(models.get(i));
        } catch (IllegalArgumentException | IllegalStateException e) {
          return OptionErrors.modelsDoNotMerge(
              paths.get(with), paths.get(i), FailureReport.message(e));
        }
      }
    }
    return error;
  }
}
