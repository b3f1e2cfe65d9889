package batchnorm.spark.cli;

import batchnorm.spark.errors.OutputErrors;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.fs.Path;

/**
 * Rules for the paths of a command, checked before any long work. Paths that are read must exist
 * and must not be overwritten. Paths that are written must be new or replaceable.
 */
final class PathRules {
  private final Storage storage;
  private final List<String> data = new ArrayList<>();
  private final List<String> spared = new ArrayList<>();
  private final List<String> models = new ArrayList<>();
  private final List<String> files = new ArrayList<>();
  private final List<Target> written = new ArrayList<>();

  PathRules(Storage storage) {
    this.storage = storage;
  }

  private record Target(
      String path,
      boolean mayExist,
      boolean isModel,
      boolean replacesInput,
      IllegalArgumentException exists) {}

  /** Adds data to read. */
  PathRules reads(List<String> paths) {
    data.addAll(paths);
    return this;
  }

  /** Adds files of data to read that somebody else knows how to find. */
  PathRules spares(List<String> paths) {
    spared.addAll(paths);
    return this;
  }

  /** Adds a model to read; its absence is said by the reader of models. */
  PathRules readsModel(String path) {
    models.add(path);
    return this;
  }

  /** Adds a folder to write. */
  PathRules writes(String path, Mode mode) {
    written.add(
        new Target(path, mode != Mode.ERROR, false, false, OutputErrors.outputExists(path)));
    return this;
  }

  /** Adds the folder of a table to write, which may be the one that is read. */
  PathRules replaces(String path, Mode mode) {
    written.add(new Target(path, mode != Mode.ERROR, false, true, OutputErrors.outputExists(path)));
    return this;
  }

  /** Adds a file to write. */
  PathRules writesFile(String path, Mode mode) {
    files.add(path);
    written.add(
        new Target(path, mode == Mode.OVERWRITE, false, false, OutputErrors.fileExists(path)));
    return this;
  }

  /**
   * Adds a model to write, which nothing can be added to. It may replace a model that is read, as
   * that has been read by then.
   */
  PathRules writesModel(String path, Mode mode) {
    written.add(
        new Target(path, mode == Mode.OVERWRITE, true, false, OutputErrors.modelExists(path)));
    return this;
  }

  /** Raises the first rule that is broken. */
  void check() throws IOException {
    for (String path : data) {
      storage.requireInput(path);
    }
    for (Target target : written) {
      for (String input : data) {
        if (!target.replacesInput()
            || !storage.resolve(input).equals(storage.resolve(target.path()))) {
          requireNotOver(target.path(), input);
        }
      }
      for (String input : spared) {
        requireNotOver(target.path(), input);
      }
      for (String model : models) {
        if (!target.isModel() || !storage.resolve(model).equals(storage.resolve(target.path()))) {
          requireNotOver(target.path(), model);
          requireNotInside(target.path(), model);
        }
      }
    }
    requireApart();
    for (String file : files) {
      storage.requireNoFolder(file);
    }
    for (Target target : written) {
      if (!target.mayExist() && storage.exists(target.path())) {
        throw target.exists();
      }
      if (target.isModel()) {
        storage.requireReplaceableModel(target.path());
      }
    }
  }

  /**
   * Requires that the output does not replace files that are read; writing beside them is allowed.
   */
  private void requireNotOver(String output, String input) throws IOException {
    for (Path target : storage.resolve(output)) {
      for (Path source : storage.resolve(input)) {
        if (isWithin(source, target)) {
          throw OutputErrors.outputOverInput(output, input);
        }
      }
    }
  }

  private void requireNotInside(String output, String model) throws IOException {
    for (Path target : storage.resolve(output)) {
      for (Path folder : storage.resolve(model)) {
        if (isWithin(target, folder)) {
          throw OutputErrors.outputInsideModel(output, model);
        }
      }
    }
  }

  private void requireApart() throws IOException {
    for (int i = 0; i < written.size(); i++) {
      for (Target other : written.subList(i + 1, written.size())) {
        if (overlap(written.get(i).path(), other.path())) {
          throw OutputErrors.outputsOverlap(written.get(i).path(), other.path());
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
