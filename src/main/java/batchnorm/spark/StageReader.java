package batchnorm.spark;

import batchnorm.spark.model.SavedStage;
import org.apache.spark.ml.param.Params;
import org.apache.spark.ml.util.MLReader;

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
    SharedParams.requirePath("path", given);
    String path = resolve(given);
    SavedStage saved = SavedStage.read(path, stage.getSimpleName(), sparkSession());
    saved.requireClass(stage);
    T read = read(path, saved.uid());
    saved.setParams(read);
    complete(read, path);
    return read;
  }
}
