package batchnorm.spark.cli;

import batchnorm.spark.errors.Errors;
import batchnorm.spark.export.FileMove;
import batchnorm.spark.files.LiteralPath;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * A file that is written beside its place, under a hidden name, and moved there once it is
 * complete, as {@link StagedFolder} does it with folders.
 */
final class StagedFile implements AutoCloseable {
  private final FileSystem files;
  private final String asked;
  private final Path target;
  private final Path staged;

  StagedFile(Storage storage, String path) throws IOException {
    asked = path;
    files = FileMove.withoutChecksums(storage.files(LiteralPath.of(path)));
    target = files.makeQualified(LiteralPath.of(path));
    String unique = UUID.randomUUID().toString().substring(0, 8);
    staged = LiteralPath.sibling(target, "." + target.getName() + ".new-" + unique);
    // Made before any work, which is in vain where nothing can be written.
    write("");
    files.deleteOnExit(staged);
  }

  /** Writes the file, in UTF-8; it is in place after {@link #commit()}. */
  void write(String text) {
    try (OutputStream out = files.create(staged, true)) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw Errors.cannotWrite(asked);
    }
  }

  /** Moves the file to its place, where a file may be if {@code mode} says that it is replaced. */
  void commit(Mode mode) throws IOException {
    if (mode != Mode.OVERWRITE && files.exists(target)) {
      throw Errors.madeMeanwhile(asked);
    }
    boolean moved =
        mode == Mode.OVERWRITE
            ? FileMove.replace(files, staged, target)
            : FileMove.create(files, staged, target);
    if (!moved) {
      throw Errors.cannotMove(asked);
    }
    files.cancelDeleteOnExit(staged);
  }

  @Override
  public void close() throws IOException {
    files.delete(staged, false);
  }
}
