package batchnorm.spark.errors;

import static batchnorm.spark.errors.ErrorText.error;

import java.util.Locale;

/** Errors of saved stages and models. */
public final class SavedModelErrors {
  private SavedModelErrors() {}

  public static IllegalArgumentException pathDoesNotExist(String path, String stage) {
    return error("Path %s does not exist; expected a saved %s. Check the path.", path, stage);
  }

  public static IllegalArgumentException notAModel(String path, String found) {
    return notAStage(path, "BatchNormModel", found);
  }

  public static IllegalArgumentException notAStage(String path, String stage, String found) {
    return error(
        "Path %s is not a saved %s: %s. Give the path that %s.save wrote.",
        path, stage, found, stage);
  }

  /** Says which part of a saved stage cannot be read, and why as the innermost cause has it. */
  public static IllegalArgumentException unreadablePart(String path, String part, Throwable why) {
    Throwable innermost = why;
    while (innermost.getCause() != null && innermost.getCause() != innermost) {
      innermost = innermost.getCause();
    }
    String text = innermost.getMessage() == null ? innermost.toString() : innermost.getMessage();
    IllegalArgumentException error =
        error(
            "Folder '%s' of the saved stage at %s cannot be read: %s; expected what save wrote. Copy "
                + "the stage again, or check who may read there.",
            part, path, text.lines().findFirst().orElse(""));
    error.initCause(why);
    return error;
  }

  public static IllegalArgumentException newerFormat(String path, int found, int supported) {
    return error(
        "The model at %s has format version %d; this library reads versions up to %d. Update "
            + "batchnorm-spark, or save the model with an older one.",
        path, found, supported);
  }

  public static IllegalArgumentException unfinishedSave(String path) {
    return error(
        "Path %s was left by a save that was interrupted; expected the path that was saved to. Load "
            + "that one, or save again.",
        path);
  }

  public static IllegalStateException savedBeside(String path, String beside) {
    return new IllegalStateException(
        String.format(
            Locale.ROOT,
            "The model that replaces %s is complete at %s and cannot be moved from there; expected a "
                + "folder that can be renamed, and one writer at a time. Move it by hand, or save "
                + "again.",
            path,
            beside));
  }
}
