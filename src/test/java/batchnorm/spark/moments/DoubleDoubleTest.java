package batchnorm.spark.moments;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Against {@link BigDecimal}; errors are in units of 2^-106. */
class DoubleDoubleTest {
  private static final MathContext PRECISE = new MathContext(100);
  private static final BigDecimal TWO = new BigDecimal(2);
  private static final BigDecimal UNIT = BigDecimal.ONE.divide(TWO.pow(106));

  @ParameterizedTest(name = "{0} bits")
  @ValueSource(ints = {1, 30, 53, 63, 64, 65, 106, 107, 127, 128, 129, 191, 192, 500, 4000})
  void anExactSumIsTakenWithAnErrorOfAtMostFour(int bits) {
    Random random = new Random(bits);
    for (int i = 0; i < 500; i++) {
      BigInteger integer = integer(bits, random);
      int exponent = random.nextInt(400) - 200;
      ExactSum sum = ExactSum.of(integer, exponent);
      assertNear(new BigDecimal(integer).multiply(power(exponent)), sum.near(), 4);
    }
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {20150614, 7})
  void productsDifferencesAndQuotientsKeepTheirBounds(long seed) {
    Random random = new Random(seed);
    for (int i = 0; i < 3000; i++) {
      DoubleDouble a = number(random, 0);
      DoubleDouble b = number(random, i % 3 == 0 ? a.exponent() : random.nextInt(300) - 150);
      assertNear(value(a).multiply(value(b)), a.times(b), 4);
      assertNear(value(a).subtract(value(b)), a.minus(b), 3);
      assertNear(value(a).divide(value(b), PRECISE), a.over(b), 15);
    }
  }

  /** A difference that cancels all but a few last bits loses none of those. */
  @Test
  void aDifferenceOfNeighboursIsExact() {
    DoubleDouble one = new DoubleDouble(1, 0x1p-60, 3);
    DoubleDouble other = new DoubleDouble(1, 0x1p-60 + 0x1p-105, 3);
    assertEquals(0, value(other.minus(one)).compareTo(power(-102)));
    assertEquals(0, value(one.minus(one)).signum());
  }

  /** A 0 may have any exponent. */
  @ParameterizedTest(name = "0 times 2^{0}")
  @ValueSource(ints = {-4000, -999, 0, 999, 4000})
  void aDifferenceFromZeroIsTheOther(int exponent) {
    DoubleDouble number = new DoubleDouble(1.5, 0x1p-60, 7);
    DoubleDouble zero = new DoubleDouble(0, 0, exponent);
    assertEquals(number, number.minus(zero));
    assertEquals(new DoubleDouble(-1.5, -0x1p-60, 7), zero.minus(number));
  }

  /** Further apart than the range of double, too. */
  @ParameterizedTest(name = "2^{0}")
  @ValueSource(ints = {-4000, -999, 999, 4000})
  void theDifferenceFromAFarSmallerOrGreaterNumberIsTheGreater(int exponent) {
    DoubleDouble one = new DoubleDouble(1, 0, 0);
    DoubleDouble other = new DoubleDouble(1, 0, exponent);
    BigDecimal expected = exponent < 0 ? BigDecimal.ONE : power(exponent).negate();
    assertNear(expected, one.minus(other), 3);
  }

  /** The rounding is that of exact arithmetic, or it is left to it. */
  @ParameterizedTest(name = "{0} bits")
  @CsvSource({"10, 0", "53, 0", "64, 5", "200, 5", "2000, 5"})
  void aCertainRoundingIsTheCorrectOne(int bits, int uncertain) {
    Random random = new Random(bits);
    int undecided = 0;
    for (int i = 0; i < 2000; i++) {
      BigInteger numerator = integer(bits, random);
      BigInteger denominator = integer(1 + random.nextInt(bits), random).abs();
      int magnitude = numerator.bitLength() - denominator.bitLength();
      int exponent = random.nextInt(200) - 100 - magnitude;
      double found =
          ExactSum.of(numerator, exponent)
              .near()
              .over(ExactSum.of(denominator, 0).near())
              .rounded(0x1p-100);
      if (Double.isNaN(found)) {
        undecided++;
      } else {
        assertEquals(ExactRatio.round(numerator, denominator, exponent), found);
      }
    }
    assertTrue(undecided <= uncertain, undecided + " of 2000 undecided");
  }

  @Test
  void tiesAndTheEndsOfTheRangeAreUndecided() {
    assertEquals(1, new DoubleDouble(1, 0x1p-54, 0).rounded(0x1p-100));
    assertEquals(Math.nextUp(1.0), new DoubleDouble(1, 0x1.8p-53, 0).rounded(0x1p-100));
    for (double undecided :
        new double[] {
          new DoubleDouble(1, 0x1p-53, 0).rounded(0x1p-100),
          new DoubleDouble(1, 0x1p-54, 0).rounded(0x1p-53),
          new DoubleDouble(1, 0, 0).rounded(Double.POSITIVE_INFINITY),
          new DoubleDouble(0, 0, 0).rounded(Double.POSITIVE_INFINITY),
          new DoubleDouble(1, 0, -1022).rounded(0x1p-100),
          new DoubleDouble(1, 0, 1024).rounded(0x1p-100),
          new DoubleDouble(Math.nextDown(2.0), 0x1.8p-53, 1023).rounded(0x1p-100)
        }) {
      assertEquals(Double.NaN, undecided);
    }
    assertEquals(0x1p-1021, new DoubleDouble(1, 0, -1021).rounded(0x1p-100));
    assertEquals(-0x1p1023, new DoubleDouble(-1, 0, 1023).rounded(0x1p-100));
  }

  private static BigInteger integer(int bits, Random random) {
    BigInteger magnitude = new BigInteger(bits, random).setBit(bits - 1);
    // Long runs of ones and zeros are where carries go astray.
    if (random.nextBoolean()) {
      magnitude =
          magnitude.or(BigInteger.ONE.shiftLeft(random.nextInt(bits)).subtract(BigInteger.ONE));
    }
    return random.nextBoolean() ? magnitude : magnitude.negate();
  }

  private static DoubleDouble number(Random random, int exponent) {
    double high = (1 + random.nextDouble()) * (random.nextBoolean() ? 1 : -1);
    double low = (random.nextDouble() - 0.5) * Math.ulp(high);
    return new DoubleDouble(high, low, exponent);
  }

  private static BigDecimal value(DoubleDouble number) {
    return new BigDecimal(number.high())
        .add(new BigDecimal(number.low()))
        .multiply(power(number.exponent()));
  }

  private static BigDecimal power(int exponent) {
    return exponent < 0 ? BigDecimal.ONE.divide(TWO.pow(-exponent)) : TWO.pow(exponent);
  }

  private static void assertNear(BigDecimal expected, DoubleDouble found, int units) {
    BigDecimal error = expected.subtract(value(found)).abs();
    BigDecimal bound = expected.abs().multiply(UNIT).multiply(new BigDecimal(units));
    assertTrue(error.compareTo(bound) <= 0, () -> found + " is not " + expected);
  }
}
