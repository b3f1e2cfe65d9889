package batchnorm.spark.export;

import batchnorm.spark.errors.ExportErrors;
import batchnorm.spark.errors.OutputErrors;
import batchnorm.spark.files.AtomicPath;
import batchnorm.spark.files.LiteralPath;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSError;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * File on any file system of Hadoop. It is written under a hidden name in the same folder, and
 * renamed when it is complete.
 */
public final class SingleFile {
  private final String asked;
  private final FileSystem files;
  private final Path path;

  /** Returns the file at a path, which may have a scheme. */
  public SingleFile(String path, Configuration configuration) {
    asked = path;
    Path given = LiteralPath.of(path);
    try {
      files = AtomicPath.withoutChecksums(given.getFileSystem(configuration));
      this.path = files.makeQualified(given);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The user's name of the file. */
  String name() {
    return asked;
  }

  /**
   * Creates the file.
   *
   * @throws IllegalArgumentException if it exists
   */
  public void create(byte[] content) throws IOException {
    AtomicPath place = new AtomicPath(files, path);
    place.recover();
    requireNew();
    try {
      place.write(content);
      requireNew();
      requireMoved(place.create());
      place.clean();
    } catch (FSError e) {
      throw OutputErrors.diskFailed(asked, e.getCause());
    } finally {
      place.discard();
    }
  }

  /**
   * Creates or replaces the file.
   *
   * @throws IllegalArgumentException if it is a folder
   */
  public void replace(byte[] content) throws IOException {
    AtomicPath place = new AtomicPath(files, path);
    place.recover();
    if (files.exists(path)) {
      requireFile();
    }
    try {
      place.write(content);
      requireMoved(place.replace());
      place.clean();
    } catch (FSError e) {
      throw OutputErrors.diskFailed(asked, e.getCause());
    } finally {
      place.discard();
    }
  }

  private void requireMoved(boolean isThere) {
    if (!isThere) {
      throw ExportErrors.cannotWriteFile(asked);
    }
  }

  /** The number of bytes of the file, which must exist. */
  long length() throws IOException {
    return requireFile().getLen();
  }

  /** Opens the file for reading. */
  FSDataInputStream open() throws IOException {
    requireFile();
    return files.open(path);
  }

  private void requireNew() throws IOException {
    if (files.exists(path)) {
      throw ExportErrors.fileExists(asked);
    }
  }

  private FileStatus requireFile() throws IOException {
    if (!files.exists(path)) {
      throw ExportErrors.fileDoesNotExist(asked);
    }
    FileStatus status = files.getFileStatus(path);
    if (!status.isFile()) {
      throw ExportErrors.notAFile(asked);
    }
    return status;
  }
}
