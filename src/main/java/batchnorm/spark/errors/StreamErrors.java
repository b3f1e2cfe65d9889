package batchnorm.spark.errors;

import static batchnorm.spark.errors.ErrorText.error;

import java.util.Locale;

/** Errors of streams, and of the directories with versions of a model that they write. */
public final class StreamErrors {
  private StreamErrors() {}

  public static IllegalArgumentException emptyModelDirectory() {
    return error(
        "modelDirectory is empty; expected the path of a directory for the versions of the model. "
            + "Name one.");
  }

  public static IllegalArgumentException invalidKeptVersions(int found) {
    return error(
        "keptVersions is %d; expected at least 2, as a batch that is repeated needs the version "
            + "before its own. Set 2 or more.",
        found);
  }

  public static IllegalArgumentException notASink(String type) {
    return error(
        "sink is a %s; expected a function of a dataset and the number of the batch. Give one.",
        type);
  }

  public static IllegalArgumentException invalidNormalized(String found) {
    return error(
        "normalized is '%s'; expected 'before' or 'after': with which statistics, those before the "
            + "batch or those after it. Set one of them.",
        found);
  }

  public static IllegalArgumentException notAStream() {
    return error(
        "The dataset is not a stream; expected one, made with readStream. Use BatchNorm.fit, or "
            + "give this batch and its number to onBatch.");
  }

  public static IllegalArgumentException modelInsteadOfVersions(String path) {
    return error(
        "Path %s is a saved model; expected a directory for versions of a model, or none yet. Give "
            + "another directory, and start from that model with BatchNorm.setInitialModel.",
        path);
  }

  public static IllegalArgumentException versionsAreNotReplaced(String path) {
    return error(
        "Path %s holds versions of a model that a stream goes on from; expected the folder of a model "
            + "that may be replaced. Save the model to another path.",
        path);
  }

  public static IllegalArgumentException noCompleteVersion(String path) {
    return error(
        "Model directory %s has no complete version; expected one or more. Wait until the first "
            + "batch is learned, or check the path.",
        path);
  }

  public static IllegalStateException anotherWriter(
      String directory, long version, Exception cause) {
    return new IllegalStateException(
        String.format(
            Locale.ROOT,
            "Model directory %s has version=%d from another writer, written while this one was "
                + "writing; expected one writer at a time. Nothing is lost: that version stays, and "
                + "this batch is not in it. Stop one of the two, and start the query again from its "
                + "checkpoint.",
            directory,
            version),
        cause);
  }

  public static IllegalStateException versionNotKept(String directory, long batchId) {
    return new IllegalStateException(
        String.format(
            Locale.ROOT,
            "Batch %d is to be normalized again, and model directory %s no longer has the "
                + "statistics it was normalized with; expected the last batch of the query. Go on "
                + "from the newest checkpoint, or from a new one, and set keptVersions to more.",
            batchId,
            directory));
  }
}
