package batchnorm.spark.errors;

import static batchnorm.spark.errors.ErrorCondition.FILE_NOT_FOUND;
import static batchnorm.spark.errors.ErrorCondition.INVALID_FILE;
import static batchnorm.spark.errors.ErrorCondition.INVALID_PARAMETER;
import static batchnorm.spark.errors.ErrorCondition.MODEL_DIRECTORY;
import static batchnorm.spark.errors.ErrorText.error;

import java.util.List;

/** Errors of fits that follow a table. */
public final class TableErrors {
  private TableErrors() {}

  public static BatchNormException notFollowed(String name, List<String> formats) {
    return error(
        INVALID_PARAMETER,
        "%s cannot be followed: its files are not known; expected a table or folder of %s, not a "
            + "view or a query. Name one, or use fit.",
        name,
        String.join(", ", formats));
  }

  public static BatchNormException notFound(String name) {
    return error(
        FILE_NOT_FOUND,
        "There is no table or folder %s; expected the name of a table or the path of its folder. "
            + "Check the name.",
        name);
  }

  public static BatchNormException otherRelease(String format, String member, Throwable cause) {
    BatchNormException error =
        error(
            INVALID_FILE,
            "This release of %s has no %s, or it failed; expected one that this library knows. "
                + "Use fit, or another release.",
            format,
            member);
    error.initCause(cause);
    return error;
  }

  public static BatchNormException unknownFile(String found, String known) {
    return error(
        INVALID_FILE,
        "A row is of the file %s, which the table does not have; expected one of its files, such as "
            + "%s. Use fit.",
        found,
        known);
  }

  public static BatchNormException otherVersions(String path) {
    return error(
        MODEL_DIRECTORY,
        "Model directory %s has versions of a stream; expected none, or those of a table that is "
            + "followed. Choose another directory.",
        path);
  }

  public static BatchNormException modelInTable(String path, String table) {
    return error(
        INVALID_PARAMETER,
        "Model directory %s is in the folder of the table %s; expected one outside of it, as the "
            + "files of the model would be taken for its own. Choose another directory.",
        path,
        table);
  }

  public static BatchNormException reservedColumn(String table, String column) {
    return error(
        INVALID_PARAMETER,
        "%s has a column %s; expected none of this name where a table is followed, as it is that of "
            + "the files. Rename it, or use fit.",
        table,
        column);
  }

  public static BatchNormException runningStatistics(String mode) {
    return error(
        INVALID_PARAMETER,
        "{runningStatistics} is '%s'; expected 'pooled' where a table is followed, as files have no "
            + "order. Set 'pooled'.",
        mode);
  }

  public static BatchNormException initialModel() {
    return error(
        INVALID_PARAMETER,
        "An initial model is set; expected none where a table is followed, since the model is of "
            + "its files. Set none.");
  }
}
