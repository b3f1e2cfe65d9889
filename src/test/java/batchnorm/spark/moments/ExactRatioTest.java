package batchnorm.spark.moments;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ExactRatioTest {
  private static final BigInteger ONE = BigInteger.ONE;

  /** Both of up to so many bits, with exponents that bring the ratio to every end of the range. */
  @ParameterizedTest(name = "{0} bits, seed {0}")
  @ValueSource(ints = {1, 10, 53, 54, 64, 200, 5000})
  void ratiosRoundToTheNearestDouble(int bits) {
    Random random = new Random(bits);
    for (int i = 0; i < 400; i++) {
      BigInteger numerator = new BigInteger(bits, random);
      BigInteger denominator = new BigInteger(1 + random.nextInt(bits), random).add(ONE);
      int magnitude = numerator.bitLength() - denominator.bitLength();
      int exponent =
          switch (i % 4) {
            case 0 -> random.nextInt(100) - 50;
            case 1 -> -1074 - magnitude + random.nextInt(60) - 4;
            case 2 -> 1024 - magnitude + random.nextInt(6) - 4;
            default -> random.nextInt(2200) - 1100;
          };
      assertNearest(numerator, denominator, exponent);
      assertNearest(numerator.negate(), denominator, exponent);
    }
  }

  /** An odd number of halves of the last place, and what lies a little beside. */
  @ParameterizedTest(name = "last place 2^{0}")
  @ValueSource(ints = {-1074, -1073, -1030, -60, 0, 900, 971})
  void halfwayGoesToTheEvenNeighbour(int lastPlace) {
    Random random = new Random(lastPlace);
    BigInteger beside = ONE.shiftLeft(3000);
    for (int i = 0; i < 200; i++) {
      BigInteger halves = new BigInteger(53, random).setBit(53).setBit(0);
      // The same ratio again, over a denominator that no shift makes 1.
      BigInteger third = BigInteger.valueOf(3);
      assertNearest(halves, ONE, lastPlace - 1);
      assertNearest(halves.multiply(third), third, lastPlace - 1);
      assertNearest(halves.multiply(beside).add(ONE), beside, lastPlace - 1);
      assertNearest(halves.multiply(beside).subtract(ONE), beside, lastPlace - 1);
      assertNearest(halves.multiply(beside).add(ONE).negate(), beside, lastPlace - 1);
    }
  }

  @ParameterizedTest(name = "{0} / {1} 2^{2} = {3}")
  @CsvSource({
    "0, 7, 5000, 0",
    "0, 7, -5000, 0",
    "1, 1, -1074, 4.9e-324",
    "1, 1, -1075, 0",
    "3, 1, -1076, 4.9e-324",
    "3, 2, -1075, 4.9e-324",
    "3, 1, -1075, 1.0e-323",
    "5, 1, -1075, 1.0e-323",
    "1, 3, -1073, 4.9e-324",
    "1, 1, -100000, 0",
    "1, 1, 100000, Infinity",
    "-1, 1, 100000, -Infinity",
    "1, 1, 1023, 8.98846567431158e307",
    "1, 1, 1024, Infinity",
    "-2, 3, 0, -0.6666666666666666",
    "1, 10, 0, 0.1"
  })
  void theEndsOfTheRangeRoundAsTheRest(
      long numerator, long denominator, int exponent, double expected) {
    assertEquals(
        expected,
        ExactRatio.round(BigInteger.valueOf(numerator), BigInteger.valueOf(denominator), exponent));
  }

  @Test
  void aCarryOutOfAllDigitsIsTheNextPowerOfTwo() {
    BigInteger ones = ONE.shiftLeft(54).subtract(ONE);
    assertEquals(0x1p54, ExactRatio.round(ones, ONE, 0));
    assertEquals(-0x1p54, ExactRatio.round(ones.negate(), ONE, 0));
    assertEquals(Double.MIN_NORMAL, ExactRatio.round(ones, ONE, -1022 - 54));
    assertEquals(Double.POSITIVE_INFINITY, ExactRatio.round(ones, ONE, 970));
    assertEquals(Double.MAX_VALUE, ExactRatio.round(ones.clearBit(0), ONE, 970));
    assertEquals(
        Double.MAX_VALUE,
        ExactRatio.round(ones.shiftLeft(100).subtract(ONE), ONE, 870),
        "just below the midpoint to infinity");
  }

  private static void assertNearest(BigInteger numerator, BigInteger denominator, int exponent) {
    BigDecimal top = new BigDecimal(numerator.shiftLeft(Math.max(0, exponent)));
    BigDecimal bottom = new BigDecimal(denominator.shiftLeft(Math.max(0, -exponent)));
    assertEquals(
        Nearest.ratio(top, bottom),
        ExactRatio.round(numerator, denominator, exponent),
        () -> numerator + " / " + denominator + " 2^" + exponent);
  }
}
