package batchnorm.spark;

import batchnorm.spark.errors.Errors;
import batchnorm.spark.internal.StageMetadata;
import batchnorm.spark.model.SavedModel;
import org.apache.spark.ml.param.Params;
import org.apache.spark.ml.util.DefaultParamsReader;
import org.apache.spark.ml.util.MLReader;
import scala.Option;

/**
 * Reads a saved stage, and says what is wrong with a path that holds none.
 *
 * @param <T> the stage
 */
abstract class StageReader<T extends Params> extends MLReader<T> {
  private final Class<T> stage;

  StageReader(Class<T> stage) {
    this.stage = stage;
  }

  /** Returns the path of the one stage that is to be read from {@code path}. */
  String resolve(String path) {
    return path;
  }

  /** Returns the stage whose uid was saved; its params are set afterwards. */
  abstract T read(String path, String uid);

  /** Reads what only a stage with its params can be given. */
  void complete(T stage, String path) {}

  @Override
  public T load(String given) {
    String path = resolve(given);
    SavedModel.requireStage(path, stage.getSimpleName(), sparkSession());
    DefaultParamsReader.Metadata metadata = StageMetadata.load(path, sparkSession());
    if (!metadata.className().equals(stage.getName())) {
      throw Errors.notAStage(path, stage.getSimpleName(), "it holds a " + metadata.className());
    }
    T read = read(path, metadata.uid());
    metadata.getAndSetParams(read, Option.empty());
    complete(read, path);
    return read;
  }
}
