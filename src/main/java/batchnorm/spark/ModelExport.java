package batchnorm.spark;

import batchnorm.spark.errors.ExportErrors;
import batchnorm.spark.export.JsonModel;
import batchnorm.spark.export.Numbers;
import batchnorm.spark.export.SingleFile;
import batchnorm.spark.export.TorchFile;
import batchnorm.spark.export.TorchLayer;
import batchnorm.spark.moments.RunningMode;
import java.io.IOException;
import org.apache.spark.sql.SparkSession;

/**
 * Writes a model as a file of another system, on any file system that Spark knows. A file appears
 * under its name when it is complete; one that exists is refused unless {@link #overwrite()} is
 * asked for. Models with groups are refused.
 */
public final class ModelExport {
  private final BatchNormModel model;
  private final Numbers type;
  private final boolean overwrites;

  ModelExport(BatchNormModel model) {
    this(model, Numbers.FLOAT64, false);
  }

  private ModelExport(BatchNormModel model, Numbers type, boolean overwrites) {
    this.model = model;
    this.type = type;
    this.overwrites = overwrites;
  }

  /** Returns the same that replaces a file that exists. */
  public ModelExport overwrite() {
    return new ModelExport(model, type, true);
  }

  /**
   * Returns the same with numbers of another type.
   *
   * @param value float64, the default, or float32; JSON is always float64
   * @throws IllegalArgumentException if it is neither
   */
  public ModelExport dtype(String value) {
    return new ModelExport(model, Numbers.of(value), overwrites);
  }

  /**
   * Writes a safetensors file that a BatchNorm layer of PyTorch takes as its {@code state_dict}:
   * {@code running_mean}, {@code running_var}, {@code weight}, {@code bias} and {@code
   * num_batches_tracked}. In eval mode a layer of the same eps maps as {@link
   * BatchNormModel#transform} does: {@code running_var} is the variance that the model divides by,
   * that of its correction, and 1 for what it divides by nothing. The layer's eps, momentum and
   * names of features stand in the metadata; eps is 0 there for a model without scaling.
   *
   * <p>A layer folds the mean into its bias, so it loses digits of features whose mean is large
   * against their deviation.
   *
   * @throws IllegalArgumentException also if the model is an inverse, or has numbers that float32
   *     cannot hold
   */
  public void toTorch(String path) throws IOException {
    requireNoGroups();
    if (model.isInverted()) {
      throw ExportErrors.inverseIsNoLayer();
    }
    RunningMode mode = model.learned().mode();
    TorchLayer layer =
        TorchLayer.of(
            model.learned().statistics(),
            model.recipe(),
            model.numBatchesTracked(),
            switch (mode) {
              case POOLED -> TorchLayer.Momentum.UNKNOWN;
              case EXPONENTIAL -> TorchLayer.Momentum.of(model.getMomentum());
              case CUMULATIVE -> TorchLayer.Momentum.NONE;
            },
            model.names().given());
    write(path, TorchFile.bytes(layer, type, model.featureNames()));
  }

  /**
   * Writes names, statistics and parameters as JSON, all digits of them, for {@link
   * BatchNormModel#fromJson} and for other programs; {@link JsonModel} describes it. The exact sums
   * are not in it.
   *
   * @throws IllegalArgumentException also if a feature counts as constant by its rows and not by
   *     its statistics, so that what is read would map otherwise
   */
  public void toJson(String path) throws IOException {
    requireNoGroups();
    JsonModel json =
        new JsonModel(model.uid(), JsonParams.of(model), model.learned(), model.names().given());
    requireSameMap(json);
    write(path, json.bytes(model.getCorrection()));
  }

  private void requireSameMap(JsonModel json) {
    var original = model.map();
    var read = model.direction().map(json.known(model.getCorrection()), model.recipe());
    for (int j = 0; j < original.size(); j++) {
      if (!original.feature(j).equals(read.feature(j))) {
        throw ExportErrors.constantByItsRows(model.featureName(j));
      }
    }
  }

  private void requireNoGroups() {
    if (model.groups().isPresent()) {
      throw ExportErrors.groupsAreNotExported(model.getGroupCols());
    }
  }

  private void write(String path, byte[] content) throws IOException {
    SingleFile file = file(path);
    if (overwrites) {
      file.replace(content);
    } else {
      file.create(content);
    }
  }

  /** The file at {@code path}. */
  static SingleFile file(String path) {
    SharedParams.requirePath("path", path);
    return new SingleFile(path, SparkSession.active().sessionState().newHadoopConf());
  }
}
