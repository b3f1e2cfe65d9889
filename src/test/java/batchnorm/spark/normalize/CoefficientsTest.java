package batchnorm.spark.normalize;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import batchnorm.spark.moments.Statistics;
import batchnorm.spark.moments.Tables;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CoefficientsTest {
  private static final Optional<double[]> NONE = Optional.empty();

  /** Mean 5; m2 = 4 + 4 = 8, so the variance is 4 with divisor n and 8 with n - 1 = 1. */
  private static final double[] THREE_AND_SEVEN = {3, 7};

  /** Each by hand: {@code y = gamma (x - mean) / sqrt(variance + eps) + beta} of x = 9. */
  @ParameterizedTest(name = "mean {0}, std {1}, eps {2}, correction {3}, gamma {4}, beta {5}: {6}")
  @CsvSource({
    // (9 - 5) / sqrt(4)
    "true, true, 0, 0, 1, 0, 2",
    // (9 - 5) / sqrt(4 + 12)
    "true, true, 12, 0, 1, 0, 1",
    // (9 - 5) / sqrt(8 + 8)
    "true, true, 8, 1, 1, 0, 1",
    // 3 (9 - 5) / sqrt(4) - 7
    "true, true, 0, 0, 3, -7, -1",
    // -2 (9 - 5) / sqrt(8 + 8) + 0.5
    "true, true, 8, 1, -2, 0.5, -1.5",
    // gamma 0 leaves beta
    "true, true, 0, 0, 0, 0.5, 0.5",
    // 9 / sqrt(4)
    "false, true, 0, 0, 1, 0, 4.5",
    // 3 * 9 / sqrt(4 + 32) + 1
    "false, true, 32, 0, 3, 1, 5.5",
    // 9 - 5; neither eps nor correction matter
    "true, false, 12, 1, 1, 0, 4",
    // 3 (9 - 5) + 1
    "true, false, 0, 0, 3, 1, 13",
    // 9
    "false, false, 12, 0, 1, 0, 9",
    // 3 * 9 + 1
    "false, false, 12, 1, 3, 1, 28"
  })
  void everySettingGivesTheFormula(
      boolean withMean,
      boolean withStd,
      double eps,
      int correction,
      double gamma,
      double beta,
      double expected) {
    Recipe recipe = new Recipe(withMean, withStd, eps, correction, of(gamma), of(beta));
    assertEquals(expected, map(recipe, THREE_AND_SEVEN).image(0, 9));
  }

  @Test
  void withoutGammaAndBetaTheyAreOneAndZero() {
    assertEquals(2, map(plain(0), THREE_AND_SEVEN).image(0, 9));
    assertEquals(0, map(plain(0), THREE_AND_SEVEN).image(0, 5));
  }

  @Test
  void gammaAndBetaGoByFeature() {
    Recipe recipe = new Recipe(true, true, 0, 0, of(1, 10), of(0, 100));
    Coefficients map = map(recipe, THREE_AND_SEVEN, THREE_AND_SEVEN);
    assertEquals(2, map.image(0, 9));
    assertEquals(120, map.image(1, 9));
    assertEquals(120, map.feature(1).image(0, 9));
    assertEquals(1, map.feature(1).features());
    assertEquals(2, map.features());
  }

  @ParameterizedTest(name = "constant {0}")
  @ValueSource(doubles = {0, 0.1, -1e6, 1e300})
  void aConstantFeatureMapsToBetaForAnyEps(double value) {
    double[] constant = {value, value, value};
    for (double eps : new double[] {0, 1e-5}) {
      for (int correction : new int[] {0, 1}) {
        Recipe recipe = new Recipe(true, true, eps, correction, of(3), of(0.5));
        assertEquals(0.5, map(recipe, constant).image(0, value));
      }
    }
  }

  /** The scale of a constant with eps = 0 is gamma, so a later value keeps its distance. */
  @Test
  void aConstantFeatureKeepsItsUnitsWithoutEps() {
    double[] constant = {4, 4};
    assertEquals(2, map(plain(0), constant).image(0, 6));
    assertEquals(6, map(new Recipe(false, true, 0, 0, NONE, NONE), constant).image(0, 6));
    // (6 - 4) / sqrt(0 + 0.25)
    assertEquals(4, map(plain(0.25), constant).image(0, 6));
  }

  /**
   * Correction 1 leaves nothing to divide by if the total weight of a feature's values is at most
   * 1.
   */
  @ParameterizedTest(name = "correction {0}")
  @ValueSource(ints = {0, 1})
  void aFeatureOfLittleWeightMapsToFiniteNumbers(int correction) {
    double[] weights = {0.25, 0.5};
    Statistics statistics = Tables.denseWeighted(weights, new double[] {0, 3}).statistics();
    Coefficients map =
        Direction.NORMALIZING.coefficients(
            statistics, new Recipe(true, true, 0, correction, NONE, NONE));
    assertTrue(Double.isFinite(map.image(0, 0)), "image of a value: " + map.image(0, 0));
    assertEquals(0, map.image(0, 2));
  }

  /** The mean is -max / 2, the deviation sqrt(3) / 2 max. */
  @Test
  void aFeatureOfInfiniteVarianceIsMappedByItsDeviation() {
    double max = Double.MAX_VALUE;
    Recipe recipe = new Recipe(true, true, 1e-5, 0, of(2), of(0.5));
    Coefficients map = map(recipe, new double[] {-max, -max, -max, max});
    assertEquals(2 * Math.sqrt(3) + 0.5, map.image(0, max), 1e-15);
    assertEquals(-2 / Math.sqrt(3) + 0.5, map.image(0, -max), 1e-15);
    assertEquals(2 / Math.sqrt(3) + 0.5, map.image(0, 1), 1e-15);
  }

  @Test
  void aFeatureWithoutValuesMapsToNaN() {
    double[] none = {Double.NaN, Double.NaN};
    assertTrue(Double.isNaN(map(plain(1e-5), none).image(0, 1)));
    assertTrue(Double.isNaN(map(plain(0), none).image(0, 1)));
  }

  @Test
  void missingStaysMissingAndInfinityInfinite() {
    Coefficients map = map(new Recipe(true, true, 0, 0, of(-1), NONE), THREE_AND_SEVEN);
    assertTrue(Double.isNaN(map.image(0, Double.NaN)));
    assertEquals(Double.NEGATIVE_INFINITY, map.image(0, Double.POSITIVE_INFINITY));
    assertEquals(Double.POSITIVE_INFINITY, map.image(0, Double.NEGATIVE_INFINITY));
  }

  /** The mean is subtracted before anything is multiplied: 1e15 + 1 is one away from 1e15. */
  @Test
  void aLargeMeanCostsNoDigits() {
    double[] column = {1e15 - 1, 1e15 + 1};
    assertEquals(1, map(plain(0), column).image(0, 1e15 + 1));
    assertEquals(-1, map(plain(0), column).image(0, 1e15 - 1));
  }

  @Test
  void zerosAreKeptWithoutCentringAndWithoutBetaOnly() {
    assertTrue(map(new Recipe(false, true, 0, 0, of(-3), NONE), THREE_AND_SEVEN).keepsZeros());
    assertTrue(map(new Recipe(false, true, 0, 0, NONE, of(0)), THREE_AND_SEVEN).keepsZeros());
    assertTrue(map(plain(0), new double[] {-2, 2}).keepsZeros());
    assertFalse(map(plain(0), THREE_AND_SEVEN).keepsZeros());
    assertFalse(map(new Recipe(false, true, 0, 0, NONE, of(1)), THREE_AND_SEVEN).keepsZeros());
    assertFalse(
        map(new Recipe(false, true, 0, 0, NONE, of(0, 1)), THREE_AND_SEVEN, THREE_AND_SEVEN)
            .keepsZeros());
  }

  @Test
  void numbersAreTheCentersThenTheScalesThenTheShifts() {
    Recipe recipe = new Recipe(true, true, 0, 0, of(1, 10), of(0, 100));
    Coefficients map = map(recipe, THREE_AND_SEVEN, new double[] {1, 1.5});
    double[] numbers = {5, 1.25, 0.5, 40, 0, 100};
    assertArrayEquals(numbers, map.numbers());
    assertEquals(map, Coefficients.of(numbers, 2));
    assertTrue(Coefficients.arePlain(numbers.length, 2));
    assertFalse(Coefficients.arePlain(2 * numbers.length, 2));
    assertTrue(map.isWithinRange(0) && map.isWithinRange(1));
    assertEquals("Coefficients(2)", map.toString());
    Coefficients groups = Coefficients.of(List.of(map, map(recipe, numbers, numbers)), 2);
    assertArrayEquals(numbers, groups.map(0).numbers());
    assertEquals(12, groups.numbers().length);
    // 96 bytes for each view, and 8 for each image of 0.
    assertEquals(2 * (96 + 2 * 8), groups.bytesOfViews());
  }

  @Test
  void imagesOfZerosAreThoseOfEachFeature() {
    Recipe recipe = new Recipe(true, true, 0, 0, of(1, 10), of(0, 100));
    Coefficients map = map(recipe, THREE_AND_SEVEN, new double[] {1, 1.5});
    // (0 - 5) / 2; 10 (0 - 1.25) / 0.25 + 100
    assertArrayEquals(new double[] {-2.5, 50}, map.imagesOfZeros());
    assertSame(map.imagesOfZeros(), map.imagesOfZeros());
    assertEquals(-2.5, Coefficients.image(0, 5, 0.5, 0));
    Coefficients extreme = map(plain(0), new double[] {0x1p-1000, 0x3p-1000});
    assertEquals(-2, extreme.imagesOfZeros()[0]);
    assertFalse(extreme.isWithinRange(0));
  }

  @Test
  void mapsAreEqualWhereTheyMapAlike() {
    Coefficients map = map(plain(0), THREE_AND_SEVEN);
    assertEquals(map, map(plain(0), new double[] {7, 3}));
    assertEquals(map.hashCode(), map(plain(0), new double[] {7, 3}).hashCode());
    List<Coefficients> others =
        List.of(
            map(new Recipe(false, true, 0, 0, NONE, NONE), THREE_AND_SEVEN),
            map(plain(1), THREE_AND_SEVEN),
            map(new Recipe(true, true, 0, 0, NONE, of(1)), THREE_AND_SEVEN),
            map(plain(0), THREE_AND_SEVEN, THREE_AND_SEVEN));
    for (Coefficients other : others) {
      assertNotEquals(map, other);
    }
    assertNotEquals(map, null);
  }

  @Test
  void aMapThatWasSentIsTheSame() {
    Coefficients map = map(plain(1e-5), THREE_AND_SEVEN);
    byte[] bytes = Tables.bytes(map);
    assertEquals(map, Tables.received(bytes));
    assertArrayEquals(bytes, Tables.bytes(Tables.received(bytes)));
  }

  private static Coefficients map(Recipe recipe, double[]... features) {
    return Direction.NORMALIZING.coefficients(Tables.dense(features).statistics(), recipe);
  }

  private static Recipe plain(double eps) {
    return new Recipe(true, true, eps, 0, NONE, NONE);
  }

  private static Optional<double[]> of(double... values) {
    return Optional.of(values);
  }
}
