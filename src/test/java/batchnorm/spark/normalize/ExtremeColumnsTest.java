package batchnorm.spark.normalize;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import batchnorm.spark.moments.FeatureExtension;
import batchnorm.spark.moments.Statistics;
import batchnorm.spark.moments.Tables;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.List;
import java.util.Optional;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Columns whose variance, or whose differences from the mean, are beyond the range of double. They
 * are normalized all the same, since their deviation and the result are doubles.
 */
class ExtremeColumnsTest {
  /** The roundings of mean, variance, root, coefficient, difference, product and sum. */
  private static final int UNITS = 4;

  private static final MathContext DIGITS = new MathContext(60, RoundingMode.HALF_EVEN);
  private static final double MAX = Double.MAX_VALUE;
  private static final double MIN = Double.MIN_VALUE;

  static Stream<Arguments> samples() {
    return Stream.of(
        sample("the ends of the range", MAX, -MAX),
        sample("far from the mean on one side", 1.7e308, -1.7e308, -1.7e308, -1.6e308),
        sample("all near the end", 1.7e308, 1.69e308, 1.68e308, 1.5e308),
        sample("negative and near the end", -1.7e308, -1.1e308, -1.79e308),
        sample("a variance just beyond the range", 1e155, -1e155, 3e154),
        sample("ordinary values and a huge one", 1, 2, 3, 4e200),
        sample("a variance that underflows", 1e-170, 2e-170, 5e-170),
        sample("a variance that is subnormal", 1e-157, -2e-157, 4e-157),
        sample("a negative mean and a variance that underflows", -3e-200, -1e-200, -1.5e-200),
        sample("the smallest normal numbers", 3e-308, 5e-308, 2.5e-308),
        sample("subnormal numbers", 100 * MIN, 200 * MIN, 250 * MIN, 77 * MIN),
        sample("the smallest number and 0", MIN, 0),
        sample("the smallest number once in nine", MIN, 0, 0, 0, 0, 0, 0, 0, 0));
  }

  private static Arguments sample(String name, double... values) {
    return arguments(name, values);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("samples")
  void valuesAreNormalizedAndRestored(String name, double[] values) {
    Statistics statistics = Tables.dense(values).statistics();
    assertMapped(values, statistics);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("samples")
  void statisticsOfAGroupAreSentWhole(String name, double[] values) {
    Statistics own = Tables.dense(values, new double[values.length]).statistics();
    assertMapped(
        values,
        Statistics.known(
            new double[] {own.mean(0), 0},
            new double[] {own.variance(0, 0), 0},
            new double[] {own.variance(0, 1), 0},
            FeatureExtension.read(own.extension())));
  }

  private static void assertMapped(double[] values, Statistics statistics) {
    assertFalse(statistics.isConstant(0));
    for (int correction = 0; correction < 2; correction++) {
      BigDecimal mean = mean(values);
      BigDecimal deviation = deviation(values, mean, correction);
      double std = statistics.deviation(0, correction);
      if (deviation.compareTo(new BigDecimal(MAX).multiply(new BigDecimal(1 + 0x1p-52))) > 0) {
        assertEquals(Double.POSITIVE_INFINITY, std);
      } else {
        assertNear(deviation, std, Math.ulp(std), "std");
      }
      Recipe recipe = recipe(correction, 0);
      Coefficients normalizing = Direction.NORMALIZING.coefficients(statistics, recipe);
      Coefficients restoring = Direction.RESTORING.coefficients(statistics, recipe);
      double largest = DoubleStream.of(values).map(Math::abs).max().orElseThrow();
      for (double x : values) {
        BigDecimal exact = new BigDecimal(x).subtract(mean).divide(deviation, DIGITS);
        double y = normalizing.image(0, x);
        // The mean is rounded once; what that shifts is seen where values are next to one another.
        double shift =
            new BigDecimal(Math.ulp(statistics.mean(0))).divide(deviation, DIGITS).doubleValue();
        assertNear(exact, y, UNITS * Math.ulp(y) + shift, "image of " + x);
        assertNear(new BigDecimal(x), restoring.image(0, y), UNITS * Math.ulp(largest), "and back");
      }
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("samples")
  void epsIsAddedToTheVariance(String name, double[] values) {
    Statistics statistics = Tables.dense(values).statistics();
    BigDecimal mean = mean(values);
    BigDecimal variance = deviation(values, mean, 0).pow(2);
    for (double eps : new double[] {1e-5, 1e300, 1e-315}) {
      Coefficients map = Direction.NORMALIZING.coefficients(statistics, recipe(0, eps));
      BigDecimal divisor = variance.add(new BigDecimal(eps)).sqrt(DIGITS);
      for (double x : values) {
        double exact = new BigDecimal(x).subtract(mean).divide(divisor, DIGITS).doubleValue();
        double shift = Math.ulp(statistics.mean(0)) / Math.max(MIN, divisor.doubleValue());
        assertEquals(
            exact, map.image(0, x), UNITS * Math.ulp(exact) + shift, () -> x + " with eps " + eps);
      }
    }
  }

  @Test
  void mapsOfGroupsHaveRoomForBothKinds() {
    Statistics ordinary = Tables.dense(new double[] {1, 2}, new double[] {5, 9}).statistics();
    Statistics extreme = Tables.dense(new double[] {MAX, -MAX}, new double[] {5, 9}).statistics();
    Coefficients plain = Direction.NORMALIZING.coefficients(ordinary, recipe(0, 0));
    Coefficients wide = Direction.NORMALIZING.coefficients(extreme, recipe(0, 0));
    Coefficients maps = Coefficients.of(List.of(plain, wide, plain), 2);
    for (double x : new double[] {0, 1, 5, MAX}) {
      for (int j = 0; j < 2; j++) {
        assertEquals(plain.image(j, x), maps.image(0, j, x));
        assertEquals(wide.image(j, x), maps.image(1, j, x));
        assertEquals(plain.image(j, x), maps.map(2).image(j, x));
      }
    }
    assertEquals(plain.feature(1), wide.feature(1));
    double[] images = new double[3];
    maps.map(1).writeImages(new double[] {-MAX, 9}, images, 1);
    assertEquals(-1, images[1]);
    assertEquals(1, images[2]);
  }

  /** The coefficient {@code gamma / std} is beyond the range of double, and the result is not. */
  @Test
  void gammaMayTakeTheCoefficientBeyondDouble() {
    double[] gamma = {1e200};
    Statistics statistics = Tables.dense(new double[] {1e-150, 3e-150}).statistics();
    Recipe recipe = new Recipe(true, true, 0, 0, Optional.of(gamma), Optional.of(new double[] {5}));
    double y = Direction.NORMALIZING.coefficients(statistics, recipe).image(0, 3e-150);
    assertEquals(1e200, y, UNITS * Math.ulp(1e200));
    double x = Direction.RESTORING.coefficients(statistics, recipe).image(0, y);
    assertEquals(3e-150, x, UNITS * Math.ulp(3e-150));
  }

  @Test
  void infiniteVariancesThatAreKnownAsSuchLeaveNothingButBeta() {
    double[] infinite = {Double.POSITIVE_INFINITY};
    Statistics known = Statistics.known(new double[] {5}, infinite);
    assertEquals(Double.POSITIVE_INFINITY, known.deviation(0, 0));
    assertEquals(0, Direction.NORMALIZING.coefficients(known, recipe(0, 0)).image(0, 7));
    assertEquals(5, Direction.RESTORING.coefficients(known, recipe(0, 0)).image(0, 7));
  }

  @Test
  void equalValuesAtTheEndsOfTheRangeAreConstant() {
    for (double x : new double[] {MAX, -MAX, MIN, 1e-170, 1e200}) {
      Statistics statistics = Tables.dense(new double[] {x, x, x}).statistics();
      assertTrue(statistics.isConstant(0));
      assertEquals(0, statistics.deviation(0, 0));
      assertEquals(0, Direction.NORMALIZING.coefficients(statistics, recipe(0, 0)).image(0, x));
      assertEquals(x, Direction.RESTORING.coefficients(statistics, recipe(0, 0)).image(0, 0));
    }
  }

  private static Recipe recipe(int correction, double eps) {
    return new Recipe(true, true, eps, correction, Optional.empty(), Optional.empty());
  }

  private static BigDecimal mean(double[] values) {
    BigDecimal sum = BigDecimal.ZERO;
    for (double x : values) {
      sum = sum.add(new BigDecimal(x));
    }
    return sum.divide(BigDecimal.valueOf(values.length), new MathContext(2000));
  }

  private static BigDecimal deviation(double[] values, BigDecimal mean, int correction) {
    BigDecimal squares = BigDecimal.ZERO;
    for (double x : values) {
      squares = squares.add(new BigDecimal(x).subtract(mean).pow(2));
    }
    return squares.divide(BigDecimal.valueOf(values.length - correction), DIGITS).sqrt(DIGITS);
  }

  private static void assertNear(BigDecimal exact, double found, double within, String what) {
    BigDecimal error = new BigDecimal(found).subtract(exact).abs();
    assertTrue(
        error.compareTo(new BigDecimal(within)) <= 0,
        () -> what + ": " + found + ", exactly " + exact.round(new MathContext(20)));
  }
}
