package batchnorm.spark;

import batchnorm.spark.groups.SavedGroups;
import org.apache.spark.ml.util.DefaultParamsWriter;
import org.apache.spark.ml.util.MLWriter;
import scala.Option;

/**
 * Writes a model: the statistics first, then those of groups, and the metadata that makes it
 * loadable last.
 */
final class BatchNormModelWriter extends MLWriter {
  private final BatchNormModel model;

  BatchNormModelWriter(BatchNormModel model) {
    this.model = model;
  }

  @Override
  public void saveImpl(String path) {
    model.saved().write(path, sparkSession());
    model.groups().ifPresent(groups -> SavedGroups.write(groups, path));
    DefaultParamsWriter.saveMetadata(model, path, sparkSession(), Option.empty(), Option.empty());
  }
}
