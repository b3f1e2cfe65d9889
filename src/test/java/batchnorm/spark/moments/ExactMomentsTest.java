package batchnorm.spark.moments;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.math.BigDecimal;
import org.junit.jupiter.api.Test;

/** The judge itself, on numbers that can be checked by hand. */
class ExactMomentsTest {

  @Test
  void smallIntegersGiveWhatOneGetsOnPaper() {
    // mean (1 + 2 + 3 + 6) / 4 = 3; m2 = 4 + 1 + 0 + 9
    ExactMoments exact = ExactMoments.of(1, 2, 3, 6);
    assertEquals(0, exact.weight().compareTo(BigDecimal.valueOf(4)));
    assertEquals(0, exact.mean().compareTo(BigDecimal.valueOf(3)));
    assertEquals(0, exact.m2().compareTo(BigDecimal.valueOf(14)));
  }

  @Test
  void weightIsTheSameAsRepetition() {
    assertEquals(
        ExactMoments.of(0.1, 0.1, 0.1, 7, 7),
        ExactMoments.weighted(new double[] {0.1, 7}, new double[] {3, 2}));
  }

  @Test
  void nothingIsLostWhereDoublesLoseEverything() {
    // m2 = 2^2 + 0 + 2^2 about the mean 1e16
    ExactMoments exact = ExactMoments.of(1e16 - 2, 1e16, 1e16 + 2);
    assertEquals(0, exact.mean().compareTo(new BigDecimal("1e16")));
    assertEquals(0, exact.m2().compareTo(BigDecimal.valueOf(8)));
    // m2 of x and -x is 2 x^2, which no double holds here
    assertEquals(401, ExactMoments.of(1e200, -1e200).m2().toBigInteger().toString().length());
  }

  @Test
  void missingValuesAreLeftOutAndNothingHasNoMoments() {
    assertEquals(ExactMoments.of(1, 2), ExactMoments.of(1, Double.NaN, 2));
    assertThrows(IllegalArgumentException.class, () -> ExactMoments.of(Double.NaN));
  }
}
