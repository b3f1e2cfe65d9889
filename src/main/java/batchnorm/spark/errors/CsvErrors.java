package batchnorm.spark.errors;

import static batchnorm.spark.errors.ErrorCondition.COLUMN_TYPE;
import static batchnorm.spark.errors.ErrorText.error;

import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Errors in columns of CSV files, whose types Spark infers. */
public final class CsvErrors {
  private CsvErrors() {}

  public static BatchNormException separatorOfCsv(String column, String separator) {
    return error(
        COLUMN_TYPE,
        "The CSV file has one column, '%s', which is several names; expected a column each. Read it "
            + "with %s.",
        column,
        csvOption("sep", separator.equals("\t") ? "\\t" : separator));
  }

  public static BatchNormException severalNumbersInCsv(
      String column, String example, String separator) {
    return error(
        COLUMN_TYPE,
        "Column '%s' has type string: its CSV file has several numbers in one value, such as '%s'; "
            + "expected one. Read it with %s.",
        column,
        example,
        csvOption("sep", separator.equals("\t") ? "\\t" : separator));
  }

  public static BatchNormException decimalCommasInCsv(String column, String example) {
    String points = example.contains(".") ? "replace(`%s`, '.', '')" : "`%s`";
    return error(
        COLUMN_TYPE,
        "Column '%s' has type string: its CSV file has decimal commas, such as '%s', which Spark does "
            + "not read; expected decimal points. Write the file with points, or replace the column "
            + "by the SQL expression cast(replace("
            + points
            + ", ',', '.') as double).",
        column,
        example,
        column);
  }

  public static BatchNormException csvWithoutTypes(String column) {
    return error(
        COLUMN_TYPE,
        "Column '%s' has type string, although all its values are numbers: its CSV file was read "
            + "without types. Read it with %s, or with a schema.",
        column,
        csvOption("inferSchema", "true"));
  }

  /**
   * Names the values for which Spark inferred the type string.
   *
   * @param values the values that are not numbers, and the number of times each was found
   * @param andMore true if there may be more of them
   */
  public static BatchNormException textInCsv(
      String column, Map<String, Integer> values, boolean andMore) {
    List<String> found =
        values.entrySet().stream()
            .map(value -> "'" + value.getKey() + "' (" + value.getValue() + ")")
            .toList();
    return error(
        COLUMN_TYPE,
        "Column '%s' has type string: beside numbers its CSV file has %s%s; expected numbers alone. To "
            + "take one such text as missing, read it with %s, for a second with the option "
            + "nanValue; else clean the file.",
        column,
        Listed.ofTexts(found, found.size()),
        andMore ? " and more" : "",
        csvOption("nullValue", values.keySet().iterator().next()));
  }

  private static String csvOption(String name, String value) {
    return String.format(
        Locale.ROOT,
        "the option %s=%s (on the command line --option '%s=%s')",
        name,
        value,
        name,
        value);
  }
}
