package batchnorm.spark.moments;

/**
 * A window of 62 bits below 16, whose squares are summed in whole words with the carries between
 * them. What lies outside is only collected.
 */
final class CarryWindow implements Kernel {
  private static final double SCALE = 0x1p58;
  private static final double BACK = 0x1p-58;
  private static final long LIMIT = 1L << 62;
  private static final long LOW_HALF = (1L << 32) - 1;

  /** Number of high words of squares whose sum fits in a word. */
  private static final int GROUP = 8;

  private final double[] outside = new double[BlockSums.MAX_VALUES];
  private final long[] sums = new long[5];

  @Override
  public void add(double[] values, int from) {
    int others = 0;
    long high = 0;
    long low = 0;
    long squares0 = 0;
    long squares1 = 0;
    long squares2 = 0;
    int end = from + BlockSums.MAX_VALUES;
    for (int start = from; start < end; start += GROUP) {
      long group = 0;
      for (int i = start; i < start + GROUP; i++) {
        double value = values[i];
        long integer = (long) (value * SCALE);
        if (integer * BACK != value || integer + LIMIT < 0) {
          outside[others++] = value;
        } else {
          high += integer >> 32;
          low += integer & LOW_HALF;
          long square = integer * integer;
          squares0 += square;
          group += Math.multiplyHigh(integer, integer);
          group += Long.compareUnsigned(squares0, square) < 0 ? 1 : 0;
        }
      }
      squares1 += group;
      squares2 += Long.compareUnsigned(squares1, group) < 0 ? 1 : 0;
    }
    sums[0] += high;
    sums[1] += low;
    sums[2] += squares0;
    sums[3] += squares1;
    sums[4] += squares2;
  }
}
