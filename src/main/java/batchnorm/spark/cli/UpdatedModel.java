package batchnorm.spark.cli;

import batchnorm.spark.BatchNormModel;
import batchnorm.spark.errors.OutputErrors;
import java.util.Optional;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import picocli.CommandLine.Option;

/** The model that data is added to, and where the new one goes. */
final class UpdatedModel {
  @Option(
      names = "--model",
      paramLabel = "PATH",
      description =
          "The folder of the fitted model. It is replaced once the new one is complete, unless "
              + "--output-model is given.")
  private String path;

  @Option(
      names = "--output-model",
      paramLabel = "PATH",
      description = "The folder to save the new model to; that of --model then stays as it is.")
  private String output;

  @Option(
      names = "--mode",
      paramLabel = "error|overwrite",
      description = "What to do if the model of --output-model exists (default: error).")
  private Mode mode = Mode.ERROR;

  @Option(
      names = "--handle-invalid",
      paramLabel = "error|skip|keep",
      description =
          "What to do about null, NaN and infinite values in this data (default: as the fit did).")
  private String handleInvalid;

  @Option(
      names = "--momentum",
      paramLabel = "NUMBER",
      description =
          "What this data weighs in exponential running statistics, from 0 to 1 (default: as in "
              + "the model).")
  private Double momentum;

  /** Requires what picocli does not require of an option in a group that is only a heading. */
  void check() {
    UsageErrors.requireOption("--model", path, "the folder of a fitted model");
    if (mode == Mode.APPEND) {
      throw OutputErrors.modelCannotBeAppended();
    }
  }

  String path() {
    return path;
  }

  /** The folder that the new model is saved to. */
  String target() {
    return output == null ? path : output;
  }

  Mode mode() {
    return output == null ? Mode.OVERWRITE : mode;
  }

  /**
   * Returns {@code model} with {@code data} added. What the user wants otherwise than the fit holds
   * for this data alone.
   */
  BatchNormModel update(BatchNormModel model, Dataset<Row> data) {
    BatchNormModel reading = model.copy(ParamMap.empty());
    Optional.ofNullable(handleInvalid).ifPresent(reading::setHandleInvalid);
    Optional.ofNullable(momentum).ifPresent(reading::setMomentum);
    BatchNormModel updated = reading.update(data);
    if (handleInvalid != null) {
      updated.setHandleInvalid(model.getHandleInvalid());
    }
    if (momentum != null) {
      updated.setMomentum(model.getMomentum());
    }
    return updated;
  }
}
