package batchnorm.spark.moments;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.math.BigDecimal;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The sums of one feature, against {@link BigDecimal}, which adds and multiplies exactly too. */
class FeatureSumsTest {
  private static final double ALL_ONES = Math.nextDown(2.0);
  private static final double GREATEST_SUBNORMAL = Math.nextDown(Double.MIN_NORMAL);

  @Test
  void oneProductOfTheMostAndTheFewestDigits() {
    double[] numbers = {
      1,
      -1,
      ALL_ONES,
      -ALL_ONES,
      0.1,
      3,
      0x1.8p0,
      Double.MIN_VALUE,
      -Double.MAX_VALUE,
      0x1p-1022,
      GREATEST_SUBNORMAL,
      0x1.0000000000001p500,
      0x1.00000001p0,
      0x1.ffffffffp31,
      4294967297.0
    };
    for (double x : numbers) {
      for (double w : numbers) {
        assertProduct(x, Math.abs(w));
      }
    }
  }

  /** A product of 159 bits has carries between each of its words. */
  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {20150614, 7})
  void randomProducts(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = 0; i < 3000; i++) {
      double x = number(random);
      double w = Math.abs(number(random));
      if (w > 0) {
        assertProduct(x, w);
      }
    }
  }

  private static void assertProduct(double x, double w) {
    FeatureSums column = new FeatureSums();
    column.add(x, w);
    BigDecimal product = new BigDecimal(w).multiply(new BigDecimal(x));
    String what = x + " of weight " + w;
    assertValue(product, column.sum(), what);
    assertValue(product.multiply(new BigDecimal(x)), column.squares(), what);
    FeatureSums one = new FeatureSums();
    one.add(x);
    assertValue(new BigDecimal(x), one.sum(), what);
    assertValue(new BigDecimal(x).pow(2), one.squares(), what);
  }

  /** Digits of many kinds: random, few at the top, few at the bottom, nearly all ones. */
  private static double number(SplittableRandom random) {
    long fraction =
        switch (random.nextInt(4)) {
          case 0 -> random.nextLong();
          case 1 -> random.nextLong() << random.nextInt(64);
          case 2 -> random.nextLong() >>> random.nextInt(64);
          default -> -1L << random.nextInt(64) | random.nextLong() >>> random.nextInt(64);
        };
    long exponent = random.nextInt(4) == 0 ? 0 : random.nextInt(0x7ff);
    long bits = fraction & (1L << 52) - 1 | exponent << 52 | random.nextLong() & 1L << 63;
    return Double.longBitsToDouble(bits);
  }

  /** Halves of words, as a block adds them, as large as 1,024 values can make them. */
  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {20150614, 7})
  void halvesOfWordsWithRoomForCarries(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    BigDecimal half = new BigDecimal(1L << 32);
    for (int i = 0; i < 2000; i++) {
      long low = half(random, 42);
      long high = half(random, 42);
      long signed = random.nextBoolean() ? high : -high;
      int exponent = random.nextInt(-200, 200);
      BigDecimal unit = new BigDecimal(Math.scalb(1.0, exponent));
      FeatureSums column = new FeatureSums();
      column.addSum(signed, low, exponent);
      column.addSquares(high, low, exponent);
      column.addSquares(signed, low, exponent);
      BigDecimal sum = big(signed).multiply(half).add(big(low));
      BigDecimal squares = big(high).multiply(half).add(big(low)).add(sum);
      assertValue(sum.multiply(unit), column.sum(), "sum of " + signed + ", " + low);
      assertValue(squares.multiply(unit), column.squares(), signed + ", " + low);
    }
  }

  private static long half(SplittableRandom random, int bits) {
    return switch (random.nextInt(4)) {
      case 0 -> 0;
      case 1 -> (1L << bits) - 1;
      case 2 -> (1L << 32) - random.nextInt(2);
      default -> random.nextLong() >>> (64 - bits);
    };
  }

  private static BigDecimal big(long value) {
    return BigDecimal.valueOf(value);
  }

  private static void assertValue(BigDecimal expected, ExactSum found, String what) {
    BigDecimal value = new BigDecimal(found.significand());
    BigDecimal power = new BigDecimal(2).pow(Math.abs(found.exponent()));
    // Without a division: both sides times the power of two.
    int order =
        found.exponent() < 0
            ? expected.multiply(power).compareTo(value)
            : expected.compareTo(value.multiply(power));
    assertEquals(0, order, () -> what + ": " + found.toDyadic() + " is not " + expected);
  }
}
