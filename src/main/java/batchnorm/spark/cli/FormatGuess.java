package batchnorm.spark.cli;

import batchnorm.spark.errors.Errors;
import java.util.List;

/** Tells the format of files by their names; for a folder, by that of a file in it. */
final class FormatGuess {
  private final Storage storage;

  FormatGuess(Storage storage) {
    this.storage = storage;
  }

  /** Returns the one format of all {@code paths}. */
  FileFormat format(List<String> paths) {
    String known = null;
    FileFormat format = null;
    for (String path : paths) {
      for (FileFormat found : formats(path)) {
        if (format != null && !found.equals(format)) {
          throw Errors.formatsDiffer(known, format.toString(), path, found.toString());
        }
        known = path;
        format = found;
      }
    }
    return format;
  }

  /** The formats of what {@code path} stands for; an empty folder may tell by its own name. */
  private List<FileFormat> formats(String path) {
    List<FileFormat> inside =
        storage.dataFiles(path).stream()
            .map(name -> FileFormat.ofName(name).orElseThrow())
            .distinct()
            .toList();
    return inside.isEmpty()
        ? List.of(
            FileFormat.ofName(path.replaceFirst("/+$", "").replaceFirst(".*/", ""))
                .orElseThrow(() -> Errors.unknownFormat(path)))
        : inside;
  }
}
