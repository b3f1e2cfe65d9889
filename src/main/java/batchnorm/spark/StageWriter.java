package batchnorm.spark;

import batchnorm.spark.errors.Errors;
import batchnorm.spark.files.FolderReplacement;
import batchnorm.spark.files.LiteralPath;
import batchnorm.spark.model.ModelVersions;
import batchnorm.spark.model.SavedStage;
import java.io.IOException;
import java.util.Map;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.ml.param.Params;
import org.apache.spark.ml.util.MLWriter;

/** Writes a stage that is its params. */
class StageWriter extends MLWriter {
  private final Params stage;

  StageWriter(Params stage) {
    this.stage = stage;
  }

  /**
   * Saves the stage. What is overwritten is deleted when the new one is complete, and not before,
   * as Spark does: a model may be reading its groups from there. What an interrupted save has left
   * is finished first, and cleared at the end.
   *
   * @throws IllegalArgumentException if versions of a model would be overwritten, which a stream
   *     goes on from
   */
  @Override
  public void save(String path) throws IOException {
    SharedParams.requirePath("path", path);
    Path given = LiteralPath.of(path);
    FileSystem files = given.getFileSystem(sparkSession().sessionState().newHadoopConf());
    Path target = files.makeQualified(given);
    FolderReplacement.recover(files, target);
    if (shouldOverwrite() && files.exists(target)) {
      new ModelVersions(path, files.getConf()).requireReplaceable();
      replace(path, files, new FolderReplacement(files, target));
    } else {
      super.save(given.toString());
    }
    FolderReplacement.clean(files, target);
  }

  private void replace(String path, FileSystem files, FolderReplacement replacement)
      throws IOException {
    Path staged = replacement.staged();
    try {
      saveImpl(staged.toString());
    } catch (Exception e) {
      files.delete(staged, true);
      throw e;
    }
    if (!replacement.commit()) {
      throw Errors.savedBeside(path, staged.toString());
    }
  }

  @Override
  public void saveImpl(String path) {
    SavedStage.write(stage, Map.of(), path, sparkSession());
  }
}
