package batchnorm.spark.cli;

import batchnorm.spark.errors.OutputErrors;
import batchnorm.spark.model.ModelVersions;
import java.io.IOException;

/**
 * A path that a command writes.
 *
 * @param place the path, with what is there as the command begins
 * @param mode the treatment of what is there
 * @param kind the kind of the output
 */
record Output(Place place, Mode mode, Kind kind) {
  /** Kinds of outputs that differ in what they may replace. */
  enum Kind {
    /** A folder of files of data. */
    DATA,
    /** A table that may be replaced by rows that are computed from it. */
    TABLE,
    /** A single file. */
    FILE,
    /** A model, which may replace one that is read, as that has been read by then. */
    MODEL
  }

  /** Requires a mode that outputs of {@code kind} have: only to data can something be added. */
  static void requireMode(Kind kind, Mode mode) {
    if (mode == Mode.APPEND && kind == Kind.MODEL) {
      throw OutputErrors.modelCannotBeAppended();
    }
    if (mode == Mode.APPEND && kind == Kind.FILE) {
      throw OutputErrors.fileCannotBeAppended();
    }
  }

  String path() {
    return place.path();
  }

  /** Returns whether the output may be written over {@code read}, which is data or a model. */
  boolean mayReplace(Place read, Kind replaceable) {
    return kind == replaceable && place.isSameAs(read);
  }

  /** Requires that what is in the place, if anything is, may stay beside the output or go. */
  void requireReplaceable() throws IOException {
    if (!place.isThere()) {
      return;
    }
    if (kind == Kind.FILE && place.isFolder()) {
      throw OutputErrors.outputIsFolder(path());
    }
    boolean adds = mode == Mode.APPEND && (kind == Kind.DATA || kind == Kind.TABLE);
    if (mode != Mode.OVERWRITE && !adds) {
      throw switch (kind) {
        case DATA, TABLE -> OutputErrors.outputExists(path());
        case FILE -> OutputErrors.fileExists(path());
        case MODEL -> OutputErrors.modelExists(path());
      };
    }
    if (kind == Kind.MODEL) {
      new ModelVersions(path(), place.storage().configuration()).requireReplaceable();
    }
  }
}
