package batchnorm.spark.moments;

/**
 * Sums of significands and of their squares, with one bin for each exponent of double: the cost of
 * an addition does not depend on the size of the value. The bins are empty between two calls.
 */
final class ExponentBins {
  private static final int EXPONENTS = 2048;

  /** A bin: the significands, and the lower and upper 53 bits of their squares. */
  private static final int WORDS = 4;

  private static final int HALF = 53;
  private static final long LOW_HALF = (1L << HALF) - 1;

  private final long[] bins = new long[EXPONENTS * WORDS];

  /** Adds values of weight 1; they must be so few that no bin overflows. */
  void add(double[] values, int from, int count, FeatureSums column) {
    int least = EXPONENTS;
    int greatest = 0;
    int normal = 0;
    double min = column.knownMin();
    double max = column.knownMax();
    for (int i = from; i < from + count; i++) {
      double x = values[i];
      long bits = Double.doubleToRawLongBits(x);
      int field = ExactDouble.field(bits);
      if (!ExactDouble.isNormal(field)) {
        if (x != 0) {
          column.add(x);
        }
        continue;
      }
      normal++;
      if (x < min) {
        min = x;
      }
      if (x > max) {
        max = x;
      }
      long significand = ExactDouble.significand(bits);
      long sign = bits >> 63;
      long low = significand * significand;
      long high = Math.multiplyHigh(significand, significand);
      int bin = field * WORDS;
      bins[bin] += (significand ^ sign) - sign;
      bins[bin + 1] += low & LOW_HALF;
      bins[bin + 2] += high << (Long.SIZE - HALF) | low >>> HALF;
      least = Math.min(least, field);
      greatest = Math.max(greatest, field);
    }
    column.addExtremes(min, max, normal);
    for (int field = least; field <= greatest; field++) {
      empty(field, column);
    }
  }

  private void empty(int field, FeatureSums column) {
    int bin = field * WORDS;
    long upper = bins[bin + 2];
    if (upper != 0) {
      int exponent = ExactDouble.exponentOf(field);
      long low = (upper << HALF) + bins[bin + 1];
      long carry = Long.compareUnsigned(low, bins[bin + 1]) < 0 ? 1 : 0;
      column.addUnits(bins[bin], (upper >>> (Long.SIZE - HALF)) + carry, low, exponent);
      bins[bin] = 0;
      bins[bin + 1] = 0;
      bins[bin + 2] = 0;
    }
  }
}
