package batchnorm.spark.moments;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Mean and variance are the doubles nearest to the exact ones, on data that loses digits. */
class MomentsExactnessTest {
  private static final long SEED = 20150614;

  /** Around what a block does one by one, around its capacity, and two blocks. */
  private static final int[] ROWS = {1, 2, 3, 4, 5, 7, 8, 1023, 1024, 2000};

  /** One kind of data: the value of row {@code i}. */
  private interface Kind {
    double value(int i, SplittableRandom random);
  }

  static Stream<Arguments> kinds() {
    return Stream.concat(ordinary(), extreme());
  }

  private static Stream<Arguments> ordinary() {
    return Stream.of(
        kind("uniform", (i, random) -> random.nextDouble()),
        kind("uniform about 0", (i, random) -> random.nextDouble() - 0.5),
        kind("normal", (i, random) -> random.nextGaussian()),
        kind("lognormal", (i, random) -> Math.exp(3 * random.nextGaussian())),
        kind("integers", (i, random) -> random.nextInt(-1000, 1000)),
        kind("long integers", (i, random) -> random.nextLong()),
        kind("floats", (i, random) -> (float) random.nextGaussian()),
        kind("prices", (i, random) -> random.nextInt(1, 100_000) / 100.0),
        kind("counting up from 0", (i, random) -> i),
        kind("mostly zeros", (i, random) -> i % 10 == 9 ? random.nextDouble() : 0),
        kind("offset 1e6", (i, random) -> 1e6 + random.nextDouble()),
        kind("offset -1e9", (i, random) -> -1e9 + random.nextDouble()),
        kind("offset 1e15, a few doubles apart", (i, random) -> 1e15 + random.nextDouble()),
        kind("one outlier in a thousand", (i, random) -> i % 1000 == 999 ? 1e12 : i * 0.1),
        kind("near-constant about 1e10", (i, random) -> i % 100 == 0 ? 1e10 : Math.nextUp(1e10)),
        kind("alternating neighbours", (i, random) -> i % 2 == 0 ? 0.1 : Math.nextUp(0.1)),
        kind("one value", (i, random) -> 0.1),
        kind("zeros", (i, random) -> 0),
        kind("negative zeros", (i, random) -> -0.0),
        kind("sums that cancel", (i, random) -> i % 3 == 1 ? 1 : i % 3 == 0 ? 1e16 : -1e16));
  }

  private static Stream<Arguments> extreme() {
    return Stream.of(
        kind("1e-9", (i, random) -> 1e-9 * random.nextDouble()),
        kind("1e-160, whose squares are subnormal", (i, random) -> 1e-160 * random.nextDouble()),
        kind("1e-300", (i, random) -> 1e-300 * random.nextDouble()),
        kind("subnormal", (i, random) -> 1e-310 * random.nextDouble()),
        kind("the least double", (i, random) -> i % 2 == 0 ? Double.MIN_VALUE : 0),
        kind("about the least normal", (i, random) -> (i % 5 + 0.3) * Double.MIN_NORMAL),
        kind("1e150", (i, random) -> 1e150 * (random.nextDouble() - 0.3)),
        kind("1e154, whose variance is at the end", (i, random) -> 1.3e154 * (i % 2 * 2 - 1)),
        kind("1e300", (i, random) -> 1e300 * random.nextGaussian()),
        kind("the greatest double", (i, random) -> Double.MAX_VALUE),
        kind("the greatest and its negative", (i, random) -> (i % 3 - 1) * Double.MAX_VALUE),
        kind("powers of two", (i, random) -> Math.scalb(1.0, i % 2000 - 1000)),
        kind("2^-1000 to 2^1000", MomentsExactnessTest::wide),
        kind("any doubles", MomentsExactnessTest::any),
        kind("mixed magnitudes", (i, random) -> wide(i, random) % 1e20),
        kind("1e300 among 1e-300", (i, random) -> i % 9 == 4 ? 1e300 : 1e-300),
        kind("1e-300 among 1e300", (i, random) -> i % 9 == 4 ? 1e-300 : 1e300),
        kind("1e300 in the second block", (i, random) -> i < 1024 ? random.nextDouble() : 1e300),
        kind("1e-300 in the second block", (i, random) -> i < 1024 ? random.nextDouble() : 1e-300),
        kind("zeros in the first block", (i, random) -> i < 1024 ? 0 : random.nextDouble()),
        kind("tiny in the first block", (i, random) -> i < 1024 ? 1e-320 : random.nextDouble()),
        kind("missing in between", (i, random) -> i % 3 == 1 ? missing(i) : random.nextDouble()),
        kind("missing at first", (i, random) -> i < 1100 ? missing(i) : random.nextDouble()),
        kind("all missing", (i, random) -> missing(i)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("kinds")
  void blocksRowsAndSparseRowsGiveTheNearestDoubles(String name, Kind kind) {
    for (int rows : ROWS) {
      double[] values = values(kind, rows);
      double[] ones = Tables.ones(rows);
      ExactMoments exact = ExactMoments.of(values);
      String what = rows + " rows";
      exact.assertAreThoseOf(Tables.dense(values).statistics(), 0, what);
      exact.assertAreThoseOf(Tables.rowByRow(ones, values).statistics(), 0, what);
      exact.assertAreThoseOf(Tables.sparse(ones, values).statistics(), 0, what);
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("kinds")
  void fractionalWeightsGiveTheNearestDoubles(String name, Kind kind) {
    SplittableRandom random = new SplittableRandom(SEED + 1);
    for (int rows : ROWS) {
      double[] values = values(kind, rows);
      double[] weights = random.doubles(rows, 0x1p-30, 3).toArray();
      ExactMoments exact = ExactMoments.weighted(values, weights);
      String what = rows + " rows";
      exact.assertAreThoseOf(Tables.denseWeighted(weights, values).statistics(), 0, what);
      exact.assertAreThoseOf(Tables.sparse(weights, values).statistics(), 0, what);
    }
  }

  /** Blocks, rows and merges of all sizes lead to the same sums, not only the same roundings. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("kinds")
  void chunksOfAnySizeMergeToTheSameSums(String name, Kind kind) {
    int rows = 3000;
    double[] values = values(kind, rows);
    Moments expected = Tables.rowByRow(Tables.ones(rows), values);
    for (int size : new int[] {1, 3, 5, 100, 1024, 1500}) {
      Moments merged = Moments.empty();
      for (int from = 0; from < rows; from += size) {
        merged.merge(Tables.dense(Arrays.copyOfRange(values, from, Math.min(rows, from + size))));
      }
      assertEquals(Tables.known(expected), Tables.known(merged), "chunks of " + size);
    }
  }

  /** The test of these tests: they must refuse the formulas that everybody writes first. */
  @Test
  void theJudgeRefusesRoundedSums() {
    double[] values = values((i, random) -> 1e6 + random.nextDouble(), 2000);
    double sum = 0;
    double squares = 0;
    double mean = 0;
    double m2 = 0;
    int n = 0;
    for (double x : values) {
      sum += x;
      squares += x * x;
      double delta = x - mean;
      mean += delta / ++n;
      m2 += delta * (x - mean);
    }
    ExactMoments exact = ExactMoments.of(values);
    assertNotEquals(exact.variance(0), (squares - sum * sum / n) / n);
    assertNotEquals(exact.variance(0), m2 / n);
    exact.assertAreThoseOf(Tables.dense(values));
  }

  private static double[] values(Kind kind, int rows) {
    SplittableRandom random = new SplittableRandom(SEED + rows);
    double[] values = new double[rows];
    Arrays.setAll(values, i -> kind.value(i, random));
    return values;
  }

  private static double wide(int i, SplittableRandom random) {
    return Math.scalb(random.nextDouble() - 0.5, random.nextInt(-1000, 1001));
  }

  private static double any(int i, SplittableRandom random) {
    double x = Double.longBitsToDouble(random.nextLong());
    return Double.isFinite(x) ? x : 1;
  }

  private static double missing(int i) {
    return switch (i % 3) {
      case 0 -> Double.NaN;
      case 1 -> Double.POSITIVE_INFINITY;
      default -> Double.NEGATIVE_INFINITY;
    };
  }

  private static Arguments kind(String name, Kind kind) {
    return arguments(name + ", seed " + SEED, kind);
  }
}
