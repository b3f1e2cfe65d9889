package batchnorm.spark.moments;

import java.util.Arrays;

/**
 * Adds a block of values of one feature to its exact sums, at a fraction of what adding them one by
 * one costs. It holds scratch memory only: one object serves all features, one after the other.
 *
 * <p>Most blocks are summed in fixed point. A window of 58 bits is placed below the largest values.
 * A value whose bits all lie in the window becomes an integer by one multiplication with a power of
 * two and one conversion; converting it back shows whether both were exact. The integer is cut in
 * halves, whose three products fit a word each and are summed in words, sixteen values at a time;
 * the window's sums are added to the feature's exact ones once. Ordinary values have 53 bits, so
 * that a window holds those within five binary orders of magnitude below its top whatever their
 * digits are, and any smaller ones of few digits. If some values lie outside, as with a normal
 * distribution about 0, the feature gets a wider window of 61 bits, whose squares take words of 128
 * bits: a tenth slower, with an eighth of the values outside.
 *
 * <p>Values outside go into bins, one for each exponent of double: there the significands and their
 * squares, in halves of 53 bits, are integers of one unit. After a block with a large part outside,
 * the window is placed again, since values may have grown; the values of a feature that misses it
 * repeatedly go into bins at once.
 */
public final class BlockSums {
  /** Maximum number of values of a block, so that their sums fit in a word. */
  public static final int MAX_VALUES = 1024;

  /** The window of a feature none of whose blocks was seen yet. */
  static final int UNKNOWN_WINDOW = Integer.MIN_VALUE;

  /** The window of a feature whose values are too far apart for one. */
  static final int NO_WINDOW = Integer.MIN_VALUE + 1;

  private static final int HALF_BITS = 29;
  private static final int WINDOW_BITS = 2 * HALF_BITS;
  private static final int WIDE_BITS = 61;
  private static final long LOW_HALF = (1L << HALF_BITS) - 1;
  private static final long LOW_WORD = (1L << Integer.SIZE) - 1;

  /** Number of products of halves, or of high words of wide squares, whose sum fits in a word. */
  private static final int GROUP = 16;

  /** Least top of a window, so that the power of two that scales values into it is a double. */
  private static final int LEAST_TOP = WIDE_BITS - Double.MAX_EXPONENT;

  /** A block has missed the window if more than one value in this many lies outside. */
  private static final int TOLERATED_PART = 8;

  /** A wide window pays if more than one value in this many lies outside. */
  private static final int PART_WORTH_WIDTH = 64;

  /** Fewer values than this are added one by one. */
  private static final int WORTH_A_BLOCK = 4;

  /** Sums of the window's integers, and of the products of their halves, two words each. */
  private final long[] words = new long[8];

  private final double[] outside = new double[MAX_VALUES];
  private final ExponentBins bins = new ExponentBins();

  /**
   * Adds {@code count} values from {@code values[from]} on, each of weight 1.
   *
   * @param count at most {@link #MAX_VALUES}
   */
  void add(double[] values, int from, int count, ColumnSums column) {
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
    // A block of zeros and missing values leaves the window to the next one.
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
  void addIntegers(long[] values, int count, ColumnSums column) {
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
  private static void addInts(long[] values, int count, ColumnSums column) {
    long sum = 0;
    long high = 0;
    long low = 0;
    for (int i = 0; i < count; i++) {
      long square = values[i] * values[i];
      sum += values[i];
      high += square >>> Integer.SIZE;
      low += square & LOW_WORD;
    }
    high += low >>> Integer.SIZE;
    column.addToSum(sum >> (Long.SIZE - 1), sum, 0);
    column.addToSquares(0, high >>> Integer.SIZE, high << Integer.SIZE | low & LOW_WORD, 0);
  }

  private static void addLongs(long[] values, int count, ColumnSums column) {
    boolean beyondDoubles = false;
    long sumHigh = 0;
    long sumLow = 0;
    long top = 0;
    long high = 0;
    long low = 0;
    for (int i = 0; i < count; i++) {
      long value = values[i];
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
    if (beyondDoubles) {
      column.setIntegers();
    }
  }

  /** Returns 1 if a sum without sign, to which {@code added} was added, has gone beyond a word. */
  private static long carry(long sum, long added) {
    return Long.compareUnsigned(sum, added) < 0 ? 1 : 0;
  }

  /**
   * Returns the number of finite values among the collected ones; missing ones are outside any
   * window.
   */
  private int finite(int others) {
    int finite = 0;
    for (int i = 0; i < others; i++) {
      finite += Finite.is(outside[i]) ? 1 : 0;
    }
    return finite;
  }

  /** The exponent above the largest finite value, unless all are 0. */
  private static int top(double[] values, int from, int count) {
    double largest = 0;
    for (int i = from; i < from + count; i++) {
      double x = Math.abs(values[i]);
      largest = x <= Double.MAX_VALUE && x > largest ? x : largest;
    }
    return largest == 0 ? UNKNOWN_WINDOW : Math.max(LEAST_TOP, Math.getExponent(largest) + 1);
  }

  /** Adds the values that the window below {@code 2^top} holds, and collects the others. */
  private int addWindow(double[] x, int from, int count, int top, ColumnSums column) {
    int unit = top - WINDOW_BITS;
    double scale = Math.scalb(1.0, -unit);
    double back = Math.scalb(1.0, unit);
    int others = 0;
    Arrays.fill(words, 0);
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
        if (integer * back != value || isBeyond(integer, WINDOW_BITS)) {
          outside[others++] = value;
        } else {
          sum += integer;
          long high = integer >> HALF_BITS;
          long low = integer & LOW_HALF;
          squares += high * high;
          products += high * low;
          lowSquares += low * low;
        }
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
    return others;
  }

  /** Adds the values that the wide window below {@code 2^top} holds, and collects the others. */
  private int addWideWindow(double[] x, int from, int count, int top, ColumnSums column) {
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
    int end = from + count;
    for (int start = from; start < end; start += GROUP) {
      long upper = 0;
      int groupEnd = Math.min(start + GROUP, end);
      for (int i = start; i < groupEnd; i++) {
        double value = x[i];
        long integer = (long) (value * scale);
        if (integer * back != value || isBeyond(integer, WIDE_BITS)) {
          outside[others++] = value;
        } else {
          long square = integer * integer;
          sum0 += integer & LOW_WORD;
          sum1 += integer >> Integer.SIZE;
          squares0 += square & LOW_WORD;
          squares1 += square >>> Integer.SIZE;
          upper += Math.multiplyHigh(integer, integer);
        }
      }
      squares2 += upper & LOW_WORD;
      squares3 += upper >>> Integer.SIZE;
    }
    column.addSum(sum1, sum0, unit);
    column.addSquares(squares1, squares0, 2 * unit);
    column.addSquares(squares3, squares2, 2 * unit + Long.SIZE);
    return others;
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
