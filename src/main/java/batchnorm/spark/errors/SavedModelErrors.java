package batchnorm.spark.errors;

import static batchnorm.spark.errors.ErrorCondition.MODEL_DAMAGED;
import static batchnorm.spark.errors.ErrorCondition.MODEL_NOT_FOUND;
import static batchnorm.spark.errors.ErrorCondition.NEWER_FORMAT;
import static batchnorm.spark.errors.ErrorCondition.WRITE_FAILED;
import static batchnorm.spark.errors.ErrorText.error;
import static batchnorm.spark.errors.ErrorText.stateError;

/** Errors of saved stages and models. */
public final class SavedModelErrors {
  private SavedModelErrors() {}

  public static BatchNormException pathDoesNotExist(String path, String stage) {
    return error(
        MODEL_NOT_FOUND,
        "Path %s does not exist; expected a saved %s. Check the path.",
        path,
        stage);
  }

  public static BatchNormException notAModel(String path, String found) {
    return notAStage(path, "BatchNormModel", found);
  }

  public static BatchNormException notAStage(String path, String stage, String found) {
    return error(
        MODEL_DAMAGED,
        "Path %1$s is not a saved %2$s: %3$s. Give the {path that %2$s.save|folder that fit --model} "
            + "wrote.",
        path,
        stage,
        found);
  }

  /**
   * Names the part of a saved stage that cannot be read, with the message of the innermost cause.
   */
  public static BatchNormException unreadablePart(String path, String part, Throwable why) {
    Throwable innermost = why;
    while (innermost.getCause() != null && innermost.getCause() != innermost) {
      innermost = innermost.getCause();
    }
    String text = innermost.getMessage() == null ? innermost.toString() : innermost.getMessage();
    BatchNormException error =
        error(
            MODEL_DAMAGED,
            "Folder '%s' of the saved stage at %s cannot be read: %s; expected what save wrote. Copy "
                + "the stage again, or check who may read there.",
            part,
            path,
            text.lines().findFirst().orElse(""));
    error.initCause(why);
    return error;
  }

  public static BatchNormException newerFormat(String path, int found, int supported) {
    return error(
        NEWER_FORMAT,
        "The model at %s has format version %d; this library reads versions up to %d. Update "
            + "batchnorm-spark, or save the model with an older one.",
        path,
        found,
        supported);
  }

  public static BatchNormException unfinishedSave(String path) {
    return error(
        MODEL_DAMAGED,
        "Path %s was left by a save that was interrupted; expected the path that was saved to. Load "
            + "that one, or save again.",
        path);
  }

  public static BatchNormIllegalStateException savedBeside(String path, String beside) {
    return stateError(
        WRITE_FAILED,
        "The model that replaces %s is complete at %s and cannot be moved from there; expected a "
            + "folder that can be renamed, and one writer at a time. Move it by hand, or save "
            + "again.",
        path,
        beside);
  }
}
