package batchnorm.spark;

import batchnorm.spark.compat.RunningSpark;
import batchnorm.spark.errors.SavedModelErrors;
import batchnorm.spark.files.AtomicPath;
import batchnorm.spark.files.LiteralPath;
import batchnorm.spark.model.ModelVersions;
import batchnorm.spark.model.SavedStage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.function.BiFunction;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.ml.Model;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.param.Params;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.sql.SparkSession;

/**
 * Reads a saved stage; for a path without one, the error tells what the path is.
 *
 * @param <T> the stage
 */
final class StageReader<T extends Params> extends MLReader<T> {
  private final Class<T> stage;
  private final BiFunction<SavedStage, SparkSession, T> content;

  private StageReader(Class<T> stage, BiFunction<SavedStage, SparkSession, T> content) {
    RunningSpark.requireOwn();
    this.stage = stage;
    this.content = content;
  }

  /**
   * Returns a reader of stages of a class.
   *
   * @param content creates the stage, {@link #withParams}, from the saved one
   */
  static <T extends Params> MLReader<T> of(
      Class<T> stage, BiFunction<SavedStage, SparkSession, T> content) {
    return new StageReader<>(stage, content);
  }

  @Override
  public T load(String given) {
    Configuration configuration = sparkSession().sessionState().newHadoopConf();
    return content.apply(saved(given, stage, configuration), sparkSession());
  }

  /** Returns the saved stage at {@code given}, and requires that it has the class {@code stage}. */
  static SavedStage saved(
      String given, Class<? extends Params> stage, Configuration configuration) {
    SharedParams.requirePath(given);
    requireFinished(given, configuration);
    String path =
        Model.class.isAssignableFrom(stage) ? ModelVersions.newestIn(given, configuration) : given;
    SavedStage saved = SavedStage.read(path, stage.getSimpleName(), configuration);
    saved.requireClass(stage);
    return saved;
  }

  /**
   * Returns the new {@code stage} with the saved params. A saved default that differs from the
   * present one is set as a value: Spark Connect does not send defaults.
   */
  static <T extends Params> T withParams(SavedStage saved, T stage) {
    ParamMap defaults = stage.extractParamMap();
    saved.setParams(stage);
    for (Param<?> param : stage.params()) {
      setFormerDefault(stage, param, defaults);
    }
    return stage;
  }

  private static <V> void setFormerDefault(Params stage, Param<V> param, ParamMap defaults) {
    if (stage.hasDefault(param) && !stage.isSet(param)) {
      V saved = stage.getOrDefault(param);
      if (!defaults.contains(param) || !defaults.apply(param).equals(saved)) {
        stage.set(param, saved);
      }
    }
  }

  /**
   * Completes a save that was interrupted between its two renames. The path of an incomplete save
   * is an error.
   */
  private static void requireFinished(String given, Configuration configuration) {
    Path path = LiteralPath.of(given);
    try {
      FileSystem files = path.getFileSystem(configuration);
      Path target = files.makeQualified(path);
      if (AtomicPath.isStaged(target)) {
        throw SavedModelErrors.unfinishedSave(given);
      }
      new AtomicPath(files, target).recover();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
