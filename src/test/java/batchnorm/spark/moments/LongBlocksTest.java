package batchnorm.spark.moments;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.math.BigInteger;
import java.util.Random;
import java.util.function.LongUnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Blocks of longs have the sums that integers of any size have. */
class LongBlocksTest {
  private static final int[] COUNTS = {1, 2, 3, 7, 64, 1000, 4096};

  static Stream<Arguments> longs() {
    Random random = new Random(3);
    return Stream.of(
        longs("small", i -> i % 5 - 2),
        longs("zeros", i -> 0),
        longs("at the end of int", i -> Integer.MAX_VALUE - i % 3),
        longs("at the other end", i -> Integer.MIN_VALUE + i % 3),
        longs("beyond int", i -> i % 2 == 0 ? 1L << 31 : -(1L << 31) - 1),
        longs("of 40 bits", i -> random.nextLong() >> 24),
        longs("of double", i -> random.nextLong() >> 10),
        longs("at the end of double", i -> (1L << 53) - i % 2),
        longs("of any bits", i -> random.nextLong()),
        longs("at the ends of long", i -> i % 2 == 0 ? Long.MAX_VALUE : Long.MIN_VALUE));
  }

  private static Arguments longs(String name, LongUnaryOperator value) {
    return arguments(name, value);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("longs")
  void sumsAreExact(String name, LongUnaryOperator value) {
    for (int count : COUNTS) {
      long[] values = LongStream.range(0, count).map(value).toArray();
      Moments block = Moments.empty();
      block.addRows(count);
      block.addColumn(1, 0, values, count, new BlockSums());
      assertSums(values, block);

      Moments oneByOne = Moments.empty();
      oneByOne.addRows(count);
      for (long each : values) {
        oneByOne.addRepeatedLong(1, 0, each, 1);
      }
      assertSums(values, oneByOne);

      long[] repeated =
          IntStream.range(0, 5).boxed().flatMapToLong(i -> LongStream.of(values)).toArray();
      Moments five = Moments.empty();
      five.addRows(5L * count);
      for (long each : values) {
        five.addRepeatedLong(1, 0, each, 5);
      }
      assertSums(repeated, five);
    }
  }

  private static void assertSums(long[] values, Moments found) {
    BigInteger sum = BigInteger.ZERO;
    BigInteger squares = BigInteger.ZERO;
    for (long value : values) {
      BigInteger exact = BigInteger.valueOf(value);
      sum = sum.add(exact);
      squares = squares.add(exact.pow(2));
    }
    SavedSums sums = found.feature(0);
    assertEquals(sum, integer(sums.sum()));
    assertEquals(squares, integer(sums.squares()));
    assertEquals(values.length, found.count(0));
    boolean areLarge = LongStream.of(values).anyMatch(value -> !ExactLong.isDouble(value));
    assertEquals(areLarge, found.hasIntegers());
  }

  private static BigInteger integer(Dyadic value) {
    return value.significand().shiftLeft(value.exponent());
  }
}
