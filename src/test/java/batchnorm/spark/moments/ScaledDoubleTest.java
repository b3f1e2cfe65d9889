package batchnorm.spark.moments;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Expected numbers are written with the powers of two that they are made of. */
class ScaledDoubleTest {
  private static double two(int power) {
    return Math.scalb(1.0, power);
  }

  /** The sum of 1.5 times a power of two and another power of two, as a multiple of a third one. */
  @ParameterizedTest
  @CsvSource({
    // Doubles are added as doubles.
    "0, 0, 0, 2.5",
    "0, 1, 0, 3.5",
    // The exponent of the larger summand, if it is even.
    "2000, 1000, 2000, 1.5",
    "1200, 1020, 1200, 1.5",
    "-2000, 4, 4, 1",
    "-2000, 5, 4, 2",
    // A subnormal summand counts as one of 2^-1024: 2.5 * 2^-36 of it.
    "-1060, -1060, -1024, 3.637978807091713E-11",
    "1020, 1022, 1022, 1.375",
    "1020, 1019, 1020, 2",
  })
  void sumsAreRoundedOnce(int exponent, int power, int expected, double significand) {
    assertEquals(
        new ScaledDouble(significand, expected), new ScaledDouble(1.5, exponent).plus(two(power)));
  }

  @Test
  void zeroChangesNoSum() {
    assertEquals(new ScaledDouble(1.5, 2000), new ScaledDouble(1.5, 2000).plus(0));
    assertEquals(new ScaledDouble(1, 6), new ScaledDouble(0, 2000).plus(two(6)));
    assertEquals(new ScaledDouble(2, 6), new ScaledDouble(0, -2000).plus(two(7)));
  }

  @Test
  void rootsHaveHalfOfTheExponent() {
    assertEquals(new ScaledDouble(1.5, 1000), new ScaledDouble(2.25, 2000).squareRoot());
    assertEquals(new ScaledDouble(3, -600), new ScaledDouble(9, -1200).squareRoot());
  }

  @Test
  void numbersHaveTheirMagnitudeAndDouble() {
    assertEquals(2003, new ScaledDouble(12, 2000).magnitude());
    assertEquals(12 * two(-500), new ScaledDouble(12, -500).doubleValue());
    assertEquals(Double.POSITIVE_INFINITY, new ScaledDouble(12, 2000).doubleValue());
    assertEquals(0, new ScaledDouble(12, -2000).doubleValue());
    assertEquals(ScaledDouble.of(0.1), new ScaledDouble(0.1, 0));
  }

  @Test
  void onlyTheQuotientMayLeaveTheRangeOfDouble() {
    ScaledDouble large = new ScaledDouble(two(900), 1200);
    assertEquals(1.5 * two(-100), large.dividing(1.5 * two(1000), 1000));
    assertEquals(two(100) / 1.5, large.dividedBy(1.5 * two(1000), -1000));
    assertEquals(0, large.dividing(1.5, 0));
    assertEquals(Double.POSITIVE_INFINITY, large.dividedBy(1.5, 0));
  }
}
