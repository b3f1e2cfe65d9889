package batchnorm.reference;

import java.util.SplittableRandom;

/** Numbers that a seed determines on every machine, drawn row by row. */
final class RandomTable {
  private final SplittableRandom random;

  RandomTable(long seed) {
    this.random = new SplittableRandom(seed);
  }

  /** Values {@code low + (high - low) * u}, u uniform in [0, 1). */
  double[] row(int features, double low, double high) {
    double[] result = new double[features];
    for (int j = 0; j < features; j++) {
      result[j] = low + (high - low) * random.nextDouble();
    }
    return result;
  }

  double[][] rows(int rows, int features, double low, double high) {
    double[][] result = new double[rows][];
    for (int i = 0; i < rows; i++) {
      result[i] = row(features, low, high);
    }
    return result;
  }
}
