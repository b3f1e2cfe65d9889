package batchnorm.spark.moments;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import batchnorm.spark.fit.ColumnCollector;
import batchnorm.spark.fit.DictionaryCounts;
import batchnorm.spark.fit.GroupCollector;
import batchnorm.spark.fit.Records;
import batchnorm.spark.fit.RowCollector;
import batchnorm.spark.fit.RowConsumer;
import batchnorm.spark.normalize.Coefficients;
import batchnorm.spark.normalize.Direction;
import batchnorm.spark.normalize.HandleInvalid;
import batchnorm.spark.normalize.Recipe;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.IntToLongFunction;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Longs beyond 2^53 count as the integers they are, whichever way they come. */
class IntegerMomentsTest {
  private static final long EDGE = 1L << 53;
  private static final long NANOS = 1_700_000_000_000_000_000L;
  private static final int ROWS = 2500;

  static Stream<Arguments> samples() {
    Random random = new Random(17);
    return Stream.of(
        sample("one beyond 2^53 and a neighbour", i -> EDGE + (i % 3 == 0 ? 2 : 1)),
        sample("one below -2^53 and a neighbour", i -> -EDGE - (i % 3 == 0 ? 2 : 1)),
        sample("epoch nanoseconds", i -> NANOS + 100L * (i % 4)),
        sample("epoch nanoseconds that all are doubles", i -> NANOS + 1024L * (i % 4)),
        sample("the ends of the range", i -> i % 2 == 0 ? Long.MAX_VALUE : Long.MIN_VALUE),
        sample("the greatest and its neighbour", i -> Long.MAX_VALUE - i % 2),
        sample("the least and its neighbour", i -> Long.MIN_VALUE + i % 2),
        sample("one large among small ones", i -> i == 1300 ? NANOS + 1 : i),
        sample("ids of any size", i -> random.nextLong()),
        sample("ids of any number of bits", i -> random.nextLong() >> random.nextInt(64)));
  }

  private static Arguments sample(String name, IntToLongFunction value) {
    long[] values = new long[ROWS];
    Arrays.setAll(values, value);
    return arguments(name, values);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("samples")
  void columnsOfLongsAreExact(String name, long[] values) {
    assertExact(values, ones(), false, columns(values, ones(), false, HandleInvalid.ERROR));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("samples")
  void columnsWithMissingRowsAndWeightsAreExact(String name, long[] values) {
    for (HandleInvalid handleInvalid : List.of(HandleInvalid.KEEP, HandleInvalid.SKIP)) {
      assertExact(values, ones(), true, columns(values, ones(), true, handleInvalid));
      assertExact(values, weights(), true, columns(values, weights(), true, handleInvalid));
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("samples")
  void rowsAreExact(String name, long[] values) {
    assertExact(values, ones(), false, rows(values, ones(), false, HandleInvalid.ERROR));
    for (HandleInvalid handleInvalid : List.of(HandleInvalid.KEEP, HandleInvalid.SKIP)) {
      assertExact(values, ones(), true, rows(values, ones(), true, handleInvalid));
      assertExact(values, weights(), true, rows(values, weights(), true, handleInvalid));
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("samples")
  void groupsAreExact(String name, long[] values) {
    for (HandleInvalid handleInvalid : List.of(HandleInvalid.KEEP, HandleInvalid.SKIP)) {
      assertExact(values, ones(), true, groups(values, ones(), handleInvalid));
      assertExact(values, weights(), true, groups(values, weights(), handleInvalid));
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("samples")
  void partsAreMergedAndSavedExactly(String name, long[] values) {
    int half = ROWS / 2;
    Moments merged =
        rows(Arrays.copyOf(values, half), ones(), false, HandleInvalid.ERROR)
            .merge(
                Tables.sent(
                    columns(
                        Arrays.copyOfRange(values, half, ROWS),
                        ones(),
                        false,
                        HandleInvalid.ERROR)));
    Moments saved = Moments.of(1, merged.rows(), merged.rowWeight());
    saved.set(0, merged.feature(0));
    assertExact(values, ones(), false, merged);
    assertExact(values, ones(), false, saved);
  }

  @Test
  void longsThatAreDoublesCountAsDoubles() {
    long[] values = {EDGE, EDGE - 1, EDGE - 1, -EDGE, 7};
    Moments longs = rows(values, ones(), false, HandleInvalid.ERROR);
    assertFalse(longs.feature(0).integers());
    assertEquals(
        Tables.dense(Arrays.stream(values).asDoubleStream().toArray()).feature(0),
        longs.feature(0));
  }

  @Test
  void integersAreConstantOnlyIfTheirVarianceIsZero() {
    Statistics near = statistics(NANOS, NANOS + 1);
    assertFalse(near.isConstant(0));
    assertEquals(0.5, near.deviation(0, 0));
    Statistics equal = statistics(NANOS + 1, NANOS + 1);
    assertTrue(equal.isConstant(0));
    Coefficients map = Direction.NORMALIZING.coefficients(equal, recipe(0));
    assertEquals(0, map.image(0, NANOS + 1));
    assertEquals(1, map.image(0, NANOS + 2));
  }

  @Test
  void restsOfARowThatIsDroppedAreForgotten() {
    for (RowConsumer rows :
        List.of(
            new RowCollector(0, HandleInvalid.SKIP),
            new GroupCollector(0, HandleInvalid.SKIP, Long.MAX_VALUE))) {
      for (int i = 0; i < 6; i++) {
        if (rows instanceof GroupCollector groups) {
          groups.startRow(new byte[] {1}, 0, 1);
        }
        rows.startDense(2, 1);
        rows.set(0, i % 2 == 0 ? NANOS + 1 + i : i);
        rows.set(1, i % 2 == 0 ? Double.NaN : i);
        rows.endDense();
      }
      Moments moments = moments(rows);
      assertEquals(3, moments.rows());
      assertFalse(moments.feature(0).integers());
      assertEquals(3, moments.statistics().mean(0));
    }
  }

  // ---- maps

  /** Case 6 of what people report; each image is rounded where exact arithmetic is. */
  @Test
  void epochNanosecondsAreNormalized() {
    long[] values = {NANOS, NANOS + 100, NANOS + 200, NANOS + 300};
    Statistics statistics = statistics(values);
    assertEquals(111.80339887498948, statistics.deviation(0, 0));
    Coefficients map = Direction.NORMALIZING.coefficients(statistics, recipe(0));
    double[] images = {-150 / 111.80339887498948, -50 / 111.80339887498948};
    for (int i = 0; i < 4; i++) {
      double expected = i < 2 ? images[i] : -images[3 - i];
      assertEquals(expected, map.image(0, values[i]), Math.ulp(expected));
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("samples")
  void theMeanIsSubtractedWithinOneUnit(String name, long[] values) {
    Statistics statistics = statistics(values);
    IntegerMean mean = statistics.integerMean(0).orElseThrow();
    BigDecimal n = BigDecimal.valueOf(ROWS);
    BigDecimal sum = sum(values);
    Random random = new Random(5);
    for (int i = 0; i < 3000; i++) {
      long x = i < ROWS ? values[i] : mean.whole() + random.nextLong(-9, 10);
      double exact = Nearest.ratio(BigDecimal.valueOf(x).multiply(n).subtract(sum), n);
      assertEquals(exact, mean.subtractedFrom(x), Math.ulp(exact), () -> x + " less " + mean);
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("samples")
  void imagesAreThoseOfExactArithmeticAndComeBack(String name, long[] values) {
    Statistics own = statistics(values);
    Statistics sent =
        Statistics.known(
            new double[] {own.mean(0)},
            new double[] {own.variance(0, 0)},
            new double[] {own.variance(0, 1)},
            FeatureExtension.read(own.extension()));
    BigDecimal n = BigDecimal.valueOf(ROWS);
    BigDecimal sum = sum(values);
    Coefficients map = Direction.NORMALIZING.coefficients(sent, recipe(0));
    Coefficients back = Direction.RESTORING.coefficients(sent, recipe(0));
    assertEquals(Direction.NORMALIZING.coefficients(own, recipe(0)), map);
    for (int i = 0; i < 50; i++) {
      long x = values[i];
      double difference = Nearest.ratio(BigDecimal.valueOf(x).multiply(n).subtract(sum), n);
      double expected = difference / own.deviation(0, 0);
      assertEquals(expected, map.image(0, x), 3 * Math.ulp(expected));
      assertEquals(
          x, back.image(0, map.image(0, x)), Math.ulp((double) x) + 3 * Math.ulp(difference));
    }
  }

  /** A model of doubles, or one that was fitted on small integers, meets large ones. */
  @Test
  void longsAreSubtractedFromAnyMeanBeforeTheyAreRounded() {
    double[] means = {EDGE, NANOS, 0.25, -7.5, 0x1p63, -0x1p63, 1e300};
    for (double mean : means) {
      Coefficients map =
          Direction.NORMALIZING.coefficients(
              Statistics.known(new double[] {mean}, new double[] {1}), recipe(0));
      for (long x : new long[] {EDGE + 1, NANOS + 3, -NANOS - 77, Long.MAX_VALUE, 12, -3}) {
        double exact =
            Nearest.ratio(new BigDecimal(x).subtract(new BigDecimal(mean)), BigDecimal.ONE);
        assertEquals(exact, map.image(0, x), Math.ulp(exact), () -> x + " less " + mean);
      }
    }
  }

  @Test
  void doublesAreMappedByTheMeanOfIntegersToo() {
    Coefficients map =
        Direction.NORMALIZING.coefficients(statistics(NANOS, NANOS + 512), recipe(0));
    assertEquals(-1, map.image(0, (double) NANOS));
    assertEquals(1, map.image(0, NANOS + 512.0));
    assertTrue(Double.isNaN(map.image(0, Double.NaN)));
    assertEquals(Double.POSITIVE_INFINITY, map.image(0, Double.POSITIVE_INFINITY));
    assertEquals(-NANOS / 256.0 - 1, map.image(0, 0.0));
  }

  // ---- what is fitted

  private static void assertExact(
      long[] values, double[] weights, boolean someMissing, Moments found) {
    BigDecimal n = BigDecimal.ZERO;
    BigDecimal sum = BigDecimal.ZERO;
    BigDecimal squares = BigDecimal.ZERO;
    for (int i = 0; i < values.length; i++) {
      if (!(someMissing && isMissing(i))) {
        BigDecimal w = new BigDecimal(weights[i]);
        BigDecimal x = BigDecimal.valueOf(values[i]);
        n = n.add(w);
        sum = sum.add(w.multiply(x));
        squares = squares.add(w.multiply(x).multiply(x));
      }
    }
    Statistics statistics = found.statistics();
    assertTrue(found.feature(0).integers());
    assertEquals(Nearest.ratio(sum, n), statistics.mean(0));
    BigDecimal spread = n.multiply(squares).subtract(sum.multiply(sum));
    for (int correction = 0; correction < 2; correction++) {
      BigDecimal divisor = n.multiply(n.subtract(BigDecimal.valueOf(correction)));
      assertEquals(Nearest.ratio(spread, divisor), statistics.variance(0, correction));
    }
  }

  private static boolean isMissing(int i) {
    return i % 7 == 3;
  }

  private static double[] ones() {
    return Tables.ones(ROWS);
  }

  private static double[] weights() {
    double[] weights = new double[ROWS];
    Arrays.setAll(weights, i -> 0.25 * (i % 9) + 1.0 / (1 + i % 3));
    return weights;
  }

  private static BigDecimal sum(long[] values) {
    return Arrays.stream(values)
        .mapToObj(BigDecimal::valueOf)
        .reduce(BigDecimal.ZERO, BigDecimal::add);
  }

  private static Statistics statistics(long... values) {
    return rows(values, Tables.ones(values.length), false, HandleInvalid.ERROR).statistics();
  }

  private static Recipe recipe(int correction) {
    return new Recipe(true, true, 0, correction, Optional.empty(), Optional.empty());
  }

  private static Moments columns(
      long[] values, double[] weights, boolean someMissing, HandleInvalid handleInvalid) {
    boolean weighted = Arrays.stream(weights).anyMatch(w -> w != 1);
    RowCollector collector = new RowCollector(0, handleInvalid);
    ColumnCollector collecting = collector.columns(1, weighted);
    collecting.add(
        new ColumnCollector.Columns() {
          @Override
          public void read(int j, int from, int count, double[] into) {
            read(j, from, count, into, new long[count]);
          }

          @Override
          public boolean read(int j, int from, int count, double[] into, long[] rests) {
            boolean any = false;
            for (int i = 0; i < count; i++) {
              boolean isNull = someMissing && isMissing(from + i);
              into[i] = isNull ? Double.NaN : ExactLong.high(values[from + i]);
              rests[i] = isNull ? 0 : ExactLong.rest(values[from + i]);
              any |= rests[i] != 0;
            }
            return any;
          }

          @Override
          public int readIntegers(int j, int from, int count, long[] into) {
            int found = 0;
            for (int i = 0; i < count; i++) {
              if (!someMissing || !isMissing(from + i)) {
                into[found++] = values[from + i];
              }
            }
            return found;
          }

          @Override
          public int count(int j, int rows, DictionaryCounts counts) {
            return 0;
          }

          @Override
          public boolean areFinite(int j, int rows, double[] scratch) {
            return !someMissing;
          }

          @Override
          public void readWeights(int from, int count, double[] into) {
            System.arraycopy(weights, from, into, 0, count);
          }
        },
        values.length);
    return collector.collected().moments();
  }

  private static Moments rows(
      long[] values, double[] weights, boolean someMissing, HandleInvalid handleInvalid) {
    RowCollector collector = new RowCollector(0, handleInvalid);
    for (int i = 0; i < values.length; i++) {
      write(collector, values[i], weights[i], someMissing && isMissing(i));
    }
    return collector.collected().moments();
  }

  private static void write(RowConsumer rows, long value, double weight, boolean isMissing) {
    if (rows.startDense(1, weight)) {
      if (isMissing) {
        rows.set(0, Double.NaN);
      } else {
        rows.set(0, value);
      }
      rows.endDense();
    }
  }

  private static Moments groups(long[] values, double[] weights, HandleInvalid handleInvalid) {
    GroupCollector collector = new GroupCollector(0, handleInvalid, Long.MAX_VALUE);
    byte[][] keys = {"a".getBytes(StandardCharsets.UTF_8), "b".getBytes(StandardCharsets.UTF_8)};
    for (int i = 0; i < values.length; i++) {
      collector.startRow(keys[i % 2], 0, 1);
      write(collector, values[i], weights[i], isMissing(i));
    }
    return moments(collector);
  }

  /** The moments of all rows; those of groups are merged. */
  private static Moments moments(RowConsumer rows) {
    if (rows instanceof RowCollector collector) {
      return collector.collected().moments();
    }
    Moments merged = Moments.empty();
    Optional<Row> record = ((GroupCollector) rows).drain();
    while (record.isPresent()) {
      merged.mergePacked(Records.value(record.get()));
      record = ((GroupCollector) rows).drain();
    }
    return merged;
  }
}
