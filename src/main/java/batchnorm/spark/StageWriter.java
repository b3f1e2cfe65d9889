package batchnorm.spark;

import batchnorm.spark.files.LiteralPath;
import batchnorm.spark.model.SavedStage;
import java.io.IOException;
import java.util.Map;
import org.apache.spark.ml.param.Params;
import org.apache.spark.ml.util.MLWriter;

/** Writes a stage that is its params. */
final class StageWriter extends MLWriter {
  private final Params stage;

  StageWriter(Params stage) {
    this.stage = stage;
  }

  @Override
  public void save(String path) throws IOException {
    SharedParams.requirePath("path", path);
    super.save(LiteralPath.of(path).toString());
  }

  @Override
  public void saveImpl(String path) {
    SavedStage.write(stage, Map.of(), path, sparkSession());
  }
}
