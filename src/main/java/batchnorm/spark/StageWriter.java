package batchnorm.spark;

import batchnorm.spark.errors.OutputErrors;
import batchnorm.spark.errors.SavedModelErrors;
import batchnorm.spark.files.AtomicPath;
import batchnorm.spark.files.LiteralPath;
import batchnorm.spark.model.ModelVersions;
import batchnorm.spark.model.SavedStage;
import java.io.IOException;
import java.util.Map;
import java.util.function.BiFunction;
import org.apache.hadoop.fs.FSError;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.ml.param.Params;
import org.apache.spark.ml.util.MLWriter;
import org.apache.spark.sql.SparkSession;

/** Writes a stage: first its tables, then the metadata, without which it cannot be loaded. */
final class StageWriter extends MLWriter {
  private final Params stage;
  private final BiFunction<String, SparkSession, Map<String, Long>> tables;

  private StageWriter(Params stage, BiFunction<String, SparkSession, Map<String, Long>> tables) {
    this.stage = stage;
    this.tables = tables;
  }

  /**
   * Returns a writer of a stage.
   *
   * @param tables writes the stage's tables below a path, and returns their checksums by folder
   */
  static MLWriter of(Params stage, BiFunction<String, SparkSession, Map<String, Long>> tables) {
    return new StageWriter(stage, tables);
  }

  /**
   * Saves the stage. An overwritten stage is deleted when the new one is complete, and not before,
   * as in Spark: a model may be reading its groups from there. An interrupted save is completed or
   * cleaned up first. A folder that is staged by another {@link AtomicPath} is written directly.
   *
   * @throws IllegalArgumentException if versions of a model would be overwritten, since a stream
   *     resumes from them
   */
  @Override
  public void save(String path) throws IOException {
    SharedParams.requirePath(path);
    Path given = LiteralPath.of(path);
    FileSystem files = given.getFileSystem(sparkSession().sessionState().newHadoopConf());
    Path target = files.makeQualified(given);
    AtomicPath place = new AtomicPath(files, target);
    try {
      if (AtomicPath.isStaged(target)) {
        saveImpl(given.toString());
        return;
      }
      place.recover();
      if (shouldOverwrite()) {
        new ModelVersions(path, files.getConf()).requireReplaceable();
        replace(path, place);
      } else {
        super.save(given.toString());
      }
      place.clean();
    } catch (FSError e) {
      throw OutputErrors.diskFailed(path, e.getCause());
    }
  }

  private void replace(String path, AtomicPath place) throws IOException {
    String staged = place.staged().toString();
    try {
      if (!place.reserve()) {
        throw OutputErrors.cannotWrite(path);
      }
      saveImpl(staged);
    } catch (Exception | FSError e) {
      place.discard();
      throw e;
    }
    if (!place.replace()) {
      throw SavedModelErrors.savedBeside(path, staged);
    }
  }

  @Override
  public void saveImpl(String path) {
    Map<String, Long> checksums = tables.apply(path, sparkSession());
    SavedStage.write(stage, checksums, path, sparkSession());
  }
}
