package batchnorm.spark.normalize;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import batchnorm.spark.moments.Columns;
import batchnorm.spark.moments.Columns.Column;
import batchnorm.spark.moments.Dyadic;
import batchnorm.spark.moments.Moments;
import batchnorm.spark.moments.Statistics;
import batchnorm.spark.moments.Tables;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.domains.Domain;
import net.jqwik.api.domains.DomainContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The learned state of a model can be updated with more data. */
@Domain(Columns.class)
@Domain(Columns.OfAnyDoubles.class)
@Domain(DomainContext.Global.class)
class LearnedTest {
  private static final int TRIES = 100;
  private static final double MOMENTUM = 0.1;

  @Property(tries = TRIES)
  void pooledStatisticsDoNotShowTheBatches(
      @ForAll Column column, @ForAll @IntRange(min = 1, max = 6) int batches) {
    Learned learned = null;
    for (Moments batch : batches(column, batches)) {
      learned =
          learned == null
              ? Learned.first(batch, RunningMode.POOLED, MOMENTUM)
              : learned.after(batch, MOMENTUM);
    }
    assertArrayEquals(
        Tables.bytes(Tables.dense(column.values()).statistics()),
        Tables.bytes(learned.statistics()));
  }

  @Property(tries = TRIES)
  void cumulativeStatisticsDependOnNoOrder(
      @ForAll Column column, @ForAll @IntRange(min = 1, max = 6) int batches, @ForAll long seed) {
    List<Moments> parts = new ArrayList<>(batches(column, batches));
    Learned inOrder = cumulative(parts);
    Collections.shuffle(parts, new Random(seed));
    Learned shuffled = cumulative(parts);
    Learned merged = Learned.merged(parts.stream().map(part -> cumulative(List.of(part))).toList());
    for (Learned other : List.of(shuffled, merged)) {
      assertArrayEquals(Tables.bytes(inOrder.statistics()), Tables.bytes(other.statistics()));
      assertEquals(batches(column, batches).size(), other.running().orElseThrow().batches());
    }
  }

  @Test
  void whatWasLearnedDoesNotChange() {
    for (RunningMode mode : RunningMode.values()) {
      Learned learned = Learned.first(Tables.dense(new double[] {1, 2, 6}), mode, MOMENTUM);
      byte[] before = Tables.bytes(learned.statistics());
      Learned next = learned.after(Tables.dense(new double[] {7, 9}), MOMENTUM);
      assertArrayEquals(before, Tables.bytes(learned.statistics()));
      assertNotEquals(learned.statistics().mean(0), next.statistics().mean(0));
      assertEquals(3, learned.count());
      assertEquals(5, next.count());
    }
  }

  @Test
  void aBatchOfRowsWithoutVectorsOnlyCounts() {
    Moments absent = Moments.empty();
    absent.addAbsent(1);
    absent.addAbsent(2.5);
    for (RunningMode mode : RunningMode.values()) {
      Learned learned = Learned.first(Tables.dense(new double[] {1, 2, 6}), mode, MOMENTUM);
      Learned next = learned.after(absent, MOMENTUM);
      assertEquals(learned.statistics().mean(0), next.statistics().mean(0));
      assertEquals(learned.statistics().variance(0, 1), next.statistics().variance(0, 1));
      assertEquals(3, next.count(0));
      assertEquals(4, next.missing(0));
      assertEquals(7, next.count()); // 6.5, halves up
    }
  }

  @Test
  void countsAreExactBeyond2To53() {
    Moments half = Moments.of(1, 1, new Dyadic(BigInteger.valueOf((1L << 53) + 1), 0));
    Learned learned =
        Learned.merged(List.of(Learned.pooled(half), Learned.pooled(half.plus(half))));
    assertEquals(3 * ((1L << 53) + 1), learned.count());
    assertEquals(3 * ((1L << 53) + 1), learned.count(0));
    assertEquals(0, learned.missing(0));
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0, 0",
    "5, 0, 5",
    "5, 3, 40",
    "5, -1, 3",
    "9, -2, 2",
    "1, -2, 0",
    "1, -2000, 0",
    "1, 62, 4611686018427387904",
    "1, 63, 9223372036854775807",
    "1, 2000, 9223372036854775807"
  })
  void wholeNumbersAreTheNearest(long significand, int exponent, long expected) {
    assertEquals(expected, new Dyadic(BigInteger.valueOf(significand), exponent).rounded());
  }

  private static Learned cumulative(List<Moments> batches) {
    Learned learned = Learned.first(batches.get(0), RunningMode.CUMULATIVE, MOMENTUM);
    for (Moments batch : batches.subList(1, batches.size())) {
      learned = learned.after(batch, MOMENTUM);
    }
    return learned;
  }

  /** The column's values in batches of neighbours. */
  private static List<Moments> batches(Column column, int count) {
    double[] values = column.values();
    int length = Math.max(2, values.length / count);
    List<Moments> batches = new ArrayList<>();
    for (int from = 0; from < values.length; from += length) {
      batches.add(
          Tables.dense(Arrays.copyOfRange(values, from, Math.min(from + length, values.length))));
    }
    return batches;
  }

  @Test
  void minimumAndMaximumAreThoseOfTheRows() {
    Learned learned =
        Learned.pooled(Tables.dense(new double[] {3, Double.NaN, -7}, new double[] {-1, 0.5, 9}));
    assertEquals(-7, learned.min(0));
    assertEquals(3, learned.max(0));
    assertEquals(-1, learned.min(1));
    assertEquals(9, learned.max(1));
    assertEquals(1, learned.missing(0));
    assertEquals(0, learned.missing(1));
    Learned rest = learned.minus(Learned.pooled(Tables.dense(new double[] {3}, new double[] {-1})));
    assertEquals(Double.NaN, rest.min(0));
    assertEquals(2, rest.count());
    assertEquals(-7, rest.statistics().mean(0));
  }

  @Test
  void knownStatisticsHaveNoRows() {
    Learned known = Learned.known(Statistics.known(new double[] {1}, new double[] {4}));
    assertEquals(Double.NaN, known.min(0));
    assertEquals(Double.NaN, known.max(0));
    assertEquals(0, known.missing(0));
    assertEquals(0, known.count(0));
    assertEquals(0, known.batches());
  }
}
