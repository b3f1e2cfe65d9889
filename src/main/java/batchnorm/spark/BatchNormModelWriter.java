package batchnorm.spark;

import batchnorm.spark.errors.Errors;
import batchnorm.spark.groups.Groups;
import batchnorm.spark.groups.SavedGroups;
import java.io.IOException;
import java.util.Optional;
import java.util.UUID;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.ml.util.DefaultParamsWriter;
import org.apache.spark.ml.util.MLWriter;
import scala.Option;

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
   */
  @Override
  public void save(String path) throws IOException {
    FileSystem files = new Path(path).getFileSystem(sparkSession().sessionState().newHadoopConf());
    Path target = files.makeQualified(new Path(path));
    if (!shouldOverwrite() || !files.exists(target)) {
      super.save(path);
      return;
    }
    Path beside = new Path(target.getParent(), "." + target.getName() + "." + UUID.randomUUID());
    try {
      saveImpl(beside.toString());
      files.delete(target, true);
      if (!files.rename(beside, target)) {
        throw Errors.savedBeside(path, beside.toString());
      }
    } catch (Exception e) {
      if (files.exists(target)) {
        files.delete(beside, true);
      }
      throw e;
    }
  }

  @Override
  public void saveImpl(String path) {
    Optional<Groups> groups = model.groups();
    model.saved().write(path, sparkSession());
    groups.ifPresent(written -> SavedGroups.write(written, path));
    DefaultParamsWriter.saveMetadata(model, path, sparkSession(), Option.empty(), Option.empty());
  }
}
