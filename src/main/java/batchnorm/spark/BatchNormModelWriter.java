package batchnorm.spark;

import batchnorm.spark.model.Groups;
import batchnorm.spark.model.SavedGroups;
import batchnorm.spark.model.SavedModel;
import batchnorm.spark.model.SavedStage;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Writes a model: the statistics first, then those of groups, and the metadata that makes it
 * loadable last.
 */
final class BatchNormModelWriter extends StageWriter {
  private final ModelState model;

  BatchNormModelWriter(ModelState model) {
    super(model.params().stage());
    this.model = model;
  }

  @Override
  public void saveImpl(String path) {
    Optional<Groups> groups = model.groups();
    Map<String, Long> checksums = new LinkedHashMap<>();
    checksums.put(SavedModel.FOLDER, model.saved().write(path, sparkSession()));
    groups.ifPresent(
        written -> checksums.put(SavedGroups.FOLDER, SavedGroups.write(written, path)));
    SavedStage.write(model.params().stage(), checksums, path, sparkSession());
  }
}
