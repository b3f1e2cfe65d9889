package batchnorm.spark.moments;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Weighted blocks give the exact sums of what they hold. */
class WeightedSumsTest {
  private static final int BLOCKS = 3;
  private static final int FEATURES = 2;

  private static final Map<String, ToDoubleFunction<SplittableRandom>> VALUES =
      new LinkedHashMap<>();
  private static final Map<String, ToDoubleFunction<SplittableRandom>> WEIGHTS =
      new LinkedHashMap<>();

  static {
    VALUES.put("values of one size", random -> random.nextDouble(-3, 3));
    VALUES.put("values around an offset", random -> 1e15 + random.nextDouble());
    VALUES.put("values of every exponent", WeightedSumsTest::anyFinite);
    VALUES.put("the greatest doubles", random -> random.nextBoolean() ? Double.MAX_VALUE : -1e308);
    VALUES.put("the least doubles", random -> Double.MIN_VALUE * random.nextInt(-9, 9));
    VALUES.put("zeros", random -> random.nextInt(3) == 0 ? 1 : -0.0);
    VALUES.put(
        "missing values",
        random -> new double[] {Double.NaN, 1.5, Double.POSITIVE_INFINITY, -7}[random.nextInt(4)]);
    WEIGHTS.put("frequencies", random -> random.nextInt(1, 10));
    WEIGHTS.put("fractions", random -> random.nextDouble(1e-9, 1));
    WEIGHTS.put(
        "weights of every exponent",
        random -> Math.max(Double.MIN_VALUE, Math.abs(anyFinite(random))));
    WEIGHTS.put("the greatest weights", random -> Double.MAX_VALUE);
    WEIGHTS.put("the least weights", random -> Double.MIN_VALUE * random.nextInt(1, 9));
  }

  private static double anyFinite(SplittableRandom random) {
    double any = Double.longBitsToDouble(random.nextLong());
    return Double.isFinite(any) ? any : 1;
  }

  static Stream<Arguments> cases() {
    return VALUES.entrySet().stream()
        .flatMap(
            x ->
                WEIGHTS.entrySet().stream()
                    .map(w -> arguments(x.getKey(), w.getKey(), x.getValue(), w.getValue())));
  }

  @ParameterizedTest(name = "{0}, {1}")
  @MethodSource("cases")
  void weightedBlocksAreExact(
      String values,
      String weights,
      ToDoubleFunction<SplittableRandom> value,
      ToDoubleFunction<SplittableRandom> weight) {
    SplittableRandom random = new SplittableRandom(values.hashCode() + weights.hashCode());
    Moments moments = Moments.empty();
    WeightedSums sums = new WeightedSums();
    int rows = 0;
    double[][] x = new double[FEATURES][BLOCKS * BlockSums.MAX_VALUES];
    double[] w = new double[BLOCKS * BlockSums.MAX_VALUES];
    for (int block = 0; block < BLOCKS; block++) {
      int count = BlockSums.MAX_VALUES - 500 * block;
      double[] blockWeights = random(count, weight, random);
      sums.setWeights(blockWeights, count);
      System.arraycopy(blockWeights, 0, w, rows, count);
      for (int j = 0; j < FEATURES; j++) {
        double[] blockValues = random(count, value, random);
        moments.addColumn(FEATURES, j, blockValues, sums);
        System.arraycopy(blockValues, 0, x[j], rows, count);
      }
      moments.addRows(blockWeights, count);
      rows += count;
    }
    Statistics statistics = moments.statistics();
    for (int j = 0; j < FEATURES; j++) {
      ExactMoments exact = ExactMoments.weighted(Arrays.copyOf(x[j], rows), Arrays.copyOf(w, rows));
      assertEquals(exact.mean(), statistics.mean(j));
      for (int correction = 0; correction < 2; correction++) {
        assertEquals(exact.variance(correction), statistics.variance(j, correction));
      }
      assertEquals(
          Arrays.stream(x[j]).limit(rows).filter(Double::isNaN).count(), moments.notANumber(j));
      assertEquals(
          Arrays.stream(x[j]).limit(rows).filter(Double::isInfinite).count(), moments.infinite(j));
    }
  }

  private static double[] random(
      int count, ToDoubleFunction<SplittableRandom> draw, SplittableRandom random) {
    double[] drawn = new double[count];
    Arrays.setAll(drawn, i -> draw.applyAsDouble(random));
    return drawn;
  }
}
