package batchnorm.spark.export;

import batchnorm.spark.files.LiteralPath;
import java.io.IOException;
import java.nio.file.CopyOption;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.StandardCopyOption;
import java.util.UUID;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;

/** Puts a complete file in the place of another, of which nothing is lost before. */
public final class FileMove {
  private FileMove() {}

  /**
   * Returns {@code files} without the checksum that Hadoop puts beside a local file, which would go
   * stale when another program rewrites it.
   */
  public static FileSystem withoutChecksums(FileSystem files) {
    return files instanceof LocalFileSystem local ? local.getRawFileSystem() : files;
  }

  /**
   * Moves {@code written} to {@code target}, which does not exist.
   *
   * @param files as {@link #withoutChecksums} gives it
   * @return whether it is there now; not if another file has been put there meanwhile
   */
  public static boolean create(FileSystem files, Path written, Path target) throws IOException {
    return isLocal(files) ? moveLocal(files, written, target) : files.rename(written, target);
  }

  /**
   * Moves {@code written} to {@code target}, whether that exists or not: in one step on a local
   * disk; elsewhere what was there comes back if the move fails.
   *
   * @param files as {@link #withoutChecksums} gives it
   * @return whether it is there now
   */
  public static boolean replace(FileSystem files, Path written, Path target) throws IOException {
    if (isLocal(files)) {
      return moveLocal(
          files,
          written,
          target,
          StandardCopyOption.REPLACE_EXISTING,
          StandardCopyOption.ATOMIC_MOVE);
    }
    if (!files.exists(target)) {
      return create(files, written, target);
    }
    Path replaced =
        LiteralPath.sibling(target, "." + target.getName() + ".old-" + UUID.randomUUID());
    boolean moved;
    try {
      moved = files.rename(target, replaced) && files.rename(written, target);
    } catch (IOException e) {
      try {
        restore(files, replaced, target);
      } catch (IOException again) {
        e.addSuppressed(again);
      }
      throw e;
    }
    if (moved) {
      files.delete(replaced, false);
    } else {
      restore(files, replaced, target);
    }
    return moved;
  }

  private static void restore(FileSystem files, Path replaced, Path target) throws IOException {
    if (files.exists(replaced) && !files.exists(target)) {
      files.rename(replaced, target);
    }
  }

  private static boolean isLocal(FileSystem files) {
    return files.getClass() == RawLocalFileSystem.class;
  }

  private static boolean moveLocal(
      FileSystem files, Path written, Path target, CopyOption... options) throws IOException {
    RawLocalFileSystem local = (RawLocalFileSystem) files;
    java.nio.file.Path place = local.pathToFile(target).toPath();
    try {
      // A checksum of what was there before would make Hadoop refuse the new file.
      Files.deleteIfExists(place.resolveSibling("." + place.getFileName() + ".crc"));
      Files.move(local.pathToFile(written).toPath(), place, options);
      return true;
    } catch (FileSystemException e) {
      return false;
    }
  }
}
