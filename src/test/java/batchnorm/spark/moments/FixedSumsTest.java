package batchnorm.spark.moments;

import static org.junit.jupiter.api.Assertions.assertEquals;

import batchnorm.spark.moments.Columns.Column;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.domains.Domain;
import net.jqwik.api.domains.DomainContext;
import org.junit.jupiter.api.Test;

/** Sums in a fixed number of longs are exact for all numbers of their type. */
@Domain(Columns.class)
@Domain(Columns.OfAnyDoubles.class)
@Domain(DomainContext.Global.class)
class FixedSumsTest {
  private static final int TRIES = 200;
  private static final int PARTS = 4;
  private static final BigInteger GREATEST_DECIMAL =
      BigInteger.TEN.pow(38).subtract(BigInteger.ONE);

  @Property(tries = TRIES)
  void doublesInAnyOrderHaveTheStatisticsOfExactArithmetic(
      @ForAll Column column, @ForAll long seed) {
    double[] values = Arrays.stream(column.values()).filter(Double::isFinite).toArray();
    assertExact(NumberRange.DOUBLE, values, seed);
    if (values.length > 1) {
      Statistics statistics = Tables.dense(values).statistics();
      ExactTotal total = total(NumberRange.DOUBLE, values, seed);
      assertEquals(statistics.mean(0), total.mean());
      assertEquals(statistics.variance(0, 0), total.variance(0));
      assertEquals(statistics.variance(0, 1), total.variance(1));
    }
  }

  @Property(tries = TRIES)
  void floatsHaveThemInFewerWords(@ForAll Column column, @ForAll long seed) {
    RandomGenerator random = new SplittableRandom(seed);
    double[] values =
        Arrays.stream(column.values())
            .map(x -> random.nextBoolean() ? (float) x : Float.intBitsToFloat(random.nextInt()))
            .filter(Double::isFinite)
            .toArray();
    assertExact(NumberRange.FLOAT, values, seed);
  }

  @Property(tries = TRIES)
  void integersAndDecimalsHaveThem(@ForAll long seed) {
    RandomGenerator random = new SplittableRandom(seed);
    int count = 1 + random.nextInt(20);
    BigInteger[] longs = new BigInteger[count];
    BigInteger[] decimals = new BigInteger[count];
    for (int i = 0; i < count; i++) {
      longs[i] = BigInteger.valueOf(random.nextLong() >> random.nextInt(Long.SIZE));
      decimals[i] =
          random.nextInt(4) == 0
              ? GREATEST_DECIMAL
              : longs[i].multiply(BigInteger.valueOf(random.nextLong(10_000_000_000_000_000L)));
    }
    assertExact(NumberRange.LONG, longs, 0, random);
    assertExact(NumberRange.DECIMAL, decimals, random.nextInt(-38, 39), random);
  }

  @Test
  void endsOfTheRanges() {
    double max = Double.MAX_VALUE;
    assertExact(NumberRange.DOUBLE, new double[] {max, max, -max}, 1);
    assertExact(NumberRange.DOUBLE, new double[] {max, max, -max, -max, Double.MIN_VALUE}, 1);
    assertExact(NumberRange.DOUBLE, new double[] {-max, -max, -max}, 1);
    float most = Float.MAX_VALUE;
    assertExact(NumberRange.FLOAT, new double[] {most, most, -most, Float.MIN_VALUE}, 1);
    assertExact(NumberRange.FLOAT, new double[] {-Float.MIN_VALUE, -Float.MIN_VALUE}, 1);
    BigInteger least = BigInteger.valueOf(Long.MIN_VALUE);
    RandomGenerator random = new SplittableRandom(1);
    assertExact(
        NumberRange.LONG,
        new BigInteger[] {least, least, least.negate().subtract(BigInteger.ONE)},
        0,
        random);
    BigInteger lowest = GREATEST_DECIMAL.negate();
    assertExact(
        NumberRange.DECIMAL, new BigInteger[] {lowest, lowest, GREATEST_DECIMAL}, 38, random);
  }

  /** As in an addition of doubles. */
  @Test
  void nanAndInfinities() {
    double inf = Double.POSITIVE_INFINITY;
    List<double[]> all =
        List.of(
            new double[] {1, Double.NaN},
            new double[] {inf, 1, inf},
            new double[] {-inf, 1},
            new double[] {inf, -inf},
            new double[] {inf, Double.NaN});
    for (double[] values : all) {
      ExactTotal total = total(NumberRange.DOUBLE, values, 1);
      assertEquals(Arrays.stream(values).reduce(0, Double::sum), total.sum());
      assertEquals(total.sum(), total.mean());
      assertEquals(Double.NaN, total.variance(0));
      assertEquals(values.length, total.count());
    }
  }

  @Test
  void theSumOfNegativeZerosIsZero() {
    ExactTotal total = total(NumberRange.DOUBLE, new double[] {-0.0, -0.0}, 1);
    assertEquals(0.0, total.sum());
    assertEquals(0.0, total.mean());
  }

  /** Groups take as much memory as is said. */
  @Test
  void sizes() {
    assertEquals(36, FixedSums.withoutSquares(NumberRange.DOUBLE).size());
    assertEquals(103, FixedSums.withSquares(NumberRange.DOUBLE).size());
    assertEquals(3, FixedSums.withoutSquares(NumberRange.LONG).size());
    assertEquals(9, FixedSums.withSquares(NumberRange.DECIMAL).size());
  }

  private static void assertExact(NumberRange range, double[] values, long seed) {
    ExactTotal total = total(range, values, seed);
    ExactMoments exact = ExactMoments.of(values);
    BigDecimal sum =
        Arrays.stream(values).mapToObj(BigDecimal::new).reduce(BigDecimal.ZERO, BigDecimal::add);
    assertEquals(values.length, total.count());
    assertEquals(Nearest.ratio(sum, BigDecimal.ONE), total.sum());
    assertEquals(exact.mean(), total.mean());
    for (int correction = 0; correction < Math.min(2, values.length); correction++) {
      assertEquals(exact.variance(correction), total.variance(correction));
    }
  }

  private static void assertExact(
      NumberRange range, BigInteger[] values, int scale, RandomGenerator random) {
    FixedSums sums = FixedSums.withSquares(range);
    Longs[] parts = parts(sums);
    for (BigInteger value : values) {
      Longs part = parts[random.nextInt(PARTS)];
      if (value.bitLength() < Long.SIZE && random.nextBoolean() || range == NumberRange.LONG) {
        sums.add(part, value.longValueExact());
      } else {
        sums.add(part, value);
      }
    }
    ExactTotal total = merged(sums, parts);
    BigDecimal n = BigDecimal.valueOf(values.length);
    BigDecimal sum = new BigDecimal(Arrays.stream(values).reduce(BigInteger.ZERO, BigInteger::add));
    BigDecimal squares =
        new BigDecimal(
            Arrays.stream(values).map(x -> x.pow(2)).reduce(BigInteger.ZERO, BigInteger::add));
    assertEquals(sum.toBigInteger(), total.integerSum());
    assertEquals(Nearest.ratio(sum, n), total.mean());
    BigDecimal spread = n.multiply(squares).subtract(sum.pow(2));
    for (int correction = 0; correction < Math.min(2, values.length); correction++) {
      BigDecimal divisor = n.multiply(n.subtract(BigDecimal.valueOf(correction)));
      assertEquals(
          Nearest.ratio(spread, divisor.scaleByPowerOfTen(2 * scale)),
          total.variance(correction, scale));
    }
  }

  /** Adds the values to random parts, in their order, and merges the parts. */
  private static ExactTotal total(NumberRange range, double[] values, long seed) {
    FixedSums sums = FixedSums.withSquares(range);
    Longs[] parts = parts(sums);
    RandomGenerator random = new SplittableRandom(seed);
    for (double value : values) {
      sums.add(parts[random.nextInt(PARTS)], value);
    }
    return merged(sums, parts);
  }

  private static Longs[] parts(FixedSums sums) {
    Longs[] parts = new Longs[PARTS];
    Arrays.setAll(parts, i -> new LongArray(new long[sums.size()]));
    return parts;
  }

  private static ExactTotal merged(FixedSums sums, Longs[] parts) {
    for (int i = 1; i < PARTS; i++) {
      sums.merge(parts[0], parts[i]);
    }
    return sums.total(parts[0]);
  }

  private record LongArray(long[] values) implements Longs {
    @Override
    public long get(int k) {
      return values[k];
    }

    @Override
    public void set(int k, long value) {
      values[k] = value;
    }
  }
}
