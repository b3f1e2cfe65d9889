package batchnorm.spark.moments;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The exact sums of many groups of rows of weight 1, in a few words a feature: what most values of
 * most data are added to.
 *
 * <p>Every feature has a window of 80 bits, the same for all groups, laid where the first rows have
 * their values. A value whose bits all lie in the window is an integer there: its sum over fewer
 * than 2^31 rows takes two words and that of the squares three, without any check for overflow. A
 * value that lies outside is not added; it goes elsewhere. NaN is counted.
 */
final class GroupWindows {
  /** Of each feature: the sum in two words, that of the squares in three, and how many are NaN. */
  private static final int WORDS = 6;

  private static final int NOT_A_NUMBER = 5;
  private static final int WINDOW_BITS = 80;
  private static final int SIGNIFICAND_BITS = 53;
  private static final int GREATEST_SHIFT = WINDOW_BITS - SIGNIFICAND_BITS;

  /** Units are whole bytes apart, as sums are sent. */
  private static final int UNIT_STEP = Byte.SIZE;

  private static final int LEAST_UNIT = -1072;
  private static final int GREATEST_UNIT = Double.MAX_EXPONENT + 1 - WINDOW_BITS;

  /** What a shift of 0 has in the exponent field, less the exponent of the unit. */
  private static final int FIELD_OF_UNIT = 1075;

  private static final int PAGE_WORDS = 1 << 13;

  private final int size;

  /** The words of a group: the number of its rows, then those of its features. */
  private final int stride;

  private final int groupsAPage;
  private final List<long[]> pages = new ArrayList<>();
  private final int[] units;

  /** How many of the pages have groups. */
  private int usedPages;

  /** Whether windows are laid; they stay while there are groups. */
  private boolean laid;

  GroupWindows(int size) {
    this.size = size;
    stride = Math.addExact(1, Math.multiplyExact(WORDS, size));
    groupsAPage = Math.max(1, PAGE_WORDS / stride);
    units = new int[size];
  }

  /** What receives values that lie outside the windows. */
  interface Outside {
    void add(int group, int j, double value);
  }

  /**
   * Adds rows.
   *
   * @param values the features of a row after those of another
   * @param groups the group of each row
   */
  void add(double[] values, int[] groups, int rows, Outside outside) {
    if (!laid) {
      layWindows(values, rows);
    }
    for (int i = 0; i < rows; i++) {
      int group = groups[i];
      addRow(values, i * size, page(group), group % groupsAPage * stride, group, outside);
    }
  }

  private void addRow(
      double[] values, int from, long[] words, int start, int group, Outside outside) {
    words[start]++;
    int at = start + 1;
    for (int j = 0; j < size; j++, at += WORDS) {
      long bits = Double.doubleToRawLongBits(values[from + j]);
      int field = ExactDouble.field(bits);
      int shift = field - units[j] - FIELD_OF_UNIT;
      if (shift < 0 || shift > GREATEST_SHIFT) {
        addOther(values[from + j], words, at, group, j, outside);
        continue;
      }
      long significand = ExactDouble.significand(bits);
      addShifted(words, at, significand, bits >> 63, shift);
    }
  }

  /** Adds {@code significand * 2^shift} units, with the sign's bits. */
  private static void addShifted(long[] words, int at, long significand, long sign, int shift) {
    long signed = (significand ^ sign) - sign;
    long low = signed << shift;
    long sum = words[at] + low;
    words[at] = sum;
    words[at + 1] += (signed >> 1 >> (63 - shift)) + (Long.compareUnsigned(sum, low) < 0 ? 1 : 0);

    long squareLow = significand * significand;
    long squareHigh = Math.multiplyHigh(significand, significand);
    int twice = 2 * shift;
    long bottom = squareLow << twice;
    long mid = squareHigh << twice | squareLow >>> 1 >>> (63 - twice);
    long bottomSum = words[at + 2] + bottom;
    long carry = Long.compareUnsigned(bottomSum, bottom) < 0 ? 1 : 0;
    long midSum = words[at + 3] + mid;
    long carries = Long.compareUnsigned(midSum, mid) < 0 ? 1 : 0;
    midSum += carry;
    carries |= midSum == 0 ? carry : 0;
    words[at + 2] = bottomSum;
    words[at + 3] = midSum;
    words[at + 4] += (squareHigh >>> 1 >>> (63 - twice)) + carries;
  }

  /** Adds a value that has no place in the window as it is; few are like that. */
  private void addOther(double x, long[] words, int at, int group, int j, Outside outside) {
    if (x == 0) {
      return;
    }
    if (Double.isNaN(x)) {
      words[at + NOT_A_NUMBER]++;
      return;
    }
    long bits = Double.doubleToRawLongBits(x);
    int field = ExactDouble.field(bits);
    int below = units[j] + FIELD_OF_UNIT - field;
    long significand = ExactDouble.significand(bits);
    if (ExactDouble.isNormal(field)
        && below > 0
        && below <= Long.numberOfTrailingZeros(significand)) {
      addShifted(words, at, significand >> below, bits >> 63, 0);
    } else {
      outside.add(group, j, x);
    }
  }

  /** The number of rows that were added to {@code group}. */
  long rows(int group) {
    return group / groupsAPage < usedPages ? page(group)[group % groupsAPage * stride] : 0;
  }

  /** The group's moments, as {@link Moments#pack} packs them. */
  byte[] pack(int group, ByteWriter out) {
    long[] words = page(group);
    int start = group % groupsAPage * stride;
    Moments.startPacked(size, words[start], out);
    int next = 0;
    for (int j = 0, at = start + 1; j < size; j++, at += WORDS) {
      if ((words[at + 2] | words[at + 3] | words[at + 4] | words[at + NOT_A_NUMBER]) != 0) {
        out.putVarLong(j - next);
        ColumnSums.write(words, at, units[j], words[at + NOT_A_NUMBER], out);
        next = j + 1;
      }
    }
    return out.toByteArray();
  }

  /** What the words take. */
  long heldBytes() {
    return (long) usedPages * groupsAPage * stride * Long.BYTES;
  }

  /** Forgets all groups; the next rows lay the windows anew. */
  void clear() {
    pages.subList(0, usedPages).forEach(page -> Arrays.fill(page, 0));
    usedPages = 0;
    laid = false;
  }

  private long[] page(int group) {
    int page = group / groupsAPage;
    if (page >= usedPages) {
      while (page >= pages.size()) {
        pages.add(new long[Math.multiplyExact(groupsAPage, stride)]);
      }
      usedPages = page + 1;
    }
    return pages.get(page);
  }

  private void layWindows(double[] values, int rows) {
    for (int j = 0; j < size; j++) {
      double largest = 0;
      for (int i = 0; i < rows; i++) {
        double x = Math.abs(values[i * size + j]);
        largest = x <= Double.MAX_VALUE && x > largest ? x : largest;
      }
      units[j] = unit(Math.getExponent(largest) + 1);
    }
    laid = true;
  }

  /** The unit of a window that has values below {@code 2^top} and some bits of room above them. */
  private static int unit(int top) {
    int unit = Math.floorDiv(top - WINDOW_BITS, UNIT_STEP) * UNIT_STEP + UNIT_STEP;
    return Math.max(LEAST_UNIT, Math.min(GREATEST_UNIT, unit));
  }
}
