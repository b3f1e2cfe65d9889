package batchnorm.spark.errors;

import java.io.Serializable;
import java.util.Arrays;

/** Errors of a marked text, and formats of its values. */
final class ErrorText {
  private ErrorText() {}

  static ColumnError columnError(
      ErrorCondition condition, String column, String text, Serializable... values) {
    return new ColumnError(condition, column, new MarkedText(text, values));
  }

  static BatchNormException error(ErrorCondition condition, String text, Serializable... values) {
    return new BatchNormException(condition, new MarkedText(text, values));
  }

  static BatchNormIllegalStateException stateError(
      ErrorCondition condition, String text, Serializable... values) {
    return new BatchNormIllegalStateException(condition, new MarkedText(text, values));
  }

  static String number(double rows) {
    return rows == Math.rint(rows) ? Long.toString((long) rows) : Double.toString(rows);
  }

  static String quoted(String[] names) {
    return names.length == 0 ? "no columns" : Listed.of(Arrays.asList(names), names.length);
  }
}
