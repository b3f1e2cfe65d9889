package batchnorm.spark.errors;

import static batchnorm.spark.errors.ErrorCondition.ALREADY_EXISTS;
import static batchnorm.spark.errors.ErrorCondition.COMMAND_LINE;
import static batchnorm.spark.errors.ErrorCondition.WRITE_CONFLICT;
import static batchnorm.spark.errors.ErrorCondition.WRITE_FAILED;
import static batchnorm.spark.errors.ErrorText.error;
import static batchnorm.spark.errors.ErrorText.quoted;
import static batchnorm.spark.errors.ErrorText.stateError;

import java.util.List;
import java.util.Optional;

/** Errors about the outputs of the command line: files, folders, tables, models. */
public final class OutputErrors {
  private OutputErrors() {}

  public static BatchNormException tableOfAnotherFormat(String path, String found, String format) {
    return error(
        COMMAND_LINE,
        "Output %s is a table of format %s and would get files of format %s, which are no part of "
            + "it. Give another --output, or --output-format %s.",
        path,
        found,
        format,
        found);
  }

  public static BatchNormException tableNotReplaced(String table, Optional<String> format) {
    return error(
        COMMAND_LINE,
        "Table %s has %s, of which Spark may drop the old rows before it writes the new; expected "
            + "delta or iceberg. Write a new table and rename it, or give --mode append to add to "
            + "this one.",
        table,
        format.map(name -> "the format " + name).orElse("a format that is not known"));
  }

  public static BatchNormException columnsOfTable(String table, String[] expected, String[] found) {
    return error(
        COMMAND_LINE,
        "Table %s has the columns %s and would get rows of %s; expected the same. Write them with "
            + "--output-columns or --suffix under the names of the table, or make a new table.",
        table,
        quoted(expected),
        quoted(found));
  }

  public static BatchNormException newIcebergFolder(String path) {
    return error(
        COMMAND_LINE,
        "Output %s is no Iceberg table yet, and Iceberg makes new ones in catalogs alone; expected "
            + "the name of a table. Set up a catalog, and give CATALOG.NAMESPACE.TABLE.",
        path);
  }

  public static BatchNormException outputIsView(String name) {
    return error(
        COMMAND_LINE, "Output %s is a view; expected a table. Give the name of a table.", name);
  }

  public static BatchNormException outputExists(String path) {
    return error(
        ALREADY_EXISTS,
        "Output %s already exists. Give another --output, or --mode overwrite to replace it, or "
            + "--mode append to add to it.",
        path);
  }

  public static BatchNormException fileExists(String path) {
    return error(
        ALREADY_EXISTS,
        "File %s already exists. Give another --output, or --mode overwrite to replace it.",
        path);
  }

  public static BatchNormException outputIsFolder(String path) {
    return error(
        COMMAND_LINE,
        "Output %s is a folder; expected the name of a file to write. Add a name to it.",
        path);
  }

  public static BatchNormException modelExists(String path) {
    return error(
        ALREADY_EXISTS,
        "Model %s already exists. Give another path, or --mode overwrite to replace it.",
        path);
  }

  public static BatchNormException modelCannotBeAppended() {
    return error(
        COMMAND_LINE,
        "--mode append is given, but nothing can be added to a model; expected error or overwrite. "
            + "Add data to a model with batchnorm update.");
  }

  public static BatchNormException changedMeanwhile(String path) {
    return error(
        WRITE_CONFLICT,
        "Model %s was changed by somebody else while this ran; expected what was read. It was "
            + "not replaced. Run the command again.",
        path);
  }

  public static BatchNormIllegalStateException deletedMeanwhile(String path) {
    return stateError(
        WRITE_CONFLICT,
        "What was written for %s has been deleted by another writer that was done before; expected "
            + "one writer at a time. Look at what is there, and write again.",
        path);
  }

  public static BatchNormException madeMeanwhile(String path) {
    return error(
        WRITE_CONFLICT,
        "Output %s was made by somebody else while this ran; expected a new one. It stays as it "
            + "is. Give another --output, or --mode overwrite to replace it.",
        path);
  }

  /**
   * Adds the outputs that were written before an error to its text.
   *
   * @param written such as "model /m"
   */
  public static BatchNormIllegalStateException writtenBefore(
      String why, String written, Exception failure) {
    BatchNormIllegalStateException error =
        stateError(
            WRITE_FAILED, "%s Before that %s was written, and stays as it is now.", why, written);
    error.addSuppressed(failure);
    return error;
  }

  /**
   * Adds a warning about rows that a failure may leave in a database, which stores rows as they are
   * computed.
   */
  public static BatchNormIllegalStateException databaseFailed(
      String table, String why, Exception failure) {
    BatchNormIllegalStateException error =
        stateError(
            WRITE_FAILED,
            "%s Table %s may hold some of the new rows, and has lost its old ones if it was to be "
                + "overwritten: a database gets rows as they are computed. Look at the table "
                + "before the command runs again.",
            why,
            table);
    error.addSuppressed(failure);
    return error;
  }

  public static BatchNormException outputOverInput(String output, String input) {
    return error(
        COMMAND_LINE,
        "Output %s would be written over %s, which is read. Give another path, and move the result "
            + "afterwards if you want.",
        output,
        input);
  }

  public static BatchNormException outputInsideModel(String output, String model) {
    return error(
        COMMAND_LINE,
        "Output %s would be written into the folder of model %s, which is read. Give another path.",
        output,
        model);
  }

  public static BatchNormException outputsOverlap(String output, String model) {
    return error(
        COMMAND_LINE,
        "Output %s and model %s lie in one another; expected two folders. Give another path.",
        output,
        model);
  }

  public static BatchNormException formatCannotHold(String format, String column, String type) {
    return error(
        COMMAND_LINE,
        "Format %s cannot hold column '%s' of type %s. Write parquet (--output-format parquet), or "
            + "write columns of numbers (--in-place, --suffix or --output-columns).",
        format,
        column,
        type);
  }

  public static BatchNormException cannotWrite(String path) {
    return error(
        WRITE_FAILED,
        "Nothing can be written to %s. Check the path, the free space and who may write there, or "
            + "give another one.",
        path);
  }

  /** A failure of a disk during a write, such as one without free space. */
  public static BatchNormIllegalStateException diskFailed(String path, Throwable failure) {
    BatchNormIllegalStateException error =
        stateError(
            WRITE_FAILED,
            "%s cannot be written: %s. Check the free space of the disk, and write again.",
            path,
            failure.getMessage());
    error.addSuppressed(failure);
    return error;
  }

  public static BatchNormException cannotMove(String path) {
    return error(
        WRITE_FAILED,
        "The finished result cannot be moved to %s. Check who may write there.",
        path);
  }

  public static BatchNormException fileCannotBeAppended() {
    return error(
        COMMAND_LINE,
        "--mode append is given, but nothing can be added to such a file; expected error or "
            + "overwrite. Give one of them.");
  }

  /**
   * An end by Ctrl-C or another signal.
   *
   * @param complete the outputs that are in their places
   * @param begun the output that was being written or moved to its place, or null
   */
  public static BatchNormException interrupted(List<String> complete, String begun) {
    String there =
        complete.isEmpty()
            ? ""
            : String.join(" and ", complete)
                + (complete.size() == 1 ? " is complete" : " are complete");
    String half = begun == null ? "" : begun + " was being written. Check what is there";
    return error(
        COMMAND_LINE,
        "interrupted; %s",
        complete.isEmpty() && begun == null
            ? "nothing was written"
            : there + (there.isEmpty() || half.isEmpty() ? "" : ", ") + half);
  }
}
