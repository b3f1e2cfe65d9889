package batchnorm.spark.moments;

/**
 * A window of 62 bits below 16: integers and their squares of 124 bits are summed in halves of
 * words. Others are only collected.
 */
final class WideWindow implements Kernel {
  private static final double SCALE = 0x1p58;
  private static final double BACK = 0x1p-58;
  private static final long LIMIT = 1L << 62;
  private static final long LOW_HALF = (1L << Integer.SIZE) - 1;

  private final double[] outside = new double[BlockSums.MAX_VALUES];
  private final long[] sums = new long[6];

  @Override
  public void add(double[] values, int from) {
    int others = 0;
    long sumLow = 0;
    long sumHigh = 0;
    long squares0 = 0;
    long squares1 = 0;
    long squares2 = 0;
    long squares3 = 0;
    for (int i = from; i < from + BlockSums.MAX_VALUES; i++) {
      double value = values[i];
      long integer = (long) (value * SCALE);
      if (integer * BACK != value || integer + LIMIT < 0) {
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
    sums[0] += sumLow;
    sums[1] += sumHigh;
    sums[2] += squares0;
    sums[3] += squares1;
    sums[4] += squares2;
    sums[5] += squares3;
  }
}
