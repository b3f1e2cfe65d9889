package batchnorm.spark.report;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Set;
import org.junit.jupiter.api.Test;

class FlagTest {
  private static final double FLOAT_SPACING = 0x1p-23;

  @Test
  void ordinaryFeatureHasNoFlag() {
    assertEquals(Set.of(), flags(10, 1));
    assertEquals(Set.of(), flags(0, 1e-300));
    assertEquals(Set.of(), flags(-1e6, 1));
  }

  @Test
  void moreThanAMillionDeviationsAreBadlyConditioned() {
    assertEquals(Set.of(Flag.BADLY_CONDITIONED), flags(1_000_001, 1));
    assertEquals(Set.of(Flag.BADLY_CONDITIONED), flags(-1_000_001, 1));
  }

  @Test
  void spacingOfFloatsIsNearConstant() {
    assertEquals(Set.of(Flag.NEAR_CONSTANT), flags(-2, 2 * FLOAT_SPACING));
    assertEquals(Set.of(Flag.BADLY_CONDITIONED), flags(2, Math.nextUp(2 * FLOAT_SPACING)));
  }

  @Test
  void constantIsNotNearConstantToo() {
    assertEquals(
        Set.of(Flag.CONSTANT),
        new Feature("a", 9, 0, 3, 1e-40, 1e-20, Double.NaN, Double.NaN, true, false, 0).flags());
  }

  @Test
  void flattenedAndMostlyMissingAreSaidBesideTheOthers() {
    assertEquals(
        Set.of(Flag.SMALLER_THAN_EPS, Flag.MOSTLY_MISSING),
        new Feature("a", 4, 5, 0, 1e-6, 1e-3, Double.NaN, Double.NaN, false, true, 0.64).flags());
    assertEquals(
        Set.of(), new Feature("a", 5, 5, 0, 1, 1, Double.NaN, Double.NaN, false, false, 1).flags());
  }

  @Test
  void featureThatEpsShrinksByLessThanATenthHasNoFlag() {
    assertEquals(
        Set.of(),
        new Feature("a", 9, 0, 0, 1, 1, Double.NaN, Double.NaN, false, true, 0.9).flags());
    assertEquals(
        Set.of(Flag.SMALLER_THAN_EPS),
        new Feature("a", 9, 0, 0, 1, 1, Double.NaN, Double.NaN, false, true, Math.nextDown(0.9))
            .flags());
  }

  @Test
  void featureWithoutValuesIsThatAlone() {
    assertEquals(
        Set.of(Flag.EMPTY),
        new Feature(
                "a",
                0,
                9,
                Double.NaN,
                Double.NaN,
                Double.NaN,
                Double.NaN,
                Double.NaN,
                false,
                false,
                1)
            .flags());
  }

  private static Set<Flag> flags(double mean, double std) {
    return new Feature("a", 10, 0, mean, std * std, std, Double.NaN, Double.NaN, false, false, 1)
        .flags();
  }
}
