package batchnorm.spark.cli;

import batchnorm.spark.BatchNormModel;
import batchnorm.spark.errors.OptionErrors;
import java.io.IOException;
import java.util.List;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.ArgGroup;

/** Makes a model of several saved ones. */
abstract class CombiningCommand extends SparkCommand {
  @ArgGroup(validate = false, heading = "%nResult:%n", order = 14)
  private FitTarget target = new FitTarget();

  /** Returns the paths of the models, which {@code storage} finds. */
  abstract List<String> paths(Storage storage) throws IOException;

  /** Returns the model made of others. */
  abstract BatchNormModel combined(List<BatchNormModel> models);

  /** Says what was done with {@code count} models. */
  abstract String done(int count);

  @Override
  void check() {
    target.check();
  }

  @Override
  void run(SparkSession session, Storage storage) throws IOException {
    List<String> paths = paths(storage);
    target.addTo(new PathRules(storage).readsModels(paths)).check();
    BatchNormModel combined = target.save(storage, () -> combinedOf(paths));
    print(SummaryTable.of(combined, LISTED));
    tell(done(paths.size()) + ", rows: " + combined.count());
    tell("Saved the model to " + target.model());
  }

  private BatchNormModel combinedOf(List<String> paths) {
    List<BatchNormModel> loaded = paths.stream().map(BatchNormModel::load).toList();
    try {
      return combined(loaded);
    } catch (IllegalArgumentException | IllegalStateException e) {
      throw culprit(paths, loaded, e);
    }
  }

  /** Finds the model, or else the pair, that causes the error, which does not know their paths. */
  private RuntimeException culprit(
      List<String> paths, List<BatchNormModel> models, RuntimeException error) {
    for (int i = 0; i < models.size(); i++) {
      BatchNormModel one = models.get(i);
      try {
        one.merge(one);
      } catch (IllegalArgumentException | IllegalStateException e) {
        return OptionErrors.modelsDoNotCombine(
            paths.get(i), paths.get(i), FailureReport.message(e));
      }
      try {
        if (i > 0) {
          combined(List.of(models.get(0), one));
        }
      } catch (IllegalArgumentException | IllegalStateException e) {
        return OptionErrors.modelsDoNotCombine(
            paths.get(0), paths.get(i), FailureReport.message(e));
      }
    }
    return error;
  }
}
