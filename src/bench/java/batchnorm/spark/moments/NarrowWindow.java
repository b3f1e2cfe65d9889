package batchnorm.spark.moments;

/**
 * A window of 58 bits below 16: integers are cut in halves whose products fit a word. Others are
 * only collected.
 */
final class NarrowWindow implements Kernel {
  private static final double SCALE = 0x1p54;
  private static final double BACK = 0x1p-54;
  private static final long LIMIT = 1L << 58;
  private static final int HALF = 29;
  private static final long LOW_HALF = (1L << HALF) - 1;
  private static final long LOW_WORD = (1L << 32) - 1;

  /** So many products stay inside a word. */
  private static final int GROUP = 16;

  private final double[] outside = new double[BlockSums.MAX_VALUES];
  private final long[] sums = new long[8];

  @Override
  public void add(double[] values, int from) {
    int others = 0;
    int end = from + BlockSums.MAX_VALUES;
    for (int start = from; start < end; start += GROUP) {
      long sum = 0;
      long highSquares = 0;
      long products = 0;
      long lowSquares = 0;
      for (int i = start; i < start + GROUP; i++) {
        double value = values[i];
        long integer = (long) (value * SCALE);
        if (integer * BACK != value || integer + LIMIT < 0) {
          outside[others++] = value;
        } else {
          sum += integer;
          long high = integer >> HALF;
          long low = integer & LOW_HALF;
          highSquares += high * high;
          products += high * low;
          lowSquares += low * low;
        }
      }
      put(0, sum);
      put(2, highSquares);
      put(4, products);
      put(6, lowSquares);
    }
  }

  private void put(int at, long group) {
    sums[at] += group >> 32;
    sums[at + 1] += group & LOW_WORD;
  }
}
