package batchnorm.spark.errors;

import static batchnorm.spark.errors.ErrorCondition.COLUMN_TYPE;
import static batchnorm.spark.errors.ErrorCondition.INVALID_PARAMETER;
import static batchnorm.spark.errors.ErrorCondition.MODEL_DIRECTORY;
import static batchnorm.spark.errors.ErrorCondition.MODEL_NOT_FOUND;
import static batchnorm.spark.errors.ErrorCondition.STREAMING_DATASET;
import static batchnorm.spark.errors.ErrorCondition.VERSION_NOT_KEPT;
import static batchnorm.spark.errors.ErrorCondition.WRITE_CONFLICT;
import static batchnorm.spark.errors.ErrorText.error;
import static batchnorm.spark.errors.ErrorText.stateError;

/** Errors of streams, and of the directories with versions of a model that they write. */
public final class StreamErrors {
  private StreamErrors() {}

  public static BatchNormException emptyModelDirectory() {
    return error(
        INVALID_PARAMETER,
        "modelDirectory is empty; expected the path of a directory for the versions of the model. "
            + "Name one.");
  }

  public static BatchNormException invalidKeptVersions(int found) {
    return error(
        INVALID_PARAMETER,
        "keptVersions is %d; expected at least 2, as a batch that is repeated needs the version "
            + "before its own. Set 2 or more.",
        found);
  }

  public static BatchNormException invalidWindow(int found) {
    return error(
        INVALID_PARAMETER,
        "The window has %d batches; expected 1 or more. Set the number of last batches that the "
            + "statistics are of.",
        found);
  }

  public static BatchNormException invalidDuration(String name, String found) {
    return error(
        INVALID_PARAMETER,
        "%s is %s; expected whole milliseconds, from 1 to 100 million days. Set such a duration.",
        name,
        found);
  }

  public static BatchNormException windowIsNoMultiple(String length, String slide) {
    return error(
        INVALID_PARAMETER,
        "The window is %s and its slide %s; expected a multiple of the slide. Set one.",
        length,
        slide);
  }

  public static BatchNormException timeColWithoutWindow() {
    return error(
        INVALID_PARAMETER,
        "timeCol is set and there is no window of time; expected one. Set a window with a duration, "
            + "or no timeCol.");
  }

  public static BatchNormException slideWithoutTimeCol() {
    return error(
        INVALID_PARAMETER,
        "The window has a slide and timeCol is not set; expected the column of the time. Set it, or "
            + "a window without a slide.");
  }

  public static BatchNormException notATimeColumn(String column, String type) {
    return error(
        COLUMN_TYPE,
        "Column '%s' has type %s; expected a timestamp or a date, the time of each row. Cast it.",
        column,
        type);
  }

  public static BatchNormException windowOfRunningStatistics(String mode) {
    return error(
        INVALID_PARAMETER,
        "A window is set and {runningStatistics} is '%s'; windows go with 'pooled', from which what "
            + "leaves them is subtracted. Set it, or no window.",
        mode);
  }

  public static BatchNormException windowWithInitialModel() {
    return error(
        INVALID_PARAMETER,
        "A window is set and initialModel, too; the rows of that model would never leave the window. "
            + "Clear one of them.");
  }

  public static BatchNormException otherWindow(String directory, String found, String asked) {
    return error(
        MODEL_DIRECTORY,
        "Model directory %s has versions of %s and the stream has %s; expected the same, as other "
            + "rows cannot leave. Set the window as before, or use another directory.",
        directory,
        found.isEmpty() ? "all rows, without a window," : "a window of " + found,
        asked.isEmpty() ? "none" : "one of " + asked);
  }

  public static BatchNormException followedTable(String directory) {
    return error(
        MODEL_DIRECTORY,
        "Model directory %s has versions of a table that is followed; expected none, or those of a "
            + "stream. Choose another directory.",
        directory);
  }

  public static BatchNormException notASink(String type) {
    return error(
        INVALID_PARAMETER,
        "sink is a %s; expected a function of a dataset and the number of the batch. Give one.",
        type);
  }

  public static BatchNormException invalidNormalized(String found) {
    return error(
        INVALID_PARAMETER,
        "normalized is '%s'; expected 'before' or 'after': with which statistics, those before the "
            + "batch or those after it. Set one of them.",
        found);
  }

  public static BatchNormException notAStream() {
    return error(
        STREAMING_DATASET,
        "The dataset is not a stream; expected one, made with readStream. Use BatchNorm.fit, or "
            + "give this batch and its number to onBatch.");
  }

  public static BatchNormException modelInsteadOfVersions(String path) {
    return error(
        MODEL_DIRECTORY,
        "Path %s is a saved model; expected a directory for versions of a model, or none yet. Give "
            + "another directory, and start from that model with BatchNorm.setInitialModel.",
        path);
  }

  public static BatchNormException versionsAreNotReplaced(String path) {
    return error(
        MODEL_DIRECTORY,
        "Path %s holds versions of a model that a stream continues; expected the folder of a model "
            + "that may be replaced. Save the model to another path.",
        path);
  }

  public static BatchNormException noCompleteVersion(String path) {
    return error(
        MODEL_NOT_FOUND,
        "Model directory %s has no complete version; expected one or more. Wait until the first "
            + "batch is learned, or check the path.",
        path);
  }

  public static BatchNormIllegalStateException anotherWriter(
      String directory, long version, Exception cause) {
    BatchNormIllegalStateException error =
        stateError(
            WRITE_CONFLICT,
            "Model directory %s has version=%d from another writer, written while this one was "
                + "writing; expected one writer at a time. Nothing is lost: that version stays, and "
                + "nothing of this one is in it. Stop one of the two, and start the other again: a "
                + "query from its checkpoint, the fit of a table as it was.",
            directory,
            version);
    error.initCause(cause);
    return error;
  }

  public static BatchNormIllegalStateException versionNotKept(String directory, long batchId) {
    return stateError(
        VERSION_NOT_KEPT,
        "Batch %d is to be normalized again, and model directory %s no longer has the "
            + "statistics it was normalized with; expected the last batch of the query. Go on "
            + "from the newest checkpoint, or from a new one, and set keptVersions to more.",
        batchId,
        directory);
  }
}
