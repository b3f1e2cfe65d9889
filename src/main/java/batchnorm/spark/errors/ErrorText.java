package batchnorm.spark.errors;

import java.util.Arrays;
import java.util.Locale;

/** Parts of the texts of errors. */
final class ErrorText {
  private ErrorText() {}

  static ColumnError columnError(String column, String text, Object... values) {
    return new ColumnError(column, String.format(Locale.ROOT, text, values));
  }

  static IllegalArgumentException error(String text, Object... values) {
    return new IllegalArgumentException(String.format(Locale.ROOT, text, values));
  }

  static String number(double rows) {
    return rows == Math.rint(rows) ? Long.toString((long) rows) : Double.toString(rows);
  }

  static String quoted(String[] names) {
    return names.length == 0 ? "no columns" : Listed.of(Arrays.asList(names), names.length);
  }
}
