package batchnorm.spark.errors;

import java.util.Arrays;
import java.util.Locale;

/** Errors with their texts, and parts of these. */
final class ErrorText {
  private ErrorText() {}

  static ColumnError columnError(
      ErrorCondition condition, String column, String text, Object... values) {
    return new ColumnError(condition, column, String.format(Locale.ROOT, text, values));
  }

  static BatchNormException error(ErrorCondition condition, String text, Object... values) {
    return new BatchNormException(condition, String.format(Locale.ROOT, text, values));
  }

  static BatchNormIllegalStateException stateError(
      ErrorCondition condition, String text, Object... values) {
    return new BatchNormIllegalStateException(condition, String.format(Locale.ROOT, text, values));
  }

  static String number(double rows) {
    return rows == Math.rint(rows) ? Long.toString((long) rows) : Double.toString(rows);
  }

  static String quoted(String[] names) {
    return names.length == 0 ? "no columns" : Listed.of(Arrays.asList(names), names.length);
  }
}
