package batchnorm.spark.cli;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.List;

/**
 * A table of aligned columns for a terminal: the first ones and the last are text, the rest
 * numbers.
 */
final class TextTable {
  /** Enough to compare by eye; --json has all digits. */
  private static final MathContext DIGITS = new MathContext(6);

  /** Numbers with a decimal exponent outside this range are written with it. */
  private static final int SMALLEST_PLAIN = -5;

  private static final int LARGEST_PLAIN = 8;

  private final int names;
  private final List<String[]> rows = new ArrayList<>();

  /** Makes a table whose first {@code names} columns are text. */
  TextTable(int names, List<String> header) {
    this.names = names;
    rows.add(header.toArray(String[]::new));
  }

  void add(String... cells) {
    rows.add(cells);
  }

  /** Returns {@code number} with six significant digits. */
  static String number(double number) {
    return rounded(number, DIGITS);
  }

  /** Returns {@code number} with two significant digits, as its size is what matters. */
  static String roughly(double number) {
    return rounded(number, new MathContext(2));
  }

  private static String rounded(double number, MathContext digits) {
    if (Double.isNaN(number) || Double.isInfinite(number) || number == 0) {
      return number == 0 ? "0" : Double.toString(number);
    }
    BigDecimal rounded = new BigDecimal(number).round(digits).stripTrailingZeros();
    int exponent = rounded.precision() - rounded.scale() - 1;
    if (exponent >= SMALLEST_PLAIN && exponent <= LARGEST_PLAIN) {
      return rounded.toPlainString();
    }
    return rounded.unscaledValue().toString().length() == 1
        ? rounded.unscaledValue() + "E" + exponent
        : rounded.scaleByPowerOfTen(-exponent).toPlainString() + "E" + exponent;
  }

  @Override
  public String toString() {
    int[] widths = new int[rows.get(0).length];
    for (String[] row : rows) {
      for (int i = 0; i < row.length; i++) {
        widths[i] = Math.max(widths[i], row[i].length());
      }
    }
    StringBuilder text = new StringBuilder();
    for (String[] row : rows) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < row.length; i++) {
        boolean left = i < names || i == row.length - 1;
        String padding = " ".repeat(widths[i] - row[i].length());
        line.append(i == 0 ? "" : "  ").append(left ? row[i] + padding : padding + row[i]);
      }
      text.append(line.toString().stripTrailing()).append('\n');
    }
    return text.toString().stripTrailing();
  }
}
