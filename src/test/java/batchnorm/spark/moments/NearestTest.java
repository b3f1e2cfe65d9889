package batchnorm.spark.moments;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.math.BigDecimal;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The judge of roundings: division by hardware is correctly rounded, too, and agrees with it. */
class NearestTest {
  private static final BigDecimal ONE = BigDecimal.ONE;

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {20150614, 7})
  void quotientsAreThoseOfTheHardware(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = 0; i < 5_000; i++) {
      double numerator = finite(random);
      double denominator = finite(random);
      if (denominator != 0) {
        assertEquals(
            numerator / denominator + 0.0,
            Nearest.ratio(new BigDecimal(numerator), new BigDecimal(denominator)) + 0.0,
            numerator + " / " + denominator);
      }
    }
  }

  @Test
  void tiesGoToTheEvenNeighbour() {
    BigDecimal half = new BigDecimal(0x1p-53);
    assertEquals(1.0, Nearest.ratio(ONE.add(half), ONE));
    assertEquals(0x1.0000000000002p0, Nearest.ratio(ONE.add(half.multiply(big(3))), ONE));
    assertEquals(-1.0, Nearest.ratio(ONE.add(half).negate(), ONE));
    assertEquals(0x1.0000000000001p0, Nearest.ratio(ONE.add(half).add(tiny()), ONE));
    assertEquals(1.0, Nearest.ratio(ONE.add(half).subtract(tiny()), ONE));
  }

  @Test
  void theEndsOfTheRangeRoundAsTheRest() {
    BigDecimal least = new BigDecimal(Double.MIN_VALUE);
    assertEquals(0.0, Nearest.ratio(least, big(2)));
    assertEquals(Double.MIN_VALUE, Nearest.ratio(least.add(tiny()), big(2)));
    assertEquals(2 * Double.MIN_VALUE, Nearest.ratio(least.multiply(big(3)), big(2)));
    BigDecimal greatest = new BigDecimal(Double.MAX_VALUE);
    BigDecimal halfUlp = new BigDecimal(Math.ulp(Double.MAX_VALUE)).divide(big(2));
    assertEquals(Double.POSITIVE_INFINITY, Nearest.ratio(greatest.add(halfUlp), ONE));
    assertEquals(Double.MAX_VALUE, Nearest.ratio(greatest.add(halfUlp).subtract(tiny()), ONE));
    assertEquals(Double.NEGATIVE_INFINITY, Nearest.ratio(greatest.multiply(big(-2)), ONE));
  }

  private static BigDecimal big(long value) {
    return BigDecimal.valueOf(value);
  }

  private static BigDecimal tiny() {
    return new BigDecimal("1e-2000");
  }

  private static double finite(SplittableRandom random) {
    double x = Double.longBitsToDouble(random.nextLong());
    return Double.isFinite(x) ? x : 1;
  }
}
