package batchnorm.spark.moments;

/** A window of 62 bits below 16: all values to integers first. Others are only collected. */
final class TwoLoopWindow implements Kernel {
  private static final double SCALE = 0x1p58;
  private static final double BACK = 0x1p-58;
  private static final long LIMIT = 1L << 62;
  private static final long LOW_HALF = (1L << 32) - 1;

  private final double[] outside = new double[BlockSums.MAX_VALUES];
  private final long[] integers = new long[BlockSums.MAX_VALUES];
  private final long[] sums = new long[6];

  @Override
  public void add(double[] values, int from) {
    int others = 0;
    long high = 0;
    long low = 0;
    for (int i = 0; i < BlockSums.MAX_VALUES; i++) {
      double value = values[from + i];
      long integer = (long) (value * SCALE);
      if (integer * BACK != value || integer + LIMIT < 0) {
        outside[others++] = value;
        integer = 0;
      }
      integers[i] = integer;
      high += integer >> 32;
      low += integer & LOW_HALF;
    }
    sums[0] += high;
    sums[1] += low;
    addSquares();
  }

  private void addSquares() {
    long squares0 = 0;
    long squares1 = 0;
    long squares2 = 0;
    long squares3 = 0;
    for (long integer : integers) {
      long low = integer * integer;
      long high = Math.multiplyHigh(integer, integer);
      squares0 += low & LOW_HALF;
      squares1 += low >>> 32;
      squares2 += high & LOW_HALF;
      squares3 += high >>> 32;
    }
    sums[2] += squares0;
    sums[3] += squares1;
    sums[4] += squares2;
    sums[5] += squares3;
  }
}
