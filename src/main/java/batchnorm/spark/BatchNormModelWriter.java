package batchnorm.spark;

import org.apache.spark.ml.util.DefaultParamsWriter;
import org.apache.spark.ml.util.MLWriter;
import scala.Option;

/** Writes a model: the statistics first, the metadata that makes it loadable last. */
final class BatchNormModelWriter extends MLWriter {
  private final BatchNormModel model;

  BatchNormModelWriter(BatchNormModel model) {
    this.model = model;
  }

  @Override
  public void saveImpl(String path) {
    model.saved().write(path, sparkSession());
    DefaultParamsWriter.saveMetadata(model, path, sparkSession(), Option.empty(), Option.empty());
  }
}
