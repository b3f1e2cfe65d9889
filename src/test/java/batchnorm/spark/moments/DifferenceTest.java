package batchnorm.spark.moments;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import batchnorm.spark.testing.Rounds;
import java.util.Arrays;
import java.util.OptionalInt;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** Rows that are taken out of sums leave the sums of the other rows, to the last bit. */
class DifferenceTest {
  private static final int FEATURES = 3;

  @Test
  void takingOutWhatWasAddedLeavesWhatWas() throws Exception {
    Rounds.run("difference", 10_000, DifferenceTest::round);
  }

  private static String round(RandomGenerator random) {
    boolean areWeighted = random.nextBoolean();
    Moments one = moments(random, areWeighted);
    Moments other = moments(random, areWeighted);
    byte[] bytes = one.pack();
    assertSame(one, one.plus(other).minus(other));
    assertSame(other, Tables.sent(one.plus(other)).minus(Tables.sent(one)));
    assertArrayEquals(bytes, one.pack(), "the left side is not changed");
    assertEquals(0, one.minus(one).rows());
    assertThrows(NotAPart.class, () -> one.minus(one.plus(other)));
    return areWeighted ? "weighted" : "unweighted";
  }

  private static Moments moments(RandomGenerator random, boolean areWeighted) {
    int rows = 1 + random.nextInt(9);
    double[][] table = new double[FEATURES][rows];
    for (double[] values : table) {
      int kind = random.nextInt(4);
      Arrays.setAll(values, i -> value(random, kind));
    }
    double[] weights = Tables.ones(rows);
    if (areWeighted) {
      Arrays.setAll(weights, i -> random.nextInt(4) == 0 ? 1 : random.nextDouble() + 1e-9);
    }
    Moments moments =
        random.nextBoolean() ? Tables.denseWeighted(weights, table) : Tables.sparse(weights, table);
    for (int i = random.nextInt(4); i > 2; i--) {
      moments.addAbsent(areWeighted ? random.nextDouble() + 1e-9 : 1);
    }
    return moments;
  }

  private static double value(RandomGenerator random, int kind) {
    return switch (kind) {
      case 0 -> Double.longBitsToDouble(random.nextLong());
      case 1 -> 0;
      case 2 -> random.nextInt(3) == 0 ? Double.NaN : random.nextGaussian();
      default -> 7;
    };
  }

  @Test
  void longsBeyondADoubleAreGoneWithTheirRows() {
    Moments large = longs((1L << 60) + 1, -(1L << 60) - 1);
    Moments small = longs(5, 6);
    assertTrue(large.plus(small).hasIntegers());
    assertSame(small, large.plus(small).minus(large));
    assertSame(large, large.plus(small).minus(small));
    // Together the squares of these are as large as that of such a long.
    Moments many = longs(1L << 52, 1L << 52, 1L << 52, 1L << 52);
    assertFalse(many.hasIntegers());
    assertTrue(many.plus(large).minus(large).hasIntegers());
    assertEquals(
        OptionalInt.of(0),
        assertThrows(NotAPart.class, () -> many.minus(longs((1L << 53) + 1))).feature());
  }

  @Test
  void rowsThatWereNotThereAreRefused() {
    Moments two = Tables.dense(new double[] {1, 2}, new double[] {3, 4});
    assertNoRows(two, two.plus(two));
    assertNoRows(Moments.empty(), two);
    // As many rows, and more weight.
    assertNoRows(two, Tables.denseWeighted(new double[] {1, 2}, new double[2], new double[2]));
    // All of the weight, and a row is left.
    assertNoRows(two, Tables.denseWeighted(new double[] {2}, new double[1], new double[1]));
    Moments absent = Moments.empty();
    absent.addAbsent(1);
    assertNoRows(two, absent);
    // All rows with vectors, and one more without.
    assertNoRows(two.plus(absent), two.plus(two));
  }

  private static void assertNoRows(Moments all, Moments part) {
    NotAPart error = assertThrows(NotAPart.class, () -> all.minus(part));
    assertEquals(OptionalInt.empty(), error.feature());
    assertEquals("Negative: rows", error.getMessage());
  }

  @Test
  void valuesThatWereNotThereAreRefused() {
    Moments all = table(1, 2, 3, Double.NaN, Double.POSITIVE_INFINITY);
    // Larger squares.
    assertNoValues(all, table(4));
    // Squares that are possible, but not with this sum.
    assertNoValues(table(1, 2, 3), table(-1, 1));
    // No value is left, and a sum is.
    assertNoValues(table(1, 2), table(1, 1));
    // More missing values, of either kind, than there are.
    assertNoValues(all, table(Double.NaN, Double.NaN));
    assertNoValues(all, table(Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY));
    // All values, and only missing ones are left.
    assertNoValues(all, table(0, 0, 0, 0));
    assertSame(table(Double.NaN, Double.POSITIVE_INFINITY), all.minus(table(3, 2, 1)));
    assertThrows(IllegalArgumentException.class, () -> all.minus(Tables.dense(new double[] {1})));
  }

  /** A table whose second feature has these values. */
  private static Moments table(double... values) {
    return Tables.dense(new double[values.length], values);
  }

  private static void assertNoValues(Moments all, Moments part) {
    NotAPart error = assertThrows(NotAPart.class, () -> all.minus(part));
    assertEquals(OptionalInt.of(1), error.feature());
    assertEquals("Negative: sums of feature 1", error.getMessage());
  }

  @Test
  void rowsOfZerosCannotLeaveTooFewRowsForTheSums() {
    double[] ones = Tables.ones(3);
    Moments all = Tables.sparse(ones, new double[3], new double[] {5, 5, 0});
    Moments zeros = Tables.sparse(Tables.ones(1), new double[1], new double[1]);
    assertSame(table(5, 5), all.minus(zeros));
    assertNoValues(all, zeros.plus(zeros));
    assertNoValues(all, zeros.plus(zeros).plus(zeros));
  }

  @Test
  void weightsThatSumToTheRowsDoNotHideLongs() {
    Moments one = weightedLongs(1.5, (1L << 53) + 2);
    Moments other = weightedLongs(0.5, (1L << 53) + 1024 + 1);
    assertTrue(one.plus(other).hasIntegers());
    Moments rest = weightedLongs(1 - 0x1p-40, (1L << 53) + 1).plus(weightedLongs(1 + 0x1p-40, 0));
    assertFalse(rest.isWeighted());
    assertSame(rest, rest.plus(one).plus(other).minus(one.plus(other)));
  }

  private static Moments weightedLongs(double weight, long value) {
    Moments moments =
        Tables.denseWeighted(new double[] {weight}, new double[] {ExactLong.high(value)});
    moments.addRest(1, 0, ExactLong.high(value), ExactLong.rest(value), weight);
    return moments;
  }

  @Test
  void missingValuesTakeTheirWeightWithThem() {
    Moments one = Tables.denseWeighted(new double[] {0.5, 2}, new double[] {Double.NaN, 3});
    Moments other = Tables.denseWeighted(new double[] {0.25, 4}, new double[] {Double.NaN, 5});
    assertSame(one, one.plus(other).minus(other));
    // The row is possible, but not that a row of weight 1 has its missing value.
    Moments lighter = Tables.denseWeighted(new double[] {1, 0.25}, new double[] {Double.NaN, 5});
    assertEquals(
        OptionalInt.of(0),
        assertThrows(NotAPart.class, () -> one.plus(other).minus(lighter)).feature());
  }

  @Test
  void featuresOfEveryPageAreTakenOut() {
    int features = 2 * Moments.PAGE + 1;
    Moments first = Moments.empty();
    first.addSparse(features, new int[] {0, features - 1}, new double[] {1, 2}, 1);
    Moments second = Moments.empty();
    second.addSparse(features, new int[] {Moments.PAGE}, new double[] {3}, 1);
    Moments zeros = Moments.empty();
    zeros.addSparse(features, new int[0], new double[0], 1);
    assertSame(first, first.plus(second).minus(second));
    assertSame(second, first.plus(second).minus(first));
    assertEquals(
        OptionalInt.of(Moments.PAGE),
        assertThrows(NotAPart.class, () -> first.plus(zeros).minus(second)).feature());
  }

  private static Moments longs(long... values) {
    Moments moments = Moments.empty();
    moments.addRows(values.length);
    for (long value : values) {
      moments.addRepeatedLong(1, 0, value, 1);
    }
    return moments;
  }

  private static void assertSame(Moments expected, Moments found) {
    assertEquals(Tables.knownAfterSubtraction(expected), Tables.knownAfterSubtraction(found));
    assertEquals(expected.absentRows(), found.absentRows());
    assertArrayEquals(Tables.bytes(expected.statistics()), Tables.bytes(found.statistics()));
  }
}
