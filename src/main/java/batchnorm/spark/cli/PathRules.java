package batchnorm.spark.cli;

import batchnorm.spark.errors.OutputErrors;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Rules for the paths of a command, checked before any long work. Paths that are read must not be
 * overwritten. Paths that are written must be new or replaceable.
 */
final class PathRules {
  private final Storage storage;
  private final List<Place> data = new ArrayList<>();
  private final List<Place> models = new ArrayList<>();
  private final List<Output> written = new ArrayList<>();

  PathRules(Storage storage) {
    this.storage = storage;
  }

  /** Adds data to read. */
  PathRules reads(List<Place> places) {
    data.addAll(places);
    return this;
  }

  /** Adds models to read; their absence is said by the reader of models. */
  PathRules readsModels(List<String> paths) throws IOException {
    for (String path : paths) {
      models.add(storage.literal(path));
    }
    return this;
  }

  /** Adds a model to read. */
  PathRules readsModel(String path) throws IOException {
    return readsModels(List.of(path));
  }

  /** Adds a file or folder to write; a replacement that was interrupted is completed first. */
  PathRules writes(Output.Kind kind, String path, Mode mode) throws IOException {
    storage.recover(path);
    written.add(new Output(storage.literal(path), mode, kind));
    return this;
  }

  /** Raises the first rule that is broken. */
  void check() throws IOException {
    for (Output output : written) {
      for (Place input : data) {
        if (!output.mayReplace(input, Output.Kind.TABLE)) {
          requireNotOver(output, input);
        }
      }
      for (Place model : models) {
        if (!output.mayReplace(model, Output.Kind.MODEL)) {
          requireNotOver(output, model);
          if (model.contains(output.place())) {
            throw OutputErrors.outputInsideModel(output.path(), model.path());
          }
        }
      }
    }
    requireApart();
    for (Output output : written) {
      output.requireReplaceable();
    }
  }

  /**
   * Requires that the output does not replace files that are read; writing beside them is allowed.
   */
  private static void requireNotOver(Output output, Place input) {
    if (output.place().contains(input)) {
      throw OutputErrors.outputOverInput(output.path(), input.path());
    }
  }

  private void requireApart() {
    for (int i = 0; i < written.size(); i++) {
      Output one = written.get(i);
      for (Output other : written.subList(i + 1, written.size())) {
        if (one.place().contains(other.place()) || other.place().contains(one.place())) {
          throw OutputErrors.outputsOverlap(one.path(), other.path());
        }
      }
    }
  }
}
