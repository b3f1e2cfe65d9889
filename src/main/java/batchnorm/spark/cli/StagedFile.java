package batchnorm.spark.cli;

import batchnorm.spark.errors.Errors;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
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
  private final Path replaced;

  StagedFile(Storage storage, String path) throws IOException {
    asked = path;
    FileSystem found = storage.files(new Path(path));
    // People look at this file and send it on: without the .crc file that Hadoop puts beside
    // others.
    files = found instanceof LocalFileSystem local ? local.getRawFileSystem() : found;
    target = files.makeQualified(new Path(path));
    String unique = UUID.randomUUID().toString().substring(0, 8);
    staged = new Path(target.getParent(), "." + target.getName() + ".new-" + unique);
    replaced = new Path(target.getParent(), "." + target.getName() + ".old-" + unique);
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

  /** Moves the file to its place. */
  void commit() throws IOException {
    boolean replaces = files.exists(target);
    if (replaces && !files.rename(target, replaced)) {
      throw Errors.cannotMove(asked);
    }
    if (!files.rename(staged, target)) {
      if (replaces) {
        files.rename(replaced, target);
      }
      throw Errors.cannotMove(asked);
    }
    if (replaces) {
      files.delete(replaced, false);
    }
    files.cancelDeleteOnExit(staged);
  }

  @Override
  public void close() throws IOException {
    files.delete(staged, false);
  }
}
