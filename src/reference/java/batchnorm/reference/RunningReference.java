package batchnorm.reference;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;

/**
 * The running statistics that libtorch's {@code BatchNorm1d} keeps of sequences of batches, on
 * columns that are easy and columns that are not.
 */
final class RunningReference {
  private static final double DEFAULT_EPS = 1e-5;
  private static final int FEATURES = 6;
  private static final int EVALUATED = 2;

  private RunningReference() {}

  static List<RunningCase> cases() {
    return List.of(
        plain("momentum-0.1", 301, OptionalDouble.of(0.1), 100, 3, 10, 57),
        plain("momentum-0.1-many-batches", 302, OptionalDouble.of(0.1), many()),
        plain("momentum-0.3", 303, OptionalDouble.of(0.3), 57, 10, 3, 100, 2),
        plain("momentum-1", 304, OptionalDouble.of(1), 10, 100, 3),
        plain("momentum-0", 305, OptionalDouble.of(0), 10, 3),
        plain("momentum-none", 306, OptionalDouble.empty(), 100, 3, 10, 57),
        plain("momentum-none-many-batches", 307, OptionalDouble.empty(), many()),
        affine("momentum-0.1-affine", 308, OptionalDouble.of(0.1), 1e-3, 3, 100, 57, 10));
  }

  /** Thirty batches of 2 to 16 rows. */
  private static int[] many() {
    int[] sizes = new int[30];
    Arrays.setAll(sizes, k -> 2 + (7 * k) % 15);
    return sizes;
  }

  private static RunningCase plain(String name, long seed, OptionalDouble momentum, int... sizes) {
    double[] weight = new double[FEATURES];
    Arrays.fill(weight, 1);
    BatchNormLayer layer =
        BatchNormLayer.withMomentum(weight, new double[FEATURES], DEFAULT_EPS, momentum);
    return run(name, seed, momentum, layer, new RandomTable(seed), sizes);
  }

  private static RunningCase affine(
      String name, long seed, OptionalDouble momentum, double eps, int... sizes) {
    RandomTable random = new RandomTable(seed);
    double[] weight = random.row(FEATURES, -2, 2);
    double[] bias = random.row(FEATURES, -5, 5);
    BatchNormLayer layer = BatchNormLayer.withMomentum(weight, bias, eps, momentum);
    return run(name, seed, momentum, layer, random, sizes);
  }

  private static RunningCase run(
      String name,
      long seed,
      OptionalDouble momentum,
      BatchNormLayer layer,
      RandomTable random,
      int... sizes) {
    double[][] evaluated = batch(random, EVALUATED, 0);
    List<double[][]> inputs = new ArrayList<>();
    for (int k = 0; k < sizes.length; k++) {
      inputs.add(batch(random, sizes[k], k));
    }
    return RunningCase.of(name, momentum, seed, layer, evaluated, inputs);
  }

  /**
   * The {@code k}-th batch: [0, 10); [-1, 1), whose mean is near 0; the constant 0.1, no sum of few
   * powers of two; [0, 1) at 1e9; [0, 1e-8), whose variance is far below eps; and [0, 1) that
   * wanders off by 100 a batch.
   */
  private static double[][] batch(RandomTable random, int rows, int k) {
    double[][] result = random.rows(rows, FEATURES, 0, 1);
    for (double[] row : result) {
      row[0] *= 10;
      row[1] = 2 * row[1] - 1;
      row[2] = 0.1;
      row[3] += 1e9;
      row[4] *= 1e-8;
      row[5] += 100 * k;
    }
    return result;
  }
}
