package batchnorm.spark.moments;

/**
 * Values are cut into three chunks of 22 bits by adding and subtracting a constant; the products of
 * chunks are exact in double, and their loops plain enough for the compiler to vectorize. What lies
 * outside is not looked for.
 */
final class Chunks implements Kernel {
  private static final int N = BlockSums.MAX_VALUES;
  private static final int LANES = N / 4;
  private static final double FIRST = 0x1.8p34;
  private static final double SECOND = 0x1.8p13;

  private final double[] upper = new double[N];
  private final double[] middle = new double[N];
  private final double[] lower = new double[N];
  private final double[][] sums = new double[9][LANES];

  @Override
  public void add(double[] values, int from) {
    for (int i = 0; i < N; i++) {
      double value = values[from + i];
      double chunk = (value + FIRST) - FIRST;
      upper[i] = chunk;
      lower[i] = value - chunk;
    }
    for (int i = 0; i < N; i++) {
      double value = lower[i];
      double chunk = (value + SECOND) - SECOND;
      middle[i] = chunk;
      lower[i] = value - chunk;
    }
    addProducts(upper, upper, sums[0]);
    addProducts(upper, middle, sums[1]);
    addProducts(middle, middle, sums[2]);
    addProducts(upper, lower, sums[3]);
    addProducts(middle, lower, sums[4]);
    addProducts(lower, lower, sums[5]);
    addAll(upper, sums[6]);
    addAll(middle, sums[7]);
    addAll(lower, sums[8]);
  }

  private static void addProducts(double[] a, double[] b, double[] sum) {
    for (int i = 0; i < LANES; i++) {
      sum[i] +=
          (a[i] * b[i] + a[i + LANES] * b[i + LANES])
              + (a[i + 2 * LANES] * b[i + 2 * LANES] + a[i + 3 * LANES] * b[i + 3 * LANES]);
    }
  }

  private static void addAll(double[] a, double[] sum) {
    for (int i = 0; i < LANES; i++) {
      sum[i] += (a[i] + a[i + LANES]) + (a[i + 2 * LANES] + a[i + 3 * LANES]);
    }
  }
}
