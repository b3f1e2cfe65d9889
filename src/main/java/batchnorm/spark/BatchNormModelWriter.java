package batchnorm.spark;

import batchnorm.spark.errors.Errors;
import batchnorm.spark.files.LiteralPath;
import batchnorm.spark.groups.Groups;
import batchnorm.spark.groups.SavedGroups;
import batchnorm.spark.model.ModelVersions;
import batchnorm.spark.model.SavedModel;
import batchnorm.spark.model.SavedStage;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.ml.util.MLWriter;

/**
 * Writes a model: the statistics first, then those of groups, and the metadata that makes it
 * loadable last.
 */
final class BatchNormModelWriter extends MLWriter {
  private final BatchNormModel model;

  BatchNormModelWriter(BatchNormModel model) {
    this.model = model;
  }

  /**
   * Saves the model. What is overwritten is deleted when the model is complete beside it, and not
   * before, as Spark does: the model may be reading its groups from there.
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
    if (!shouldOverwrite() || !files.exists(target)) {
      super.save(given.toString());
      return;
    }
    new ModelVersions(path, files.getConf()).requireReplaceable();
    String unique = UUID.randomUUID().toString();
    Path beside = LiteralPath.sibling(target, "." + target.getName() + ".new-" + unique);
    Path replaced = LiteralPath.sibling(target, "." + target.getName() + ".old-" + unique);
    try {
      saveImpl(beside.toString());
    } catch (Exception e) {
      files.delete(beside, true);
      throw e;
    }
    boolean moved = false;
    try {
      // Onto a folder that exists, Hadoop's rename moves into it.
      moved =
          files.rename(target, replaced) && !files.exists(target) && files.rename(beside, target);
    } finally {
      if (!moved && files.exists(replaced) && !files.exists(target)) {
        files.rename(replaced, target);
      }
    }
    if (!moved) {
      throw Errors.savedBeside(path, beside.toString());
    }
    files.delete(replaced, true);
  }

  @Override
  public void saveImpl(String path) {
    Optional<Groups> groups = model.groups();
    Map<String, Long> checksums = new LinkedHashMap<>();
    checksums.put(SavedModel.FOLDER, model.saved().write(path, sparkSession()));
    groups.ifPresent(
        written -> checksums.put(SavedGroups.FOLDER, SavedGroups.write(written, path)));
    SavedStage.write(model, checksums, path, sparkSession());
  }
}
