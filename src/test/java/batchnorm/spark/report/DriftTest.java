package batchnorm.spark.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class DriftTest {
  private static final double NAN = Double.NaN;
  private static final double INFINITY = Double.POSITIVE_INFINITY;

  @Test
  void differenceIsInPooledStandardDeviations() {
    // (13 - 10) / sqrt((4 + 14) / 2) = 3 / 3
    Drift drift = Drift.of(feature("a", 10, 4), feature("a", 13, 14));
    assertEquals(1, drift.meanDifference());
    assertEquals(3.5, drift.varianceRatio());
    assertTrue(drift.isMoved());
    assertTrue(drift.isSpreadChanged());
  }

  @Test
  void wayBackHasTheOtherSignAndTheInverseRatio() {
    Drift back = Drift.of(feature("a", 13, 14), feature("a", 10, 4));
    assertEquals(-1, back.meanDifference());
    assertEquals(4.0 / 14, back.varianceRatio());
  }

  @Test
  void whatLiesOnTheBoundsDoesNotMatter() {
    Drift onTheBound = Drift.of(feature("a", 0, 1), feature("a", 0.1, 1));
    assertEquals(0.1, onTheBound.meanDifference());
    assertFalse(onTheBound.isMoved());
    assertFalse(Drift.of(feature("a", 0, 1), feature("a", 0, 2)).isSpreadChanged());
    assertFalse(Drift.of(feature("a", 0, 2), feature("a", 0, 1)).isSpreadChanged());
  }

  @Test
  void equalConstantsDoNotDrift() {
    Drift drift = Drift.of(constant("a", 5), constant("a", 5));
    assertEquals(0, drift.meanDifference());
    assertEquals(NAN, drift.varianceRatio());
    assertFalse(drift.isMoved());
    assertFalse(drift.isSpreadChanged());
  }

  @Test
  void differentConstantsDriftWithoutBound() {
    assertEquals(INFINITY, Drift.of(constant("a", 5), constant("a", 6)).meanDifference());
    assertEquals(-INFINITY, Drift.of(constant("a", 5), constant("a", 4)).meanDifference());
  }

  @Test
  void constantOnOneSideHasVarianceZero() {
    Drift fromConstant = Drift.of(constant("a", 5), feature("a", 6, 2));
    assertEquals(1, fromConstant.meanDifference());
    assertEquals(INFINITY, fromConstant.varianceRatio());
    assertTrue(fromConstant.isSpreadChanged());
    assertEquals(0, Drift.of(feature("a", 6, 2), constant("a", 5)).varianceRatio());
  }

  @Test
  void featureWithoutValuesHasNoDrift() {
    Drift drift = Drift.of(feature("a", 1, 1), feature("a", NAN, NAN));
    assertEquals(NAN, drift.meanDifference());
    assertEquals(NAN, drift.varianceRatio());
    assertTrue(drift.isOneSided());
    assertFalse(Drift.of(feature("a", NAN, NAN), feature("a", NAN, NAN)).isOneSided());
  }

  @Test
  void valuesBeyondTheRangeOfTheFirstAreMarkedAndThoseOnItsBoundsAreNot() {
    Feature first = ranged(-1, 4);
    assertFalse(Drift.of(first, ranged(-1, 4)).isBeyondRange());
    assertFalse(Drift.of(first, ranged(0, 1)).isBeyondRange());
    assertTrue(Drift.of(first, ranged(Math.nextDown(-1.0), 1)).isBeyondRange());
    assertTrue(Drift.of(first, ranged(0, Math.nextUp(4.0))).isBeyondRange());
  }

  @Test
  void nothingIsBeyondARangeThatIsNotKnown() {
    for (Drift drift :
        List.of(
            Drift.of(ranged(NAN, NAN), ranged(0, 9)), Drift.of(ranged(0, 9), ranged(NAN, NAN)))) {
      assertFalse(drift.isBeyondRange());
      assertTrue(drift.hasUnknownRange());
    }
    assertFalse(Drift.of(ranged(0, 1), ranged(0, 9)).hasUnknownRange());
    Drift empty = Drift.of(feature("a", NAN, NAN), ranged(0, 9));
    assertFalse(empty.isBeyondRange());
    assertFalse(empty.hasUnknownRange(), "there are no values");
  }

  @Test
  void hugeMeansDoNotOverflow() {
    Drift drift = Drift.of(feature("a", -1.5e308, 1e300), feature("a", 1.5e308, 1e300));
    assertEquals(3e158, drift.meanDifference(), 1e144);
    // The variance of values of 1e200 is beyond the range of doubles.
    Drift unknown = Drift.of(feature("a", 0, INFINITY), feature("a", 1, INFINITY));
    assertEquals(NAN, unknown.meanDifference());
    assertEquals(NAN, unknown.varianceRatio());
    assertEquals(NAN, Drift.of(feature("a", 0, INFINITY), feature("a", 0, 1)).varianceRatio());
    assertEquals(NAN, Drift.of(feature("a", 0, 1), feature("a", 0, INFINITY)).varianceRatio());
  }

  @Test
  void largestDriftComesFirst() {
    List<Feature> first =
        List.of(
            feature("still", 0, 1),
            feature("wider", 0, 1),
            feature("down", 0, 1),
            constant("moved constant", 1),
            feature("empty", NAN, NAN),
            feature("gone", 0, 1),
            feature("beyond doubles", 0, INFINITY),
            feature("up", 0, 1));
    List<Feature> second =
        List.of(
            feature("beyond doubles", 1, INFINITY),
            feature("up", 1, 1),
            feature("empty", NAN, NAN),
            feature("gone", NAN, NAN),
            constant("moved constant", 2),
            feature("down", -2, 1),
            feature("wider", 0, 4),
            feature("still", 0, 1));
    assertEquals(
        List.of(
            "gone", "beyond doubles", "moved constant", "down", "up", "wider", "still", "empty"),
        names(Comparison.of("A", first, "B", second)));
  }

  @Test
  void featuresAreComparedByNameAndTheOthersListed() {
    Comparison comparison =
        Comparison.of(
            "A",
            List.of(feature("a", 0, 1), feature("only A", 0, 1), feature("b", 0, 1)),
            "B",
            List.of(feature("b", 1, 1), feature("only B", 0, 1), feature("a", 0, 1)));
    assertEquals(List.of("b", "a"), names(comparison));
    assertEquals(1, comparison.drifts().get(0).meanDifference());
    assertEquals(List.of("only A"), comparison.onlyFirst());
    assertEquals(List.of("only B"), comparison.onlySecond());
  }

  @Test
  void repeatedNamesAreComparedInTheirOrder() {
    Comparison comparison =
        Comparison.of(
            "A",
            List.of(feature("a", 0, 1), feature("a", 5, 1)),
            "B",
            List.of(feature("a", 0, 1), feature("a", 6, 1), feature("a", 7, 1)));
    assertEquals(
        List.of(1.0, 0.0), comparison.drifts().stream().map(Drift::meanDifference).toList());
    assertEquals(List.of("a"), comparison.onlySecond());
  }

  private static List<String> names(Comparison comparison) {
    return comparison.drifts().stream().map(drift -> drift.first().name()).toList();
  }

  private static Feature feature(String name, double mean, double variance) {
    return new Feature(name, 10, 0, mean, variance, Math.sqrt(variance), NAN, NAN, false, false, 1);
  }

  private static Feature ranged(double min, double max) {
    return new Feature("a", 10, 0, 1, 1, 1, min, max, false, false, 1);
  }

  private static Feature constant(String name, double mean) {
    return new Feature(name, 10, 0, mean, 0, 0, NAN, NAN, true, false, 0);
  }
}
