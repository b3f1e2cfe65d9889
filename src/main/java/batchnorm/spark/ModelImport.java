package batchnorm.spark;

import batchnorm.spark.columns.FeatureNames;
import batchnorm.spark.export.JsonModel;
import batchnorm.spark.export.TorchLayer;
import batchnorm.spark.moments.Statistics;
import batchnorm.spark.normalize.ExponentialAverage;
import batchnorm.spark.normalize.Learned;
import batchnorm.spark.normalize.RunningMode;
import java.util.Optional;
import org.apache.spark.ml.util.Identifiable$;

/** Makes models of what was read from files of other systems. */
final class ModelImport {
  private ModelImport() {}

  static BatchNormModel of(JsonModel json, String file) {
    BatchNormModel model = new BatchNormModel(json.uid(), json.learned(), names(json.names()));
    JsonParams.set(model, json.parameters(), file);
    model.requireApplicable();
    return model;
  }

  static BatchNormModel of(TorchLayer layer) {
    boolean goesOn = !layer.momentum().isPlainAverage();
    Learned learned =
        goesOn
            ? Learned.known(new ExponentialAverage(layer.mean(), layer.variance(), layer.batches()))
            : Learned.known(Statistics.known(layer.mean(), layer.variance()));
    BatchNormModel model =
        new BatchNormModel(
            Identifiable$.MODULE$.randomUID("batchNorm"), learned, names(layer.names()));
    model.setEps(layer.eps());
    if (goesOn) {
      model.setRunningStatistics(RunningMode.EXPONENTIAL.text());
      layer.momentum().value().ifPresent(model::setMomentum);
    }
    layer.weight().ifPresent(model::setGamma);
    layer.bias().ifPresent(model::setBeta);
    return model;
  }

  private static FeatureNames names(Optional<String[]> names) {
    return names.map(FeatureNames::of).orElse(FeatureNames.UNNAMED);
  }
}
