package batchnorm.spark.cli;

import batchnorm.spark.errors.InputErrors;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * Guesses the format of files from their names, and that of a folder from a file in it. The files
 * of a table are not read as such, as some of them hold rows that were deleted or replaced.
 */
final class FormatGuess {
  private final Storage storage;

  FormatGuess(Storage storage) {
    this.storage = storage;
  }

  /** Returns the one format of all {@code paths}. */
  FileFormat format(List<String> paths) throws IOException {
    String known = null;
    FileFormat format = null;
    for (String path : paths) {
      for (FileFormat found : formats(path)) {
        if (format != null && !found.equals(format)) {
          throw InputErrors.formatsDiffer(known, format.toString(), path, found.toString());
        }
        known = path;
        format = found;
      }
    }
    return format;
  }

  /**
   * The formats of the files that {@code path} matches; an empty folder may have it in its own
   * name.
   */
  private List<FileFormat> formats(String path) throws IOException {
    Optional<String> table = storage.tableFormat(path);
    if (table.isPresent()) {
      return List.of(FileFormat.of(table.get()));
    }
    List<FileFormat> inside =
        storage.dataFiles(path).stream()
            .map(name -> FileFormat.ofName(name).orElseThrow())
            .distinct()
            .toList();
    if (!inside.isEmpty()) {
      return inside;
    }
    Optional<FileFormat> named =
        FileFormat.ofName(path.replaceFirst("/+$", "").replaceFirst(".*/", ""));
    if (named.isEmpty()) {
      storage.requireInput(path);
      storage.requireVisible(path);
    }
    return List.of(named.orElseThrow(() -> InputErrors.unknownFormat(path)));
  }
}
