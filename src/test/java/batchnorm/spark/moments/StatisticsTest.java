package batchnorm.spark.moments;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import batchnorm.spark.fit.DatasetMoments;
import batchnorm.spark.fit.RowCollector;
import batchnorm.spark.normalize.HandleInvalid;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StatisticsTest {

  @Test
  void theDivisorIsNLessTheCorrection() {
    // mean 3, m2 = 4 + 1 + 0 + 9
    Statistics statistics = Tables.dense(new double[] {1, 2, 3, 6}).statistics();
    assertEquals(14 / 4.0, statistics.variance(0, 0));
    assertEquals(14 / 3.0, statistics.variance(0, 1));
    assertTrue(statistics.isCounted());
    assertEquals(4, statistics.totalWeight());
    assertFalse(statistics.isConstant(0));
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, -3.5, 1e300, Double.MIN_VALUE})
  void aSingleValueIsConstantForEitherCorrection(double value) {
    Statistics statistics = Tables.dense(new double[] {value}).statistics();
    assertEquals(value, statistics.mean(0));
    assertEquals(0, statistics.variance(0, 0));
    assertEquals(0, statistics.variance(0, 1));
    assertTrue(statistics.isConstant(0));
  }

  @Test
  void aFeatureWithoutValuesHasNoMeanAndNoVariance() {
    double[] none = {Double.NaN, Double.POSITIVE_INFINITY};
    Statistics statistics = Tables.dense(none, new double[] {1, 2}).statistics();
    assertEquals(0, statistics.weight(0));
    assertEquals(2, statistics.missingWeight(0));
    assertTrue(Double.isNaN(statistics.mean(0)));
    assertTrue(Double.isNaN(statistics.variance(0, 0)));
    assertTrue(Double.isNaN(statistics.variance(0, 1)));
    assertFalse(statistics.isConstant(0));
    assertEquals(1.5, statistics.mean(1));
  }

  @Test
  void valuesThatWeighNoMoreThanTheCorrectionHaveNoSampleVariance() {
    double[] weights = {0.25, 0.5};
    Statistics statistics = Tables.denseWeighted(weights, new double[] {0, 3}).statistics();
    // mean 1.5 / 0.75 = 2, m2 = 0.25 * 4 + 0.5 * 1
    assertEquals(2, statistics.mean(0));
    assertEquals(2, statistics.variance(0, 0));
    assertEquals(0, statistics.variance(0, 1));
  }

  /**
   * Sums that cancel to 0 tell nothing of their magnitude, least of all after they were sent: with
   * tiny weights that must not bring another power of two into the variance.
   */
  @ParameterizedTest(name = "+-{0} of weight {1}")
  @CsvSource({"3, 1e-300", "1e-150, 1e-60", "1e10, 4.9e-324"})
  void tinyWeightsOfValuesThatCancel(double x, double weight) {
    double[] weights = {1, 1, weight};
    DatasetMoments left = weighted(weights, Double.NaN, Double.NaN, x);
    DatasetMoments right = weighted(new double[] {weight}, -x);
    Statistics merged = Tables.sent(left.merge(right)).moments().statistics();
    Statistics whole =
        Tables.sent(weighted(new double[] {1, 1, weight, weight}, Double.NaN, Double.NaN, x, -x))
            .moments()
            .statistics();
    for (Statistics statistics : new Statistics[] {merged, whole}) {
      assertEquals(0, statistics.mean(0));
      assertEquals(x * x, statistics.variance(0, 0));
    }
  }

  private static DatasetMoments weighted(double[] weights, double... values) {
    RowCollector rows = new RowCollector(0, HandleInvalid.KEEP);
    for (int i = 0; i < values.length; i++) {
      rows.startDense(1, weights[i]);
      rows.set(0, values[i]);
      rows.endDense();
    }
    return rows.collected();
  }

  @Test
  void knownStatisticsHaveOneVarianceForEitherCorrection() {
    Statistics known = Statistics.known(new double[] {5, -1}, new double[] {4, 0});
    assertFalse(known.isCounted());
    assertEquals(2, known.size());
    assertEquals(5, known.mean(0));
    assertEquals(4, known.variance(0, 0));
    assertEquals(4, known.variance(0, 1));
    assertTrue(Double.isNaN(known.weight(0)));
    assertTrue(Double.isNaN(known.totalWeight()));
    assertEquals(0, known.missingWeight(0));
    assertFalse(known.isConstant(0));
    assertTrue(known.isConstant(1));
  }

  /** Models of format 1 keep sums of squared deviations, which were rounded. */
  @Test
  void roundedStatisticsAreThoseThatWereCounted() {
    double[] mean = {3, 4.5, Double.NaN};
    double[] m2 = {14, 0.5, Double.NaN};
    double[] weight = {4, 0.75, 0};
    double[] missing = {1, 4.25, 5};
    Statistics rounded = Statistics.rounded(5, mean, m2, weight, missing);
    assertTrue(rounded.isCounted());
    assertEquals(5, rounded.totalWeight());
    assertEquals(3, rounded.size());
    for (int j = 0; j < 3; j++) {
      assertEquals(mean[j], rounded.mean(j));
      assertEquals(weight[j], rounded.weight(j));
      assertEquals(missing[j], rounded.missingWeight(j));
    }
    assertEquals(14 / 4.0, rounded.variance(0, 0));
    assertEquals(14 / 3.0, rounded.variance(0, 1));
    assertEquals(0.5 / 0.75, rounded.variance(1, 0));
    assertEquals(0, rounded.variance(1, 1));
    assertEquals(Double.NaN, rounded.variance(2, 0));
    assertEquals(Double.NaN, rounded.variance(2, 1));
    assertFalse(rounded.isConstant(2));
  }

  /** One value more or less than the spacing of doubles, of as many rows as one likes. */
  @ParameterizedTest(name = "every {0}th of {1} rows")
  @CsvSource({"2, 4", "2, 4096", "7, 100000"})
  void exactStatisticsAreConstantWithinTheSpacingOfDoublesWhateverTheRows(int every, int rows) {
    double[] neighbours = new double[rows];
    double[] apart = new double[rows];
    Arrays.setAll(neighbours, i -> i % every == 0 ? Math.nextUp(1.0) : 1);
    Arrays.setAll(apart, i -> i % every == 0 ? 1 + 8 * Math.ulp(1.0) : 1);
    Statistics statistics = Tables.dense(neighbours, apart).statistics();
    assertTrue(statistics.variance(0, 0) > 0);
    // std = u sqrt(p (1 - p)) for a part p of neighbours, at most u / 2
    assertTrue(statistics.isConstant(0));
    // 8 times that: at least 8 u sqrt(6 / 49) = 2.8 u
    assertFalse(statistics.isConstant(1));
  }

  /**
   * scikit-learn's bound {@code var <= n u var + (n u mean)^2}, u = 2^-52. For the mean 1 and n = 4
   * it lies at std = 4 u, up to the rounding of n u var.
   */
  @ParameterizedTest(name = "n {0}, mean {1}, std {2} u: {3}")
  @CsvSource({
    "4, 1, 0, true",
    "4, 1, 3.99, true",
    "4, 1, 4.01, false",
    "4, -1, 3.99, true",
    "4, -1, 4.01, false",
    "1000, 1, 999, true",
    "1000, 1, 1001, false",
    "1000, 1e160, 999e160, true",
    "1000, 1e160, 1001e160, false",
    "1000, 1e-100, 999e-100, true",
    "1000, 1e-100, 1001e-100, false",
    "4, 0, 0, true",
    "4, 0, 1e-100, false"
  })
  void afterRoundedSumsConstantIsWhatVariesNoMoreThanRoundingWould(
      double n, double mean, double stdInU, boolean constant) {
    double std = stdInU * 0x1p-52;
    double[] m2 = {n * std * std};
    Statistics statistics =
        Statistics.rounded(n, new double[] {mean}, m2, new double[] {n}, new double[1]);
    assertEquals(constant, statistics.isConstant(0));
  }

  /** The bound without a number of rows is that of one row: {@code std <= u |mean|}. */
  @ParameterizedTest(name = "mean {0}, std {1} u: {2}")
  @CsvSource({"1, 0.99, true", "1, 1.01, false", "-1e6, 0.99e6, true", "-1e6, 1.01e6, false"})
  void knownStatisticsAreConstantWithinTheSpacingOfDoubles(
      double mean, double stdInU, boolean constant) {
    double std = stdInU * 0x1p-52;
    Statistics known = Statistics.known(new double[] {mean}, new double[] {std * std});
    assertEquals(constant, known.isConstant(0));
  }

  /** More rows than 2^52 leave no digit: the bound must not turn negative and call all constant. */
  @Test
  void theBoundHoldsForMoreRowsThanDoublesCount() {
    double n = 0x1p60;
    Statistics statistics =
        Statistics.rounded(
            n,
            new double[] {0},
            new double[] {Double.POSITIVE_INFINITY},
            new double[] {n},
            new double[1]);
    assertFalse(statistics.isConstant(0));
  }
}
