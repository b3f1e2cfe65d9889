package batchnorm.spark.cli;

import batchnorm.spark.errors.Errors;
import batchnorm.spark.files.FolderReplacement;
import batchnorm.spark.files.LiteralPath;
import java.io.IOException;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * A folder that is written beside its place, under a hidden name that Spark does not read, and
 * moved there once it is complete. What was there before stays until then, and nothing half-written
 * is ever in the place; what is not moved is deleted, also if the process is stopped. On object
 * stores a move copies.
 */
final class StagedFolder implements AutoCloseable {
  private final Storage storage;
  private final FileSystem files;
  private final String asked;
  private final Path target;
  private final Path staged;
  private final Path replaced;

  StagedFolder(Storage storage, String path) throws IOException {
    asked = path;
    this.storage = storage;
    files = storage.files(LiteralPath.of(path));
    target = files.makeQualified(LiteralPath.of(path));
    String unique = UUID.randomUUID().toString().substring(0, 8);
    staged = LiteralPath.sibling(target, "." + target.getName() + ".new-" + unique);
    replaced = LiteralPath.sibling(target, "." + target.getName() + ".old-" + unique);
    if (!isMade(staged)) {
      throw Errors.cannotWrite(path);
    }
    files.deleteOnExit(staged);
  }

  private boolean isMade(Path folder) {
    try {
      return files.mkdirs(folder);
    } catch (IOException e) {
      return false;
    }
  }

  /** Where to write. */
  String path() {
    return staged.toString();
  }

  /** Where to write, for writers that make the folder themselves. */
  String emptied() throws IOException {
    files.delete(staged, true);
    return path();
  }

  /** Moves the folder to its place, in that of whatever is there. */
  void commit() throws IOException {
    replace(Optional.empty());
  }

  /** Moves the folder to its place, where nobody has written since. */
  void commitNew() throws IOException {
    if (!FolderReplacement.move(files, staged, target)) {
      throw files.exists(target) ? Errors.madeMeanwhile(asked) : Errors.cannotMove(asked);
    }
    files.cancelDeleteOnExit(staged);
  }

  /**
   * Moves the folder to its place, unless somebody else has written there since.
   *
   * @param before what {@link Storage#contents} said of the place
   */
  void commitOver(Set<String> before) throws IOException {
    replace(Optional.of(before));
  }

  private void replace(Optional<Set<String>> before) throws IOException {
    boolean replaces = files.exists(target);
    boolean moved = false;
    try {
      if (replaces && !files.rename(target, replaced)) {
        throw Errors.cannotMove(asked);
      }
      // Looked at when it has been moved, so that nobody can write there any more.
      if (before.isPresent() && !before.get().equals(storage.contents(replaced.toString()))) {
        throw Errors.changedMeanwhile(asked);
      }
      moved = FolderReplacement.move(files, staged, target);
      if (!moved) {
        throw Errors.cannotMove(asked);
      }
    } finally {
      if (!moved && replaces && files.exists(replaced) && !files.exists(target)) {
        files.rename(replaced, target);
      }
    }
    if (replaces) {
      files.delete(replaced, true);
    }
    files.cancelDeleteOnExit(staged);
  }

  @Override
  public void close() throws IOException {
    files.delete(staged, true);
  }
}
