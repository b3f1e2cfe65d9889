package batchnorm.spark.errors;

import static batchnorm.spark.errors.ErrorCondition.COMMAND_LINE;
import static batchnorm.spark.errors.ErrorCondition.FILE_NOT_FOUND;
import static batchnorm.spark.errors.ErrorCondition.UNREADABLE_DATA;
import static batchnorm.spark.errors.ErrorText.error;

import java.io.IOException;

/** Errors about the inputs of the command line: paths, formats, tables. */
public final class InputErrors {
  private InputErrors() {}

  public static BatchNormException inputDoesNotExist(String path) {
    return error(
        FILE_NOT_FOUND, "Path %s does not exist; expected data to read. Check --input.", path);
  }

  public static BatchNormException hiddenInput(String path, String name) {
    return error(
        COMMAND_LINE,
        "Path %s has no file that Spark reads: it ignores names that begin with _ or a dot, such as "
            + "'%s'. Rename the file.",
        path,
        name);
  }

  /** Takes the name as Hadoop says it: it may be that of the file's checksums. */
  public static BatchNormException colonInName(String name) {
    return error(
        COMMAND_LINE,
        "File '%s' has a colon in its name; Hadoop cannot read such local files. Rename it, or name "
            + "the other files.",
        name.replaceFirst("^\\.(.*)\\.crc$", "$1"));
  }

  public static BatchNormException unreachableName(String path, String encoding) {
    return error(
        COMMAND_LINE,
        "Path %s has characters that the locale of this process (LC_ALL, LANG; encoding %s) does not "
            + "have; expected a locale of UTF-8. Set LC_ALL=C.UTF-8, and run the command again.",
        path,
        encoding);
  }

  public static BatchNormException unreadable(String path, IOException cause) {
    return error(
        UNREADABLE_DATA, "Path %s cannot be read: %s. Check --input.", path, cause.getMessage());
  }

  public static BatchNormException unknownFormat(String path) {
    return error(
        COMMAND_LINE,
        "The format of %s cannot be told from its name; expected an ending such as .parquet, .orc, "
            + ".csv or .json. Say it with --format, such as --format parquet.",
        path);
  }

  public static BatchNormException formatsDiffer(
      String one, String format, String other, String otherFormat) {
    return error(
        COMMAND_LINE,
        "The input has several formats: %s is %s and %s is %s; expected one. Read them one by one, "
            + "or say the format with --format.",
        one,
        format,
        other,
        otherFormat);
  }

  public static BatchNormException formatNotOnTheClassPath(String format, String coordinates) {
    return error(
        COMMAND_LINE,
        "Format %s is not on the class path; expected the package that brings it. Add it at the end: "
            + "-- --packages %s",
        format,
        coordinates);
  }

  public static BatchNormException jdbcOptionMissing(String option) {
    return error(
        COMMAND_LINE,
        "Format jdbc needs to know the database and the table; expected %s. Add it.",
        option);
  }

  public static BatchNormException noJdbcDriver(String url, String option) {
    return error(
        COMMAND_LINE,
        "No JDBC driver takes %s; expected one on the class path. Check the url, and add the driver "
            + "at the end: -- --packages GROUP:ARTIFACT:VERSION or -- --jars FILE. Name its class "
            + "with %s if it does not register itself.",
        url,
        option);
  }

  public static BatchNormException oneTable(int found) {
    return error(
        COMMAND_LINE,
        "--input names %d tables; expected one table of a catalog or a database. Read them one by "
            + "one, or make a view.",
        found);
  }
}
