package batchnorm.spark.moments;

/**
 * Adds a block of weighted values of one feature to its exact sums. An instance holds scratch
 * memory and is reused for all features.
 *
 * <p>With significands {@code m} and {@code v} of 53 bits, a value is {@code m 2^e} and its weight
 * {@code v 2^f}. The products {@code m v} and {@code m^2 v}, of 106 and 159 bits, are added to
 * bins, one for each exponent {@code e + f} and {@code 2 e + f}. A bin has digits of 53 bits in a
 * word each, which the sum of 1,024 digits does not overflow. The bins are added to the feature's
 * sums once a block.
 */
public final class WeightedSums {
  private static final int DIGIT = 53;
  private static final long LOW_DIGIT = (1L << DIGIT) - 1;

  /** The bits of a digit in the upper word of a product. */
  private static final int UPPER = Long.SIZE - DIGIT;

  private static final int LEAST = Double.MIN_EXPONENT - DIGIT + 1;
  private static final int EXPONENTS = Double.MAX_EXPONENT - Double.MIN_EXPONENT + 1;

  private final double[] weights = new double[BlockSums.MAX_VALUES];
  private final long[] significands = new long[BlockSums.MAX_VALUES];

  /** Exponents of the weights, minus the least exponent of double. */
  private final int[] exponents = new int[BlockSums.MAX_VALUES];

  private int count;
  private int leastWeight;
  private int greatestWeight;

  /** Indices of zero, subnormal and missing values, which have no bin. */
  private final int[] others = new int[BlockSums.MAX_VALUES];

  /** Sums by exponent, in ascending order; the digits of a sum are adjacent, the lowest first. */
  private final long[] sums = new long[2 * 2 * EXPONENTS];

  private final long[] squares = new long[3 * 3 * EXPONENTS];

  /**
   * Sets the weights of the rows of a block, for all features.
   *
   * @param given weights above 0 and finite
   * @param rows the number of rows, at most {@link BlockSums#MAX_VALUES}
   */
  public void setWeights(double[] given, int rows) {
    count = rows;
    System.arraycopy(given, 0, weights, 0, rows);
    leastWeight = EXPONENTS;
    greatestWeight = 0;
    for (int i = 0; i < rows; i++) {
      long bits = Double.doubleToRawLongBits(given[i]);
      significands[i] = ExactDouble.significand(bits);
      exponents[i] = ExactDouble.exponent(bits) - LEAST;
      leastWeight = Math.min(leastWeight, exponents[i]);
      greatestWeight = Math.max(greatestWeight, exponents[i]);
    }
  }

  /** Adds the values of the rows whose weights are set, starting at {@code values[from]}. */
  void add(double[] values, int from, FeatureSums column) {
    long[] sums = this.sums;
    long[] squares = this.squares;
    int least = EXPONENTS;
    int greatest = 0;
    int other = 0;
    double min = column.knownMin();
    double max = column.knownMax();
    for (int i = 0; i < count; i++) {
      double value = values[from + i];
      long bits = Double.doubleToRawLongBits(value);
      int field = ExactDouble.field(bits);
      if (!ExactDouble.isNormal(field)) {
        others[other++] = i;
        continue;
      }
      if (value < min) {
        min = value;
      }
      if (value > max) {
        max = value;
      }
      int exponent = field - 1;
      least = Math.min(least, exponent);
      greatest = Math.max(greatest, exponent);
      long m = ExactDouble.normalSignificand(bits);
      long v = significands[i];
      long sign = bits >> (Long.SIZE - 1);
      long signed = (m ^ sign) - sign;

      int at = 2 * (exponent + exponents[i]);
      long low = signed * v;
      sums[at] += low & LOW_DIGIT;
      sums[at + 1] += Math.multiplyHigh(signed, v) << UPPER | low >>> DIGIT;

      long square = m * m;
      long upper = Math.multiplyHigh(m, m) << UPPER | square >>> DIGIT;
      long lower = square & LOW_DIGIT;
      at = 3 * (2 * exponent + exponents[i]);
      low = lower * v;
      long middle = upper * v;
      squares[at] += low & LOW_DIGIT;
      // Two digits are added here: this word is unsigned.
      squares[at + 1] +=
          (Math.multiplyHigh(lower, v) << UPPER | low >>> DIGIT) + (middle & LOW_DIGIT);
      squares[at + 2] += Math.multiplyHigh(upper, v) << UPPER | middle >>> DIGIT;
    }
    emptySums(least + leastWeight, greatest + greatestWeight, column);
    emptySquares(2 * least + leastWeight, 2 * greatest + greatestWeight, column);
    column.addExtremes(min, max, count - other);
    for (int k = 0; k < other; k++) {
      double value = values[from + others[k]];
      if (value != 0) {
        column.add(value, weights[others[k]]);
      }
    }
  }

  private void emptySums(int from, int to, FeatureSums column) {
    for (int k = from, at = 2 * from; k <= to; k++, at += 2) {
      if ((sums[at] | sums[at + 1]) != 0) {
        int exponent = k + 2 * LEAST;
        column.addToSum(0, sums[at], exponent);
        column.addToSum(sums[at + 1] >> (Long.SIZE - 1), sums[at + 1], exponent + DIGIT);
        sums[at] = 0;
        sums[at + 1] = 0;
      }
    }
  }

  private void emptySquares(int from, int to, FeatureSums column) {
    for (int k = from, at = 3 * from; k <= to; k++, at += 3) {
      if ((squares[at] | squares[at + 1] | squares[at + 2]) != 0) {
        int exponent = k + 3 * LEAST;
        column.addToSquares(0, 0, squares[at], exponent);
        column.addToSquares(0, 0, squares[at + 1], exponent + DIGIT);
        column.addToSquares(0, 0, squares[at + 2], exponent + 2 * DIGIT);
        squares[at] = 0;
        squares[at + 1] = 0;
        squares[at + 2] = 0;
      }
    }
  }
}
