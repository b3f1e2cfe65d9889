package batchnorm.spark.moments;

/**
 * Adds a block of values of one feature to its exact sums, at a fraction of what adding them one by
 * one costs. It is scratch: one serves all features, one after the other.
 *
 * <p>Most blocks are taken in fixed point. A window of 62 bits is laid below the largest values. A
 * value whose bits all lie in the window becomes an integer by one multiplication with a power of
 * two and one conversion; that both were exact is seen by going back. The integers and their
 * squares, of 124 bits, are summed in halves of words, which no 1,024 of them overflow, and the
 * window's sums are added to the feature's exact ones once. Ordinary values have 53 bits, so that a
 * window holds those within nine binary orders of magnitude below its top whatever their digits
 * are, and any smaller ones of few digits.
 *
 * <p>What lies outside goes into bins, one for each exponent of double: there the significands and
 * their squares, in halves of 53 bits, are integers of one unit. After a block that lies outside to
 * a large part the window is laid anew, since values may have grown; a feature that misses it again
 * and again is taken into bins at once.
 */
final class BlockSums {
  /** At most so many values at once: the sums of so many halves stay inside their words. */
  static final int MAX_VALUES = 1024;

  /** The window of a feature none of whose blocks was seen yet. */
  static final int UNKNOWN_WINDOW = Integer.MIN_VALUE;

  /** The window of a feature whose values are too far apart for one. */
  static final int NO_WINDOW = Integer.MIN_VALUE + 1;

  private static final int WINDOW_BITS = 62;
  private static final long LIMIT = 1L << WINDOW_BITS;
  private static final long LOW_HALF = (1L << Integer.SIZE) - 1;

  /** With a lower top, the power of two that lifts values into the window would be no double. */
  private static final int LEAST_TOP = WINDOW_BITS - Double.MAX_EXPONENT;

  /** A block with more than one value in so many outside has missed the window. */
  private static final int TOLERATED_PART = 8;

  /** Fewer values than this are added one by one. */
  private static final int WORTH_A_BLOCK = 4;

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
    int others = addWindow(values, from, count, top, column);
    if (others > 0) {
      bins.add(outside, 0, others, column);
    }
    if (finite(others) > count / TOLERATED_PART) {
      column.windowMissed();
    } else {
      column.windowHit();
    }
  }

  /** How many of the collected values are numbers; missing ones are outside any window. */
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
    long sumLow = 0;
    long sumHigh = 0;
    long squares0 = 0;
    long squares1 = 0;
    long squares2 = 0;
    long squares3 = 0;
    for (int i = from; i < from + count; i++) {
      double value = x[i];
      long integer = (long) (value * scale);
      if (integer * back != value || integer + LIMIT < 0) {
        outside[others++] = value;
      } else {
        sumLow += integer & LOW_HALF;
        sumHigh += integer >> Integer.SIZE;
        long low = integer * integer;
        long high = Math.multiplyHigh(integer, integer);
        squares0 += low & LOW_HALF;
        squares1 += low >>> Integer.SIZE;
        squares2 += high & LOW_HALF;
        squares3 += high >>> Integer.SIZE;
      }
    }
    column.addSum(sumHigh, sumLow, unit);
    column.addSquares(squares3, squares2, squares1, squares0, 2 * unit);
    return others;
  }
}
