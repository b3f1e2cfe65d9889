package batchnorm.spark;

import batchnorm.spark.columns.FeatureSummary;
import batchnorm.spark.model.SavedGroups;
import batchnorm.spark.model.SavedStage;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;

/**
 * Saved model without groups, read without a Spark session.
 *
 * @param model the model
 * @param features the rows of its {@link BatchNormModel#summary() summary}
 */
public record PlainModel(BatchNormModel model, List<FeatureSummary> features) {
  /**
   * Loads a model like {@link BatchNormModel#load}; empty for a model with groups, which needs
   * Spark.
   *
   * @param path the path of the model or of its versions
   * @param configuration the configuration of the file systems
   */
  public static Optional<PlainModel> load(String path, Configuration configuration) {
    SavedStage saved = StageReader.saved(path, BatchNormModel.class, configuration);
    if (SavedGroups.exist(saved.path(), configuration)) {
      return Optional.empty();
    }
    BatchNormModel model = BatchNormModel.ofAllRows(saved);
    return model.isSet(model.groupCols())
        ? Optional.empty()
        : Optional.of(new PlainModel(model, model.featuresOfAllRows()));
  }
}
