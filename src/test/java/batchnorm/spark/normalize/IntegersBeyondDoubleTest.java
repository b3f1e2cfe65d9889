package batchnorm.spark.normalize;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import batchnorm.spark.moments.FeatureExtension;
import batchnorm.spark.moments.IntegerMean;
import batchnorm.spark.moments.Statistics;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Integers that no double equals are normalized and restored to within units of the exact result:
 * the integer is not rounded before the mean is subtracted. The variance is 4.
 */
class IntegersBeyondDoubleTest {
  private static final double TWO_53 = 0x1p53;
  private static final MathContext DIGITS = new MathContext(60);

  @ParameterizedTest(name = "mean {0} + {1}")
  @CsvSource({
    "9007199254740993, 0.25",
    "9007199254740993, -0.5",
    "-9007199254740993, 0.125",
    "1234567890123456789, 0",
    "-4611686018427387905, 0.5",
    "9223372036854775807, -0.25",
    "-9223372036854775808, 0.375",
    "9223372036854774784, 0.5",
  })
  void digitsBeyondDoubleAreKept(long whole, double fraction) {
    BigDecimal mean = new BigDecimal(whole).add(new BigDecimal(fraction));
    Statistics statistics = statistics(new IntegerMean(whole, fraction));
    Recipe recipe =
        new Recipe(
            true, true, 0, 0, Optional.of(new double[] {3, 1}), Optional.of(new double[] {7, 0}));
    Coefficients normalizing = Direction.NORMALIZING.coefficients(statistics, recipe);
    Coefficients restoring = Direction.RESTORING.coefficients(statistics, recipe);
    assertTrue(normalizing.isWithinRange(0));
    assertTrue(restoring.isWithinRange(0));
    for (long offset : new long[] {0, 1, -1, 2, 5, 1000, -123_456_789_012_345L}) {
      long x = whole + offset;
      if (offset != 0 && (x > whole) != (offset > 0)) {
        continue;
      }
      assertNear(image(new BigDecimal(x), mean), normalizing.image(0, x));
      assertNear(image(new BigDecimal(x), mean), normalizing.image(0, 0, x));
      double rounded = (double) x;
      assertNear(image(new BigDecimal(rounded), mean), normalizing.image(0, rounded));
    }
    for (double x : new double[] {0, 0.5, -3.25, 1e300, -1e300, 0x1p63, -0x1p63}) {
      assertNear(image(new BigDecimal(x), mean), normalizing.image(0, x));
    }
    for (double y : new double[] {7, 7.75, 10, -20.5, 1e6}) {
      BigDecimal exact =
          new BigDecimal(y)
              .subtract(new BigDecimal(7))
              .multiply(new BigDecimal(2))
              .divide(new BigDecimal(3), DIGITS)
              .add(mean);
      assertNear(exact, restoring.image(0, y));
    }
    assertEquals(restoring.image(0, 10.0), restoring.image(0, 10L));
  }

  /** Next to such a feature, and without a mean, the formula is the plain one. */
  @ParameterizedTest(name = "mean {0} + {1}")
  @CsvSource({"9007199254740993, 0.25", "-9007199254740993, 0.125"})
  void otherFeaturesKeepThePlainFormula(long whole, double fraction) {
    Statistics statistics = statistics(new IntegerMean(whole, fraction));
    Recipe centring = new Recipe(true, true, 0, 0, Optional.empty(), Optional.empty());
    Coefficients map = Direction.NORMALIZING.coefficients(statistics, centring);
    assertEquals((9.0 - 5) / 2, map.image(1, 9.0));
    assertEquals((9.0 - 5) / 2, map.image(1, 9L));
    assertEquals(((double) whole - 5) / 2, map.image(1, (double) whole));
    assertNotEquals(map.feature(0), map.feature(1));
    assertEquals(map.image(0, whole), map.feature(0).image(0, whole));
    Recipe scaling = new Recipe(false, true, 0, 0, Optional.empty(), Optional.empty());
    Coefficients scaled = Direction.NORMALIZING.coefficients(statistics, scaling);
    assertEquals(Coefficients.of(new double[] {0, 0, 0.5, 0.5, 0, 0}, 2), scaled);
  }

  /** A long that no double equals, under a plain feature of an ordinary mean. */
  @ParameterizedTest(name = "x = {0}")
  @CsvSource({"9007199254740993", "-9007199254740993", "9223372036854775807"})
  void aLongIsNotRoundedBeforeAnOrdinaryMeanIsSubtracted(long x) {
    Statistics statistics = Statistics.known(new double[] {0.5}, new double[] {1});
    Recipe recipe = new Recipe(true, true, 0, 0, Optional.empty(), Optional.empty());
    Coefficients map = Direction.NORMALIZING.coefficients(statistics, recipe);
    BigDecimal exact = new BigDecimal(x).subtract(new BigDecimal(0.5));
    assertNear(exact, map.image(0, x));
    assertEquals(2.5, map.image(0, 3L));
  }

  /** The first feature has the integer mean, the second mean 5; both have variance 4. */
  private static Statistics statistics(IntegerMean mean) {
    double nearest =
        new BigDecimal(mean.whole()).add(new BigDecimal(mean.fraction())).doubleValue();
    assertTrue(Math.abs(nearest) >= TWO_53);
    double[] variance = {4, 4};
    return Statistics.known(
        new double[] {nearest, 5},
        variance,
        variance,
        Map.of(0, new FeatureExtension(mean, null, null)));
  }

  /** {@code 3 (x - mean) / 2 + 7}. */
  private static BigDecimal image(BigDecimal x, BigDecimal mean) {
    return x.subtract(mean).multiply(new BigDecimal("1.5")).add(new BigDecimal(7));
  }

  /** The difference, the product and the sum are rounded. */
  private static void assertNear(BigDecimal exact, double found) {
    double nearest = exact.doubleValue();
    assertEquals(nearest, found, 3 * Math.ulp(nearest) + 2 * Math.ulp(7.0));
  }
}
