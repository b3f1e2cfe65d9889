package batchnorm.spark.moments;

/**
 * Exact sums of values of weight 1 in eight words: the sum in two, the sum of squares in three, the
 * lowest first, two numbers in one, those of values other than 0 and of NaN, and the smallest and
 * the greatest value, as {@link #ordered} bits: the first values of a group often are the smallest
 * or the greatest, and a branch on that would be mispredicted.
 *
 * <p>Values are integers of 80 bits that count a unit. The sum of fewer than 2^31 values fits in
 * two words, and that of their squares in three: no overflow is checked. The caller handles values
 * with bits outside the window.
 */
final class Window {
  /** The words of a window. */
  static final int WORDS = 8;

  private static final int NUMBERS = 5;
  private static final int MIN = 6;
  private static final int MAX = 7;

  /** One value, in the word of numbers; NaN are counted in the lower half. */
  private static final long ONE_VALUE = 1L << Integer.SIZE;

  private static final long NOT_A_NUMBER = ONE_VALUE - 1;

  private static final int BITS = 80;
  private static final int SIGNIFICAND_BITS = 53;
  private static final int GREATEST_SHIFT = BITS - SIGNIFICAND_BITS;

  /** Distance of units: whole bytes, as in the bytes of sums. */
  private static final int UNIT_STEP = Byte.SIZE;

  private static final int LEAST_UNIT = -1072;
  private static final int GREATEST_UNIT = Double.MAX_EXPONENT + 1 - BITS;

  /** Exponent field of a double with shift 0, minus the exponent of the unit. */
  private static final int FIELD_OF_UNIT = 1075;

  private Window() {}

  /**
   * Returns the exponent of the unit of a window that holds values below {@code 2^top} and has free
   * bits above them.
   */
  static int unit(int top) {
    int unit = Math.floorDiv(top - BITS, UNIT_STEP) * UNIT_STEP + UNIT_STEP;
    return Math.max(LEAST_UNIT, Math.min(GREATEST_UNIT, unit));
  }

  /** Starts a window whose words are 0. */
  static void start(long[] words, int at) {
    words[at + MIN] = ordered(Double.doubleToRawLongBits(Double.POSITIVE_INFINITY));
    words[at + MAX] = ordered(Double.doubleToRawLongBits(Double.NEGATIVE_INFINITY));
  }

  /** Returns whether no value other than 0 was added. */
  static boolean isZero(long[] words, int at) {
    return (words[at + 2] | words[at + 3] | words[at + 4]) == 0;
  }

  /** Returns the smallest value that was added. */
  static double min(long[] words, int at) {
    return Double.longBitsToDouble(ordered(words[at + MIN]));
  }

  /** Returns the greatest value that was added. */
  static double max(long[] words, int at) {
    return Double.longBitsToDouble(ordered(words[at + MAX]));
  }

  /**
   * Returns bits of a double that compare as it does, and of such bits those of the double: all but
   * the sign are inverted if it is negative.
   */
  private static long ordered(long bits) {
    return bits ^ bits >> (Long.SIZE - 1) >>> 1;
  }

  /** Returns the number of values that were added, without NaN and 0. */
  static long values(long[] words, int at) {
    return words[at + NUMBERS] >>> Integer.SIZE;
  }

  /** Returns the number of NaN. */
  static long notANumber(long[] words, int at) {
    return words[at + NUMBERS] & NOT_A_NUMBER;
  }

  /** Counts a NaN; the window need not be started. */
  static void addNotANumber(long[] words, int at) {
    words[at + NUMBERS]++;
  }

  /** Adds a value to the words from {@code at} on; returns false if it lies outside the window. */
  static boolean add(long[] words, int at, int unit, double x) {
    long bits = Double.doubleToRawLongBits(x);
    int shift = ExactDouble.field(bits) - unit - FIELD_OF_UNIT;
    if (shift < 0 || shift > GREATEST_SHIFT) {
      return addOther(words, at, unit, x);
    }
    addShifted(words, at, ExactDouble.significand(bits), bits >> 63, shift);
    addExtremes(words, at, bits);
    return true;
  }

  private static void addExtremes(long[] words, int at, long bits) {
    long value = ordered(bits);
    words[at + NUMBERS] += ONE_VALUE;
    words[at + MIN] = Math.min(words[at + MIN], value);
    words[at + MAX] = Math.max(words[at + MAX], value);
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

  /** Adds 0, NaN and values with few digits, which are rare. */
  private static boolean addOther(long[] words, int at, int unit, double x) {
    if (x == 0) {
      return true;
    }
    if (Double.isNaN(x)) {
      addNotANumber(words, at);
      return true;
    }
    long bits = Double.doubleToRawLongBits(x);
    int field = ExactDouble.field(bits);
    int below = unit + FIELD_OF_UNIT - field;
    long significand = ExactDouble.significand(bits);
    if (ExactDouble.isNormal(field)
        && below > 0
        && below <= Long.numberOfTrailingZeros(significand)) {
      addShifted(words, at, significand >> below, bits >> 63, 0);
      addExtremes(words, at, bits);
      return true;
    }
    return false;
  }
}
