package batchnorm.spark;

import batchnorm.spark.errors.Errors;
import batchnorm.spark.model.SavedModel;
import org.apache.spark.ml.util.DefaultParamsReader;
import org.apache.spark.ml.util.MLReader;
import scala.Option;

/** Reads what {@link BatchNormModelWriter} wrote. */
final class BatchNormModelReader extends MLReader<BatchNormModel> {

  @Override
  public BatchNormModel load(String path) {
    SavedModel.requireModel(path, sparkSession());
    DefaultParamsReader.Metadata metadata =
        DefaultParamsReader.loadMetadata(path, sparkSession(), "");
    if (!metadata.className().equals(BatchNormModel.class.getName())) {
      throw Errors.notAModel(path, "it holds a " + metadata.className());
    }
    SavedModel saved = SavedModel.read(path, sparkSession());
    BatchNormModel model = new BatchNormModel(metadata.uid(), saved);
    metadata.getAndSetParams(model, Option.empty());
    return model;
  }
}
