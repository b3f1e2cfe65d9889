package batchnorm.spark.moments;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import batchnorm.spark.testing.Rounds;
import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Relations between moments of related rows. They hold bit for bit, since sums are exact. */
class MetamorphicMomentsTest {
  private static final int MOST_ROWS = 60;

  @Test
  void relationsOfExactSumsHold() throws Exception {
    Rounds.run("metamorphic, kernel", 2000, MetamorphicMomentsTest::round);
  }

  private static String round(RandomGenerator random) {
    int rows = 1 + random.nextInt(MOST_ROWS);
    return switch (random.nextInt(7)) {
      case 0 -> predicate(values(rows, random), random);
      case 1 -> permutation(values(rows, random), random);
      case 2 -> copies(values(rows, random), random);
      case 3 -> scaled(ordinary(rows, random), random.nextInt(-200, 200));
      case 4 -> negated(values(rows, random));
      case 5 -> shifted(integers(rows, random), random.nextInt(1 << 30));
      default -> sent(values(rows, random), random);
    };
  }

  /** Rows of a predicate, those of its negation, and those where it is null, are all rows. */
  private static String predicate(double[] values, RandomGenerator random) {
    int[] side = random.ints(values.length, 0, 3).toArray();
    Moments merged = Moments.empty();
    for (int part : shuffled(3, random)) {
      int[] rows = IntStream.range(0, values.length).filter(i -> side[i] == part).toArray();
      if (rows.length > 0) {
        merged.merge(Tables.dense(picked(values, rows)));
      }
    }
    assertSame(Tables.dense(values), merged);
    return "p, not p, p is null";
  }

  private static String permutation(double[] values, RandomGenerator random) {
    double[] permuted = picked(values, shuffled(values.length, random));
    assertSame(Tables.dense(values), Tables.dense(permuted));
    assertSame(Tables.dense(values), Tables.rowByRow(Tables.ones(permuted.length), permuted));
    assertSame(Tables.dense(values), Tables.sparse(Tables.ones(permuted.length), permuted));
    return "permutation, rows one by one, sparse rows";
  }

  private static String copies(double[] values, RandomGenerator random) {
    int[] weights = random.ints(values.length, 1, 9).toArray();
    int[] rows =
        IntStream.range(0, values.length)
            .flatMap(i -> IntStream.generate(() -> i).limit(weights[i]))
            .toArray();
    Statistics weighted =
        Tables.denseWeighted(Arrays.stream(weights).asDoubleStream().toArray(), values)
            .statistics();
    Statistics copied = Tables.dense(picked(values, rows)).statistics();
    assertEquals(copied.mean(0), weighted.mean(0));
    assertEquals(copied.variance(0, 0), weighted.variance(0, 0));
    assertEquals(copied.variance(0, 1), weighted.variance(0, 1));
    return "weight w is w copies";
  }

  private static String scaled(double[] values, int k) {
    Statistics before = Tables.dense(values).statistics();
    Statistics after = Tables.dense(mapped(values, x -> Math.scalb(x, k))).statistics();
    assertEquals(Math.scalb(before.mean(0), k), after.mean(0));
    assertEquals(Math.scalb(before.variance(0, 0), 2 * k), after.variance(0, 0));
    assertEquals(Math.scalb(before.variance(0, 1), 2 * k), after.variance(0, 1));
    return "scaling by 2^k";
  }

  private static String negated(double[] values) {
    Statistics before = Tables.dense(values).statistics();
    Statistics after = Tables.dense(mapped(values, x -> -x)).statistics();
    assertEquals(0 - before.mean(0), after.mean(0) + 0.0);
    assertEquals(before.variance(0, 0), after.variance(0, 0));
    assertEquals(before.variance(0, 1), after.variance(0, 1));
    return "negation";
  }

  private static String shifted(double[] values, int by) {
    Statistics before = Tables.dense(values).statistics();
    Statistics after = Tables.dense(mapped(values, x -> x + by)).statistics();
    assertEquals(before.variance(0, 0), after.variance(0, 0));
    assertEquals(before.variance(0, 1), after.variance(0, 1));
    return "shift of integers";
  }

  private static String sent(double[] values, RandomGenerator random) {
    Moments merged = Moments.empty();
    for (int from = 0; from < values.length; ) {
      int to = Math.min(values.length, from + 1 + random.nextInt(8));
      merged.mergePacked(Tables.dense(Arrays.copyOfRange(values, from, to)).pack());
      from = to;
    }
    assertSame(Tables.dense(values), merged);
    assertArrayEquals(merged.pack(), Tables.sent(merged).pack());
    return "packed parts";
  }

  private static void assertSame(Moments expected, Moments found) {
    assertEquals(Tables.known(expected), Tables.known(found));
    assertArrayEquals(Tables.bytes(expected.statistics()), Tables.bytes(found.statistics()));
  }

  /** Any bits: NaN of every payload, infinities, both zeros, subnormal numbers. */
  private static double[] values(int rows, RandomGenerator random) {
    int kind = random.nextInt(4);
    double[] values = new double[rows];
    Arrays.setAll(
        values,
        i ->
            switch (kind) {
              case 0 -> Double.longBitsToDouble(random.nextLong());
              case 1 -> random.nextInt(4) == 0 ? odd(random) : random.nextGaussian();
              case 2 -> 1e6 + random.nextInt(100) * 0.1;
              default -> random.nextInt(-3, 4) * 0.1;
            });
    return values;
  }

  private static double odd(RandomGenerator random) {
    return switch (random.nextInt(8)) {
      case 0 -> -0.0;
      case 1 -> Double.MIN_VALUE;
      case 2 -> Double.MAX_VALUE;
      case 3 -> Double.longBitsToDouble(0xfff8_0000_0000_0001L | random.nextInt(1 << 20));
      case 4 -> Double.longBitsToDouble(0x7ff0_0000_0000_0001L);
      case 5 -> Double.NEGATIVE_INFINITY;
      case 6 -> Double.POSITIVE_INFINITY;
      default -> -Double.MIN_NORMAL;
    };
  }

  /** Values whose scaled statistics are normal numbers. */
  private static double[] ordinary(int rows, RandomGenerator random) {
    double[] values = new double[rows];
    Arrays.setAll(values, i -> 3 + random.nextInt(1 << 20) * 0.001);
    return values;
  }

  private static double[] integers(int rows, RandomGenerator random) {
    double[] values = new double[rows];
    Arrays.setAll(values, i -> random.nextInt(1 << 30));
    return values;
  }

  private static double[] mapped(double[] values, DoubleUnaryOperator by) {
    return Arrays.stream(values).map(by).toArray();
  }

  private static double[] picked(double[] values, int[] rows) {
    return Arrays.stream(rows).mapToDouble(i -> values[i]).toArray();
  }

  private static int[] shuffled(int size, RandomGenerator random) {
    int[] order = IntStream.range(0, size).toArray();
    for (int i = size - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      int k = order[i];
      order[i] = order[j];
      order[j] = k;
    }
    return order;
  }
}
