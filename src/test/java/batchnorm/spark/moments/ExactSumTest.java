package batchnorm.spark.moments;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Limbs, carries and borrows, against {@link BigInteger}. */
class ExactSumTest {
  /** The unit that references count: below what any product of three doubles has. */
  private static final int LEAST = -3300;

  private static final BigInteger ONE = BigInteger.ONE;

  @ParameterizedTest(name = "exponents within {0}, seed 20150614 + {0}")
  @ValueSource(ints = {0, 1, 63, 64, 65, 130, 300, 3000})
  void randomNumbersOfAnyWidthAddUp(int span) {
    SplittableRandom random = new SplittableRandom(20150614 + span);
    for (int round = 0; round < 40; round++) {
      ExactSum sum = new ExactSum();
      BigInteger expected = BigInteger.ZERO;
      for (int i = 0; i < 100; i++) {
        int exponent = span == 0 ? 0 : random.nextInt(-span, span);
        expected = expected.add(scaled(addOne(sum, random, exponent), exponent));
        assertValue(expected, sum);
      }
    }
  }

  /** Limbs of zeros and ones, which carries and borrows run through from end to end. */
  private static BigInteger addOne(ExactSum sum, SplittableRandom random, int exponent) {
    long low = limb(random);
    long mid = limb(random);
    long high = limb(random);
    BigInteger value = BigInteger.valueOf(low);
    switch (random.nextInt(4)) {
      case 0 -> sum.add(low, exponent);
      case 1 -> {
        sum.add(high, low, exponent);
        value = joined(high, low);
      }
      case 2 -> {
        sum.add(high, mid, low, exponent);
        value = joined(high, mid).shiftLeft(64).add(unsigned(low));
      }
      default -> {
        value = joined(high, mid).shiftLeft(64).add(unsigned(low));
        sum.add(ExactSum.of(value, exponent));
      }
    }
    return value;
  }

  private static long limb(SplittableRandom random) {
    return switch (random.nextInt(8)) {
      case 0 -> 0;
      case 1 -> -1;
      case 2 -> Long.MIN_VALUE;
      case 3 -> Long.MAX_VALUE;
      case 4 -> 1;
      case 5 -> 1L << random.nextInt(64);
      case 6 -> -1L << random.nextInt(64);
      default -> random.nextLong();
    };
  }

  @Test
  void aCarryRunsThroughAllLimbsAndBack() {
    ExactSum sum = new ExactSum();
    sum.add(1, 640);
    sum.add(-1, 0);
    BigInteger expected = ONE.shiftLeft(640).subtract(ONE);
    assertValue(scaled(expected, 0), sum);
    sum.add(1, 0);
    assertValue(scaled(ONE.shiftLeft(640), 0), sum);
    sum.add(-1, 640);
    assertValue(BigInteger.ZERO, sum);
    assertEquals(0.0, sum.doubleValue());
    sum.add(-1, -640);
    assertValue(scaled(ONE.negate(), -640), sum);
    sum.add(1, 640);
    sum.add(1, -640);
    assertValue(scaled(ONE, 640), sum);
  }

  @ParameterizedTest
  @ValueSource(longs = {Long.MIN_VALUE, Long.MAX_VALUE, -1, 1})
  void theTopLimbOverflowsIntoAnother(long limb) {
    for (int exponent : new int[] {-64, 0, 17, 63, 640}) {
      ExactSum words = new ExactSum();
      ExactSum merged = new ExactSum();
      BigInteger expected = BigInteger.ZERO;
      for (int i = 0; i < 70; i++) {
        words.add(limb, limb, limb, exponent);
        merged.add(words);
        expected = expected.add(joined(limb, limb).shiftLeft(64).add(unsigned(limb)));
        assertValue(scaled(expected, exponent), words);
      }
      // 1 + 2 + ... + 70 times what one addition adds
      BigInteger one = expected.divide(BigInteger.valueOf(70));
      assertValue(scaled(one.multiply(BigInteger.valueOf(70 * 71 / 2)), exponent), merged);
    }
  }

  @Test
  void doublingItselfGrowsAsFarAsItMust() {
    for (long start : new long[] {1, -1, Long.MIN_VALUE, 0x5555_5555_5555_5555L}) {
      ExactSum sum = ExactSum.of(start);
      for (int i = 1; i <= 300; i++) {
        sum.add(sum);
        assertValue(scaled(BigInteger.valueOf(start), i), sum);
      }
    }
  }

  @Test
  void doublesOfEverySizeAddUpToNothingWithTheirNegatives() {
    ExactSum sum = new ExactSum();
    double[] values = {
      Double.MIN_VALUE, -Double.MAX_VALUE, 1, -0.1, Double.MIN_NORMAL, 1e300, -1e-300, 3e16
    };
    for (double value : values) {
      sum.add(value);
    }
    sum.add(0.0);
    sum.add(-0.0);
    assertTrue(sum.significand().signum() < 0);
    for (double value : values) {
      sum.add(-value);
    }
    assertValue(BigInteger.ZERO, sum);
    assertEquals(new Dyadic(BigInteger.ZERO, 0), sum.toDyadic());
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {20150614, 3})
  void aDoubleIsItsOwnSum(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = 0; i < 2000; i++) {
      double value = Double.longBitsToDouble(random.nextLong());
      if (Double.isFinite(value) && value != 0) {
        ExactSum sum = new ExactSum();
        sum.add(value);
        assertEquals(value, sum.doubleValue());
      }
    }
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {20150614, 3})
  void plusAndMinusLeaveBothSidesAsTheyAre(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = 0; i < 500; i++) {
      BigInteger left = number(random);
      BigInteger right = number(random);
      ExactSum one = ExactSum.of(left, random.nextInt(-200, 200));
      ExactSum other = ExactSum.of(right, random.nextInt(-200, 200));
      BigInteger a = value(one);
      BigInteger b = value(other);
      assertValue(a.add(b), one.plus(other));
      assertValue(a.subtract(b), one.minus(other));
      assertValue(BigInteger.ZERO, one.minus(one));
      assertValue(a, one);
      assertValue(b, other);
    }
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {20150614, 3})
  void everyWayToWriteItReadsBack(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = 0; i < 1000; i++) {
      BigInteger significand = i == 0 ? BigInteger.ZERO : number(random);
      int exponent = random.nextInt(-3222, 3000);
      ExactSum sum = ExactSum.of(significand, exponent);
      assertValue(scaled(significand, exponent), sum);
      Dyadic dyadic = sum.toDyadic();
      assertTrue(dyadic.significand().testBit(0) || dyadic.significand().signum() == 0);
      assertValue(value(sum), ExactSum.of(dyadic));
      assertEquals(dyadic, ExactSum.of(dyadic).toDyadic());
      ExactSum read = read(written(sum));
      assertValue(value(sum), read);
      // What was read goes on as what was written.
      BigInteger added = number(random);
      sum.add(ExactSum.of(added, exponent));
      read.add(ExactSum.of(added, exponent));
      assertValue(value(sum), read);
    }
  }

  /** No byte that says nothing: an equal sum is written as equal bytes, whatever it was before. */
  @Test
  void theBytesTellTheValueAlone() {
    ExactSum detour = new ExactSum();
    detour.add(1e300);
    detour.add(1e-300);
    detour.add(5);
    detour.add(-1e300);
    detour.add(-1e-300);
    assertEquals(hex(ExactSum.of(5)), hex(detour));
    // two bytes each of the exponent and the length, and the 5
    assertEquals("0000000105", hex(detour));
    detour.add(-5);
    assertEquals(hex(new ExactSum()), hex(detour));
    assertEquals("fff80001ff", hex(ExactSum.of(ONE.negate(), -64)));
  }

  private static BigInteger number(SplittableRandom random) {
    BigInteger number = BigInteger.ZERO;
    for (int k = random.nextInt(1, 6); k > 0; k--) {
      number = number.shiftLeft(64).add(BigInteger.valueOf(limb(random)));
    }
    return number;
  }

  private static void assertValue(BigInteger expected, ExactSum sum) {
    assertEquals(expected, value(sum));
  }

  /** The value in the reference's unit. */
  private static BigInteger value(ExactSum sum) {
    return scaled(sum.significand(), sum.exponent());
  }

  private static BigInteger scaled(BigInteger significand, int exponent) {
    return significand.shiftLeft(exponent - LEAST);
  }

  private static BigInteger joined(long high, long low) {
    return BigInteger.valueOf(high).shiftLeft(64).add(unsigned(low));
  }

  private static BigInteger unsigned(long word) {
    return new BigInteger(Long.toUnsignedString(word));
  }

  private static byte[] written(ExactSum sum) {
    ByteWriter bytes = new ByteWriter();
    sum.write(bytes);
    return bytes.toByteArray();
  }

  private static ExactSum read(byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    ExactSum read = ExactSum.read(in);
    assertEquals(0, in.remaining(), "bytes are left over");
    return read;
  }

  private static String hex(ExactSum sum) {
    return HexFormat.of().formatHex(written(sum));
  }
}
