package batchnorm.spark.moments;

/** The textbook's update of mean and squared deviations. */
final class Welford implements Kernel {
  private double count;
  private double mean;
  private double m2;

  @Override
  public void add(double[] values, int from) {
    double n = count;
    double m = mean;
    double q = m2;
    for (int i = from; i < from + BlockSums.MAX_VALUES; i++) {
      n++;
      double deviation = values[i] - m;
      m += deviation / n;
      q += deviation * (values[i] - m);
    }
    count = n;
    mean = m;
    m2 = q;
  }
}
