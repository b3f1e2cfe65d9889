package batchnorm.spark.cli;

import batchnorm.spark.errors.InputErrors;
import batchnorm.spark.files.LiteralPath;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;

/**
 * A path of a command, with the files and folders that are there as the command begins.
 *
 * @param storage the file systems that it was looked up in
 * @param path the path as the user writes it
 * @param byWildcards true if the path is a pattern
 * @param found the files and folders that are there
 * @param spelled the paths of what is there or may come to be there, in one spelling for one file
 */
record Place(
    Storage storage, String path, boolean byWildcards, List<FileStatus> found, List<Path> spelled) {
  boolean isThere() {
    return !found.isEmpty();
  }

  boolean isFolder() {
    return found.stream().anyMatch(FileStatus::isDirectory);
  }

  boolean isSameAs(Place other) {
    return spelled.equals(other.spelled);
  }

  /** Returns whether something of {@code other} is here, or in a folder that is here. */
  boolean contains(Place other) {
    return spelled.stream()
        .anyMatch(folder -> other.spelled.stream().anyMatch(path -> isWithin(path, folder)));
  }

  private static boolean isWithin(Path path, Path folder) {
    for (Path at = path; at != null; at = at.getParent()) {
      if (at.equals(folder)) {
        return true;
      }
    }
    return false;
  }

  /** Requires that there is a file or folder to read. */
  void requireThere() {
    if (!isThere()) {
      throw InputErrors.inputDoesNotExist(path);
    }
  }

  /**
   * Requires that Spark reads some of the files that are here: it takes files whose names begin
   * with _ or . for its own.
   */
  void requireVisible() throws IOException {
    Optional<Path> hidden = Optional.empty();
    for (FileStatus status : found) {
      for (FileStatus file : status.isDirectory() ? storage.children(status) : List.of(status)) {
        if (!Storage.isHidden(file.getPath().getName())) {
          return;
        }
        hidden = Optional.of(file.getPath());
      }
    }
    if (hidden.isPresent()) {
      throw InputErrors.hiddenInput(path, hidden.get().getName());
    }
  }

  /**
   * Returns whether Spark would take the path for something else: a file whose name looks like a
   * pattern, a pattern beside names with colons, a name that looks like a scheme.
   */
  boolean isMistakenBySpark() throws IOException {
    Path literal = LiteralPath.of(path);
    if (!LiteralPath.isPattern(path)) {
      return literal.toUri().getScheme() == null && literal.toString().contains(":");
    }
    return !byWildcards || new PathPattern(storage.files(literal), literal).isTooMuchForHadoop();
  }

  /** Returns the format of the table that is here, or that this is a part of, if there is one. */
  Optional<String> tableFormat() {
    for (FileStatus status : found) {
      Path folder = status.isDirectory() ? status.getPath() : status.getPath().getParent();
      for (Path at = folder; at != null; at = at.getParent()) {
        Optional<String> format = storage.tableFormat(at);
        if (format.isPresent()) {
          return format;
        }
      }
    }
    return Optional.empty();
  }

  /** Returns the formats of the files and folders here that the names of files tell. */
  List<FileFormat> fileFormats() {
    try {
      List<FileFormat> formats = new ArrayList<>();
      for (FileStatus status : found) {
        fileFormat(status).ifPresent(formats::add);
      }
      return formats;
    } catch (IOException e) {
      throw InputErrors.unreadable(path, e);
    }
  }

  private Optional<FileFormat> fileFormat(FileStatus status) throws IOException {
    if (status.isFile()) {
      return FileFormat.ofName(status.getPath().getName());
    }
    for (FileStatus child : storage.children(status)) {
      Optional<FileFormat> format =
          Storage.isHidden(child.getPath().getName()) ? Optional.empty() : fileFormat(child);
      if (format.isPresent()) {
        return format;
      }
    }
    return Optional.empty();
  }
}
