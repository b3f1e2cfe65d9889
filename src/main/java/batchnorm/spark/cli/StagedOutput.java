package batchnorm.spark.cli;

import batchnorm.spark.BatchNormModel;
import batchnorm.spark.errors.OutputErrors;
import batchnorm.spark.files.AtomicPath;
import batchnorm.spark.files.LiteralPath;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.apache.hadoop.fs.FSError;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * A folder or a file that is written beside its place, under a hidden name that Spark does not
 * read, and moved there once it is complete. The old output stays until then, and a half-written
 * one is never visible; output that is not moved is deleted, also if the process is stopped. On
 * object stores a move copies.
 */
final class StagedOutput implements AutoCloseable {
  private final String asked;
  private final FileSystem files;
  private final Path target;
  private final AtomicPath place;
  private final Outcome outcome;

  /** Files of the existing model, with their sizes, when this object was created. */
  private Set<String> before;

  private StagedOutput(FileSystem files, String path, Outcome outcome) throws IOException {
    this.outcome = outcome;
    asked = path;
    this.files = files;
    target = files.makeQualified(LiteralPath.of(path));
    place = new AtomicPath(files, target);
  }

  /** Creates the folder before any work, to fail early if nothing can be written. */
  static StagedOutput folder(Storage storage, String path) throws IOException {
    StagedOutput folder =
        new StagedOutput(storage.files(LiteralPath.of(path)), path, storage.outcome());
    if (!folder.isMade()) {
      throw OutputErrors.cannotWrite(path);
    }
    folder.deleteOnExit();
    return folder;
  }

  /** Creates the folder of a new model, and remembers the files of the one it may replace. */
  static StagedOutput model(Storage storage, String path) throws IOException {
    StagedOutput model = folder(storage, path);
    model.before = model.place.contents();
    return model;
  }

  /** Makes a file before any work. */
  static StagedOutput file(Storage storage, String path) throws IOException {
    StagedOutput file =
        new StagedOutput(
            AtomicPath.withoutChecksums(storage.files(LiteralPath.of(path))),
            path,
            storage.outcome());
    file.write("");
    file.deleteOnExit();
    return file;
  }

  /** Hadoop deletes only what is there when it is asked. */
  private void deleteOnExit() throws IOException {
    files.deleteOnExit(place.staged());
  }

  private boolean isMade() {
    try {
      return place.reserve();
    } catch (IOException | FSError e) {
      return false;
    }
  }

  /** Returns where to write. */
  String path() {
    return place.staged().toString();
  }

  /** Writes the file, in UTF-8. */
  void write(String text) {
    try {
      place.write(text.getBytes(StandardCharsets.UTF_8));
    } catch (IOException | FSError e) {
      throw OutputErrors.cannotWrite(asked);
    }
  }

  /** Saves the model. */
  void save(BatchNormModel model) throws IOException {
    model.save(path());
  }

  /** Moves the result to its place, replacing an existing output if {@code mode} allows it. */
  void commit(Mode mode) throws IOException {
    outcome.begin(asked);
    if (mode == Mode.OVERWRITE ? !place.replace() : !place.create()) {
      throw mode != Mode.OVERWRITE && files.exists(target)
          ? OutputErrors.madeMeanwhile(asked)
          : OutputErrors.cannotMove(asked);
    }
    complete();
  }

  /** Notes that the output is in place, and deletes those that interrupted commands left. */
  private void complete() throws IOException {
    outcome.complete();
    files.cancelDeleteOnExit(place.staged());
    place.clean();
  }

  /** Moves the model to its place, unless somebody else has written there since. */
  void commitModel() throws IOException {
    outcome.begin(asked);
    if (!place.replaceUnchanged(before)) {
      throw before.equals(place.contents())
          ? OutputErrors.cannotMove(asked)
          : OutputErrors.changedMeanwhile(asked);
    }
    complete();
  }

  @Override
  public void close() throws IOException {
    place.discard();
  }
}
