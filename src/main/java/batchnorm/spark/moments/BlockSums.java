package batchnorm.spark.moments;

import java.util.Arrays;

/**
 * Adds a block of values of one feature to its exact sums, several times faster than one by one. An
 * instance holds scratch memory only and is reused for all features.
 *
 * <p>Most blocks are summed in fixed point. A window of 58 bits is placed below the largest values.
 * A value whose bits all lie in the window is multiplied by a power of two and converted to an
 * integer. Converting it back shows whether both steps were exact. The integer is split into two
 * halves. Each of their three products fits in a word, and sixteen products at a time are summed in
 * a word. The window's sums are added to the feature's exact sums once a block. A double has 53
 * significant bits. Thus a window holds every value within five binary orders of magnitude below
 * its top, and smaller values if they have few digits. If some values lie outside, as in a normal
 * distribution about 0, the feature gets a wider window of 61 bits, whose squares take 128 bits. It
 * is a tenth slower, and an eighth as many values lie outside.
 *
 * <p>The smallest and the greatest value take no time of their own: an integer between those of
 * earlier values is known to lie in the window, and only others are compared with its bounds.
 *
 * <p>Values outside are added to bins, one for each exponent of double. The significands in a bin
 * are integers that count one unit; their squares are added in halves of 53 bits. If a large part
 * of a block lies outside, the window is placed again for the next block, since values may have
 * grown. If a feature misses its window repeatedly, all its values go into bins.
 */
public final class BlockSums {
  /** Maximum number of values of a block, so that their sums fit in a word. */
  public static final int MAX_VALUES = 1024;

  /** Window of a feature before its first finite value other than 0. */
  static final int UNKNOWN_WINDOW = Integer.MIN_VALUE;

  /** Window of a feature whose values are too far apart for a window. */
  static final int NO_WINDOW = Integer.MIN_VALUE + 1;

  private static final int HALF_BITS = 29;
  private static final int WINDOW_BITS = 2 * HALF_BITS;
  private static final int WIDE_BITS = 61;
  private static final long LOW_HALF = (1L << HALF_BITS) - 1;
  private static final long LOW_WORD = (1L << Integer.SIZE) - 1;

  /** Number of products of halves, or of high words of wide squares, whose sum fits in a word. */
  private static final int GROUP = 16;

  /** Minimum top of a window: the power of two that scales values into it has to be a double. */
  private static final int LEAST_TOP = WIDE_BITS - Double.MAX_EXPONENT;

  /** A block has missed the window if more than one value in this many lies outside. */
  private static final int TOLERATED_PART = 8;

  /** A wide window pays if more than one value in this many lies outside. */
  private static final int PART_WORTH_WIDTH = 64;

  /** Fewer values than this are added one by one. */
  private static final int WORTH_A_BLOCK = 4;

  /** Sums of the window's integers, and of the products of their halves, two words each. */
  private final long[] words = new long[8];

  /** Integers of the smallest and the greatest value in the window, see {@link #startExtremes}. */
  private long firstLeast;

  private long firstGreatest;

  private final double[] outside = new double[MAX_VALUES];
  private final ExponentBins bins = new ExponentBins();

  /**
   * Adds {@code count} values of weight 1, starting at {@code values[from]}.
   *
   * @param count at most {@link #MAX_VALUES}
   */
  void add(double[] values, int from, int count, FeatureSums column) {
    if (count < WORTH_A_BLOCK) {
      for (int i = from; i < from + count; i++) {
        column.add(values[i]);
      }
      return;
    }
    int top = column.window();
    if (top == UNKNOWN_WINDOW) {
      top = top(values, from, count);
      column.setWindow(top);
    }
    // A block of zeros and missing values does not place a window.
    if (top == NO_WINDOW || top == UNKNOWN_WINDOW) {
      bins.add(values, from, count, column);
      return;
    }
    int others =
        column.isWide()
            ? addWideWindow(values, from, count, top, column)
            : addWindow(values, from, count, top, column);
    if (others > 0) {
      bins.add(outside, 0, others, column);
    }
    int missed = finite(others);
    if (missed > count / PART_WORTH_WIDTH && !column.isWide()) {
      column.widenWindow();
    } else if (missed > count / TOLERATED_PART) {
      column.windowMissed();
    } else {
      column.windowHit();
    }
  }

  /**
   * Adds the first {@code count} of {@code values}, integers of weight 1.
   *
   * @param count at most {@link #MAX_VALUES}
   */
  void addIntegers(long[] values, int count, FeatureSums column) {
    if (count < WORTH_A_BLOCK && areDoubles(values, count)) {
      for (int i = 0; i < count; i++) {
        column.add(values[i]);
      }
      return;
    }
    long bits = 0;
    for (int i = 0; i < count; i++) {
      bits |= values[i] ^ values[i] >> (Long.SIZE - 1);
    }
    if (bits >>> (Integer.SIZE - 1) == 0) {
      addInts(values, count, column);
    } else {
      addLongs(values, count, column);
    }
  }

  private static boolean areDoubles(long[] values, int count) {
    boolean are = true;
    for (int i = 0; i < count; i++) {
      are &= ExactLong.isDouble(values[i]);
    }
    return are;
  }

  /** Adds integers whose squares have no more than 62 bits. */
  private static void addInts(long[] values, int count, FeatureSums column) {
    long sum = 0;
    long high = 0;
    long low = 0;
    long min = Long.MAX_VALUE;
    long max = Long.MIN_VALUE;
    for (int i = 0; i < count; i++) {
      min = Math.min(min, values[i]);
      max = Math.max(max, values[i]);
      long square = values[i] * values[i];
      sum += values[i];
      high += square >>> Integer.SIZE;
      low += square & LOW_WORD;
    }
    high += low >>> Integer.SIZE;
    column.addToSum(sum >> (Long.SIZE - 1), sum, 0);
    column.addToSquares(0, high >>> Integer.SIZE, high << Integer.SIZE | low & LOW_WORD, 0);
    column.addExtremes(min, max, count);
  }

  private static void addLongs(long[] values, int count, FeatureSums column) {
    boolean beyondDoubles = false;
    long sumHigh = 0;
    long sumLow = 0;
    long top = 0;
    long high = 0;
    long low = 0;
    long min = Long.MAX_VALUE;
    long max = Long.MIN_VALUE;
    for (int i = 0; i < count; i++) {
      long value = values[i];
      min = Math.min(min, value);
      max = Math.max(max, value);
      beyondDoubles |= !ExactLong.isDouble(value);
      sumLow += value;
      sumHigh += (value >> (Long.SIZE - 1)) + carry(sumLow, value);
      long square = value * value;
      low += square;
      long upper = Math.multiplyHigh(value, value) + carry(low, square);
      high += upper;
      top += carry(high, upper);
    }
    column.addToSum(sumHigh, sumLow, 0);
    column.addToSquares(top, high, low, 0);
    column.addExtremes(min, max, count);
    if (beyondDoubles) {
      column.setIntegers();
    }
  }

  /**
   * Returns 1 if the addition of {@code added} to an unsigned word, which gave {@code sum},
   * overflowed.
   */
  private static long carry(long sum, long added) {
    return Long.compareUnsigned(sum, added) < 0 ? 1 : 0;
  }

  /**
   * Returns the number of finite values outside the window; NaN and infinite values are outside,
   * too.
   */
  private int finite(int others) {
    int finite = 0;
    for (int i = 0; i < others; i++) {
      finite += Doubles.isFinite(outside[i]) ? 1 : 0;
    }
    return finite;
  }

  /** Returns the exponent above the largest finite value; {@link #UNKNOWN_WINDOW} if all are 0. */
  private static int top(double[] values, int from, int count) {
    double largest = 0;
    for (int i = from; i < from + count; i++) {
      double x = Math.abs(values[i]);
      largest = x <= Double.MAX_VALUE && x > largest ? x : largest;
    }
    return largest == 0 ? UNKNOWN_WINDOW : Math.max(LEAST_TOP, Math.getExponent(largest) + 1);
  }

  /** Adds the values that the window below {@code 2^top} holds, and collects the others. */
  private int addWindow(double[] x, int from, int count, int top, FeatureSums column) {
    int unit = top - WINDOW_BITS;
    double scale = Math.scalb(1.0, -unit);
    double back = Math.scalb(1.0, unit);
    int others = 0;
    Arrays.fill(words, 0);
    startExtremes(column, scale, back, WINDOW_BITS);
    long least = firstLeast;
    long greatest = firstGreatest;
    int end = from + count;
    for (int start = from; start < end; start += GROUP) {
      long sum = 0;
      long squares = 0;
      long products = 0;
      long lowSquares = 0;
      int groupEnd = Math.min(start + GROUP, end);
      for (int i = start; i < groupEnd; i++) {
        double value = x[i];
        long integer = (long) (value * scale);
        if (integer * back != value || integer < least || integer > greatest) {
          if (integer * back != value || isBeyond(integer, WINDOW_BITS)) {
            outside[others++] = value;
            continue;
          }
          least = Math.min(least, integer);
          greatest = Math.max(greatest, integer);
        }
        sum += integer;
        long high = integer >> HALF_BITS;
        long low = integer & LOW_HALF;
        squares += high * high;
        products += high * low;
        lowSquares += low * low;
      }
      put(0, sum);
      put(2, squares);
      put(4, products);
      put(6, lowSquares);
    }
    column.addSum(words[1], words[0], unit);
    column.addSquares(words[3], words[2], 2 * (unit + HALF_BITS));
    column.addSquares(words[5], words[4], 2 * unit + HALF_BITS + 1);
    column.addSquares(words[7], words[6], 2 * unit);
    column.addExtremes(least * back, greatest * back, count - others);
    return others;
  }

  /** Adds the values that the wide window below {@code 2^top} holds, and collects the others. */
  private int addWideWindow(double[] x, int from, int count, int top, FeatureSums column) {
    int unit = top - WIDE_BITS;
    double scale = Math.scalb(1.0, -unit);
    double back = Math.scalb(1.0, unit);
    int others = 0;
    long sum0 = 0;
    long sum1 = 0;
    long squares0 = 0;
    long squares1 = 0;
    long squares2 = 0;
    long squares3 = 0;
    startExtremes(column, scale, back, WIDE_BITS);
    long least = firstLeast;
    long greatest = firstGreatest;
    int end = from + count;
    for (int start = from; start < end; start += GROUP) {
      long upper = 0;
      int groupEnd = Math.min(start + GROUP, end);
      for (int i = start; i < groupEnd; i++) {
        double value = x[i];
        long integer = (long) (value * scale);
        if (integer * back != value || integer < least || integer > greatest) {
          if (integer * back != value || isBeyond(integer, WIDE_BITS)) {
            outside[others++] = value;
            continue;
          }
          least = Math.min(least, integer);
          greatest = Math.max(greatest, integer);
        }
        long square = integer * integer;
        sum0 += integer & LOW_WORD;
        sum1 += integer >> Integer.SIZE;
        squares0 += square & LOW_WORD;
        squares1 += square >>> Integer.SIZE;
        upper += Math.multiplyHigh(integer, integer);
      }
      squares2 += upper & LOW_WORD;
      squares3 += upper >>> Integer.SIZE;
    }
    column.addSum(sum1, sum0, unit);
    column.addSquares(squares1, squares0, 2 * unit);
    column.addSquares(squares3, squares2, 2 * unit + Long.SIZE);
    column.addExtremes(least * back, greatest * back, count - others);
    return others;
  }

  /**
   * Sets the extremes of a block to those of the column so far, as integers of the window: a part
   * of their range, or none if it has no integers of the window.
   */
  private void startExtremes(FeatureSums column, double scale, double back, int bits) {
    double min = column.knownMin();
    double max = column.knownMax();
    long bound = 1L << bits;
    firstLeast = Math.max(-bound, (long) Math.ceil(min * scale));
    firstGreatest = Math.min(bound - 1, (long) Math.floor(max * scale));
    // Not if the extremes are unknown, or so small that their integers were rounded to 0.
    if (!(firstLeast <= firstGreatest && firstLeast * back >= min && firstGreatest * back <= max)) {
      firstLeast = Long.MAX_VALUE;
      firstGreatest = Long.MIN_VALUE;
    }
  }

  /** Returns whether {@code integer} is not in {@code [-2^bits, 2^bits)}. */
  private static boolean isBeyond(long integer, int bits) {
    return (integer + (1L << bits)) >>> (bits + 1) != 0;
  }

  /** Adds the sum of a group in two words with spare bits for carries. */
  private void put(int at, long group) {
    words[at] += group & LOW_WORD;
    words[at + 1] += group >> Integer.SIZE;
  }
}
