package batchnorm.spark.moments;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/** The judge itself, on numbers that can be checked by hand. */
class ExactMomentsTest {

  @Test
  void smallIntegersGiveWhatOneGetsOnPaper() {
    // mean (1 + 2 + 3 + 6) / 4 = 3; m2 = 4 + 1 + 0 + 9
    assertNumbers(4, 3, 14 / 4.0, 14 / 3.0, ExactMoments.of(1, 2, 3, 6));
  }

  @Test
  void weightIsTheSameAsRepetition() {
    ExactMoments repeated = ExactMoments.of(0.1, 0.1, 0.1, 7, 7);
    assertNumbers(
        5,
        repeated.mean(),
        repeated.variance(0),
        repeated.variance(1),
        ExactMoments.weighted(new double[] {0.1, 7}, new double[] {3, 2}));
  }

  @Test
  void nothingIsLostWhereDoublesLoseEverything() {
    // m2 = 2^2 + 0 + 2^2 about the mean 1e16
    assertNumbers(3, 1e16, 8 / 3.0, 4, ExactMoments.of(1e16 - 2, 1e16, 1e16 + 2));
    // m2 of x and -x is 2 x^2
    assertNumbers(2, 0, 0x1p1000, 0x1p1001, ExactMoments.of(0x1p500, -0x1p500));
    double infinity = Double.POSITIVE_INFINITY;
    assertNumbers(2, 0, infinity, infinity, ExactMoments.of(1e200, -1e200));
  }

  @Test
  void missingValuesAreLeftOutAndNothingHasNoMoments() {
    assertNumbers(2, 1.5, 0.25, 0.5, ExactMoments.of(1, Double.NaN, 2, Double.NEGATIVE_INFINITY));
    assertNumbers(0, Double.NaN, Double.NaN, Double.NaN, ExactMoments.of(Double.NaN));
  }

  private static void assertNumbers(
      double weight, double mean, double variance, double sampleVariance, ExactMoments exact) {
    assertEquals(weight, exact.weight());
    assertEquals(mean, exact.mean());
    assertEquals(variance, exact.variance(0));
    assertEquals(sampleVariance, exact.variance(1));
  }
}
