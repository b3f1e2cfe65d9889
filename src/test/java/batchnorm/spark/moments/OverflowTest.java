package batchnorm.spark.moments;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.Arrays;
import java.util.function.IntToDoubleFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Values whose squares, or whose very differences, leave the range of double. */
class OverflowTest {
  private static final int ROWS = 1500;

  static Stream<Arguments> samples() {
    return Stream.of(
        sample("1e200 and -1e200", i -> i % 2 == 0 ? 1e200 : -1e200),
        sample("1e308 and -1e308", i -> i % 2 == 0 ? 1e308 : -1e308),
        sample("1e308, half of them negative, in two stretches", i -> i < 750 ? 1e308 : -1e308),
        sample("the largest double and its negative", i -> i % 3 == 0 ? max() : -max()),
        sample("the largest double and its neighbour", i -> i == 7 ? Math.nextDown(max()) : max()),
        sample("one -1e308 among 1e308", i -> i == 700 ? -1e308 : 1e308),
        sample("one 1e200 among small values", i -> i == 1200 ? 1e200 : i));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("samples")
  void blocksHaveAFiniteMeanAndInfiniteVariance(String name, double[] values) {
    assertOverflows(values, Tables.dense(values));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("samples")
  void singleRowsDoSoToo(String name, double[] values) {
    assertOverflows(values, Tables.rowByRow(Tables.ones(ROWS), values));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("samples")
  void sparseRowsDoSoToo(String name, double[] values) {
    assertOverflows(values, Tables.sparse(Tables.ones(ROWS), values));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("samples")
  void weightedRowsDoSoToo(String name, double[] values) {
    double[] weights = new double[ROWS];
    Arrays.fill(weights, 3);
    assertOverflows(values, Tables.denseWeighted(weights, values));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("samples")
  void mergedPartsDoSoToo(String name, double[] values) {
    Moments left = Tables.dense(Arrays.copyOfRange(values, 0, 500));
    Moments right = Tables.dense(Arrays.copyOfRange(values, 500, 1100));
    right.merge(Tables.dense(Arrays.copyOfRange(values, 1100, ROWS)));
    assertOverflows(values, left.merge(right));
  }

  /** Q = 2 w (1e200)^2 is about 1e77, though the square alone is infinite and w / 2 alone is 0. */
  @Test
  void tinyWeightsMakeUpForSquaresThatOverflow() {
    double[] weight = {Double.MIN_VALUE};
    Moments merged = Tables.denseWeighted(weight, new double[] {1e200});
    merged.merge(Tables.denseWeighted(weight, new double[] {-1e200}));
    Statistics statistics = merged.statistics();
    assertEquals(0, statistics.mean(0));
    assertEquals(Double.POSITIVE_INFINITY, statistics.variance(0, 0));
    assertEquals(0, statistics.variance(0, 1));
    double sum = 2 * Double.MIN_VALUE * 1e200 * 1e200;
    Dyadic squares = merged.feature(0).squares();
    assertEquals(sum, Math.scalb(squares.significand().doubleValue(), squares.exponent()));
  }

  private static void assertOverflows(double[] values, Moments moments) {
    Statistics statistics = moments.statistics();
    assertEquals(ExactMoments.of(values).mean(), statistics.mean(0));
    assertEquals(Double.POSITIVE_INFINITY, statistics.variance(0, 0));
    assertEquals(Double.POSITIVE_INFINITY, statistics.variance(0, 1));
    // The spacing of doubles is what tells constant features, as for any other mean.
    double mean = Math.abs(statistics.mean(0));
    assertEquals(statistics.deviation(0, 0) <= 0x1p-52 * mean, statistics.isConstant(0));
  }

  private static double max() {
    return Double.MAX_VALUE;
  }

  private static Arguments sample(String name, IntToDoubleFunction value) {
    double[] values = new double[ROWS];
    Arrays.setAll(values, value);
    return arguments(name, values);
  }
}
