package batchnorm.spark.normalize;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import batchnorm.spark.moments.Moments;
import batchnorm.spark.moments.Statistics;
import batchnorm.spark.moments.Tables;
import java.util.Arrays;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** One value repeated has itself for a mean and does not vary: to the bit, not to rounding. */
class ConstantFeatureTest {

  /**
   * The values of scikit-learn's own test of constant features (0, 1, 100, 1e100, log(1e-5), 8 and
   * 10 times), and the ends of the range of double.
   */
  static Stream<Arguments> constants() {
    return DoubleStream.of(
            0,
            1,
            100,
            1e100,
            Math.log(1e-5),
            0.1,
            -1e-300,
            Double.MIN_VALUE,
            Double.MAX_VALUE,
            -Double.MAX_VALUE)
        .boxed()
        .flatMap(
            value ->
                IntStream.of(1, 2, 8, 10, 1000, 3000)
                    .mapToObj(times -> Arguments.of(value, times)));
  }

  @ParameterizedTest(name = "{0}, {1} times")
  @MethodSource("constants")
  void constantFeatureHasItsValueAsMeanAndNoVariance(double value, int times) {
    assertConstant(value, times, Tables.dense(repeated(value, times)));
  }

  @ParameterizedTest(name = "{0}, {1} times")
  @MethodSource("constants")
  void mergingKeepsItConstant(double value, int times) {
    Moments merged = Moments.empty();
    for (int chunk = 0; chunk < 7; chunk++) {
      merged.merge(Tables.dense(repeated(value, times)));
    }
    assertConstant(value, 7 * times, merged);
  }

  @ParameterizedTest(name = "{0}, {1} times")
  @MethodSource("constants")
  void weightsKeepItConstant(double value, int times) {
    double[] weights = new double[times];
    Arrays.setAll(weights, i -> 1 + i % 3);
    assertConstant(
        value, Arrays.stream(weights).sum(), Tables.denseWeighted(weights, repeated(value, times)));
  }

  @ParameterizedTest(name = "{0}, {1} times")
  @MethodSource("constants")
  void sparseRowsKeepItConstant(double value, int times) {
    assertConstant(value, times, Tables.sparse(Tables.ones(times), repeated(value, times)));
  }

  @ParameterizedTest(name = "{0}, {1} times")
  @MethodSource("constants")
  void missingValuesInBetweenKeepItConstant(double value, int times) {
    double[] holed = new double[2 * times];
    Arrays.setAll(holed, i -> i % 2 == 0 ? value : Double.NaN);
    assertConstant(value, times, Tables.dense(holed));
  }

  private static void assertConstant(double value, double weight, Moments moments) {
    Statistics statistics = moments.statistics();
    assertEquals(weight, statistics.weight(0));
    assertEquals(Double.doubleToLongBits(value), Double.doubleToLongBits(statistics.mean(0)));
    assertEquals(0.0, statistics.variance(0, 0));
    assertEquals(0.0, statistics.variance(0, 1));
    assertTrue(statistics.isConstant(0));
  }

  private static double[] repeated(double value, int times) {
    double[] values = new double[times];
    Arrays.fill(values, value);
    return values;
  }
}
