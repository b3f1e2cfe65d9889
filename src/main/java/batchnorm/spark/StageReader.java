package batchnorm.spark;

import batchnorm.spark.compat.RunningSpark;
import batchnorm.spark.errors.Errors;
import batchnorm.spark.files.AtomicPath;
import batchnorm.spark.files.LiteralPath;
import batchnorm.spark.model.SavedStage;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamMap;
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
    RunningSpark.requireOwn();
    this.stage = stage;
  }

  /** Returns the path of the one stage that is to be read from {@code path}. */
  String resolve(String path) {
    return path;
  }

  /** Returns the stage that was saved; its params are set afterwards. */
  abstract T read(String path, SavedStage saved);

  /** Reads what only a stage with its params can be given. */
  void complete(T stage, String path, SavedStage saved) {}

  @Override
  public T load(String given) {
    SharedParams.requirePath("path", given);
    requireFinished(given);
    String path = resolve(given);
    SavedStage saved = SavedStage.read(path, stage.getSimpleName(), sparkSession());
    saved.requireClass(stage);
    T read = read(path, saved);
    ParamMap defaults = defaults(read);
    saved.setParams(read);
    setFormerDefaults(read, defaults);
    complete(read, path, saved);
    return read;
  }

  private static ParamMap defaults(Params stage) {
    ParamMap defaults = ParamMap.empty();
    for (Param<?> param : stage.params()) {
      putDefault(stage, param, defaults);
    }
    return defaults;
  }

  private static <V> void putDefault(Params stage, Param<V> param, ParamMap defaults) {
    if (stage.hasDefault(param)) {
      defaults.put(param, stage.getOrDefault(param));
    }
  }

  /**
   * Sets the params whose default was another one when the stage was saved. As a mere default the
   * saved value would not be sent over Spark Connect.
   */
  private static void setFormerDefaults(Params stage, ParamMap defaults) {
    for (Param<?> param : stage.params()) {
      setFormerDefault(stage, param, defaults);
    }
  }

  private static <V> void setFormerDefault(Params stage, Param<V> param, ParamMap defaults) {
    if (stage.hasDefault(param) && !stage.isSet(param)) {
      V saved = stage.getOrDefault(param);
      if (!defaults.contains(param) || !defaults.apply(param).equals(saved)) {
        stage.set(param, saved);
      }
    }
  }

  /** Finishes a save that was interrupted between its two renames; loads none that was before. */
  private void requireFinished(String given) {
    Path path = LiteralPath.of(given);
    try {
      FileSystem files = path.getFileSystem(sparkSession().sessionState().newHadoopConf());
      Path target = files.makeQualified(path);
      if (AtomicPath.isStaged(target)) {
        throw Errors.unfinishedSave(given);
      }
      new AtomicPath(files, target).recover();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
