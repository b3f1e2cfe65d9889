package batchnorm.spark.cli;

import batchnorm.spark.errors.Errors;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.fs.Path;

/**
 * What must hold of the paths of a command, so that it can be said before any long work: what is
 * read exists, what is written does not or may be replaced, and nothing is written over what is
 * read.
 */
final class PathRules {
  private final Storage storage;
  private final List<String> read = new ArrayList<>();
  private final List<String> written = new ArrayList<>();

  PathRules(Storage storage) {
    this.storage = storage;
  }

  /** Adds data to read. */
  PathRules reads(List<String> paths) throws IOException {
    for (String path : paths) {
      storage.requireInput(path);
      read.add(path);
    }
    return this;
  }

  /** Adds a model to read; its absence is said by the reader of models. */
  PathRules readsModel(String path) {
    read.add(path);
    return this;
  }

  /** Adds a folder to write. */
  PathRules writes(String path, Mode mode) throws IOException {
    if (mode == Mode.ERROR && storage.exists(path)) {
      throw Errors.outputExists(path);
    }
    written.add(path);
    return this;
  }

  /** Adds a model to write, which nothing can be added to. */
  PathRules writesModel(String path, Mode mode) throws IOException {
    if (mode != Mode.OVERWRITE && storage.exists(path)) {
      throw Errors.modelExists(path);
    }
    written.add(path);
    return this;
  }

  /** Requires that no written path is, holds or lies in another of the command's paths. */
  void requireApart() throws IOException {
    for (String output : written) {
      for (String input : read) {
        requireNotOver(output, input);
      }
    }
    for (int i = 0; i < written.size(); i++) {
      for (String other : written.subList(i + 1, written.size())) {
        if (overlap(written.get(i), other)) {
          throw Errors.outputsOverlap(written.get(i), other);
        }
      }
    }
  }

  /** What lies beside the files that are read may be written, what replaces them may not. */
  private void requireNotOver(String output, String input) throws IOException {
    for (Path target : storage.resolve(output)) {
      for (Path source : storage.resolve(input)) {
        if (isWithin(source, target)) {
          throw Errors.outputOverInput(output, input);
        }
      }
    }
  }

  private boolean overlap(String one, String other) throws IOException {
    Path first = storage.resolve(one).get(0);
    Path second = storage.resolve(other).get(0);
    return isWithin(first, second) || isWithin(second, first);
  }

  private static boolean isWithin(Path path, Path folder) {
    for (Path at = path; at != null; at = at.getParent()) {
      if (at.equals(folder)) {
        return true;
      }
    }
    return false;
  }
}
