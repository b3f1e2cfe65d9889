package batchnorm.spark.moments;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.DoubleStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The smallest and the greatest value of a feature on every path of the kernel. */
class ExtremesTest {
  private static final int ROWS = 3000;
  private static final int WIDE = 2 * Moments.PAGE + 5;
  private static final int PLACE = Moments.PAGE + 3;

  private static Map<String, double[]> values() {
    Random random = new Random(17);
    Map<String, double[]> values = new TreeMap<>();
    values.put("uniform", random.doubles(ROWS, 2, 3).toArray());
    values.put("negative", random.doubles(ROWS, -3, -2).toArray());
    values.put("normal", random.doubles(ROWS).map(x -> random.nextGaussian()).toArray());
    values.put("growing", DoubleStream.iterate(1, x -> 1.1 * x).limit(ROWS).toArray());
    values.put("falling", DoubleStream.iterate(1e300, x -> x / 1.2).limit(ROWS).toArray());
    values.put(
        "of any size", random.longs().mapToDouble(Double::longBitsToDouble).limit(ROWS).toArray());
    values.put("large before small", with(1e300, ROWS, 1e-300, 700));
    values.put("small before large", with(1e-300, 700, 1e300, ROWS));
    values.put("at the top of a window", with(0x1p58, 900, 0x1p58 - 64, ROWS));
    values.put("integers", random.doubles(ROWS).map(x -> random.nextInt(1000)).toArray());
    values.put("negative zeros", with(-0.0, 2, 0.0, 10));
    values.put("zeros and more", with(-0.0, 1500, 4.0, ROWS));
    values.put("zeros and less", with(0.0, 1500, -4.0, ROWS));
    values.put("few", new double[] {3, 1, 2});
    values.put("subnormal", with(Double.MIN_VALUE, 10, -Double.MIN_VALUE, 20));
    values.put("one", new double[] {-7});
    values.put("missing", new double[] {Double.NaN, Double.POSITIVE_INFINITY});
    double[] some = random.doubles(ROWS, -5, -4).toArray();
    some[0] = Double.NEGATIVE_INFINITY;
    some[7] = Double.NaN;
    some[2000] = Double.NaN;
    values.put("some missing", some);
    return values;
  }

  /** The first value up to a row, the second after it. */
  private static double[] with(double first, int rows, double second, int all) {
    double[] values = new double[Math.max(rows, all)];
    Arrays.fill(values, 0, rows, first);
    Arrays.fill(values, rows, values.length, second);
    return values;
  }

  private static final Map<String, Function<double[], Moments>> PATHS =
      new TreeMap<>(
          Map.of(
              "dense rows",
              Tables::dense,
              "rows with weights",
              values -> Tables.denseWeighted(weights(values), values),
              "single rows",
              values -> Tables.rowByRow(Tables.ones(values.length), values),
              "sparse rows",
              values -> Tables.sparse(Tables.ones(values.length), values),
              "sparse rows with weights",
              values -> Tables.sparse(weights(values), values),
              "columns",
              ExtremesTest::columns,
              "repeated values",
              ExtremesTest::repeated,
              "a group",
              ExtremesTest::group));

  private static double[] weights(double[] values) {
    double[] weights = new double[values.length];
    Arrays.setAll(weights, i -> 0.5 + i % 3);
    return weights;
  }

  private static Moments columns(double[] values) {
    Moments moments = Moments.empty();
    BlockSums sums = new BlockSums();
    for (int from = 0; from < values.length; from += 500) {
      double[] block = Arrays.copyOfRange(values, from, Math.min(from + 500, values.length));
      moments.addColumn(1, 0, block, block.length, sums);
      moments.addRows(block.length);
    }
    return moments;
  }

  private static Moments repeated(double[] values) {
    Moments moments = Moments.empty();
    for (int i = 0; i < values.length; i++) {
      moments.addRepeated(1, 0, values[i], 1 + i % 5);
      moments.addRows(1 + i % 5);
    }
    return moments;
  }

  private static Moments group(double[] values) {
    GroupWindows windows = new GroupWindows(1);
    Moments outside = Moments.empty();
    windows.add(
        values,
        new int[values.length],
        values.length,
        (group, j, value) -> outside.addValue(1, j, value));
    Moments moments = Moments.empty();
    moments.mergePacked(windows.pack(0, new ByteWriter()));
    return moments.merge(outside);
  }

  static Stream<Arguments> paths() {
    return values().entrySet().stream()
        .flatMap(
            values ->
                PATHS.entrySet().stream()
                    .map(
                        path ->
                            Arguments.of(
                                values.getKey(),
                                path.getKey(),
                                values.getValue(),
                                path.getValue())));
  }

  @ParameterizedTest(name = "{0}, {1}")
  @MethodSource("paths")
  void extremesAreThoseOfTheFiniteValues(
      String kind, String name, double[] values, Function<double[], Moments> path) {
    Moments moments = path.apply(values);
    assertExtremes(values, moments);
    assertExtremes(values, Tables.sent(moments));
    assertExtremes(values, saved(moments));
    int half = values.length / 2;
    Moments first = path.apply(Arrays.copyOf(values, half));
    Moments second = path.apply(Arrays.copyOfRange(values, half, values.length));
    assertExtremes(values, first.plus(second));
    assertExtremes(values, second.plus(first));
    assertExtremes(values, saved(second).plus(Tables.sent(first)));
    first.mergePacked(second.pack());
    assertExtremes(values, first);
  }

  /** The moments as a saved model gives them back. */
  private static Moments saved(Moments moments) {
    Moments saved = Moments.of(moments.size(), moments.rows(), moments.rowWeight());
    for (int j = 0; j < moments.size(); j++) {
      saved.set(j, moments.feature(j));
    }
    return saved;
  }

  private static void assertExtremes(double[] values, Moments moments) {
    double[] finite = Arrays.stream(values).filter(Double::isFinite).map(x -> x + 0.0).toArray();
    assertEquals(Arrays.stream(finite).min().orElse(Double.NaN), min(moments));
    assertEquals(Arrays.stream(finite).max().orElse(Double.NaN), max(moments));
  }

  private static double min(Moments moments) {
    return moments.size() == 0 ? Double.NaN : moments.min(0);
  }

  private static double max(Moments moments) {
    return moments.size() == 0 ? Double.NaN : moments.max(0);
  }

  static Stream<Arguments> kinds() {
    return values().entrySet().stream().map(kind -> Arguments.of(kind.getKey(), kind.getValue()));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("kinds")
  void zerosThatManySparseRowsOmitCount(String name, double[] values) {
    Moments moments = Moments.empty();
    SparseBlock block = new SparseBlock(WIDE, 100);
    int[] place = {PLACE};
    for (double value : values) {
      block.add(place, new double[] {value}, moments);
      block.add(new int[0], new double[0], moments);
    }
    block.flush(moments);
    double[] all = Arrays.copyOf(values, 2 * values.length);
    double[] finite = Arrays.stream(all).filter(Double::isFinite).map(x -> x + 0.0).toArray();
    for (Moments found : List.of(moments, Tables.sent(moments))) {
      assertEquals(Arrays.stream(finite).min().orElseThrow(), found.min(PLACE));
      assertEquals(Arrays.stream(finite).max().orElseThrow(), found.max(PLACE));
      assertEquals(0, found.min(PLACE + 1));
      assertEquals(0, found.max(0));
    }
  }

  @Test
  void longsBeyondADoubleAreRoundedToTheNearest() {
    long[] values = {
      (1L << 53) + 1,
      (1L << 60) + 127,
      (1L << 60) + 129,
      Long.MAX_VALUE,
      Long.MAX_VALUE - 512,
      Long.MAX_VALUE - 513,
      Long.MIN_VALUE,
      Long.MIN_VALUE + 511,
      -(1L << 57) - 17,
      5
    };
    for (long value : values) {
      for (long other : values) {
        long[] both = {value, other, value};
        double min = LongStream.of(both).mapToDouble(x -> x).min().orElseThrow();
        double max = LongStream.of(both).mapToDouble(x -> x).max().orElseThrow();
        for (Moments moments : List.of(longColumn(both), longRows(both), longsRepeated(both))) {
          assertEquals(min, moments.min(0));
          assertEquals(max, moments.max(0));
          assertEquals(longColumn(both).feature(0), moments.feature(0));
        }
      }
    }
  }

  private static Moments longColumn(long... values) {
    Moments moments = Moments.empty();
    long[] many = new long[4 * values.length];
    Arrays.setAll(many, i -> values[i % values.length]);
    moments.addColumn(1, 0, many, many.length, new BlockSums());
    moments.addRows(many.length);
    return moments;
  }

  private static Moments longRows(long... values) {
    Moments moments = Moments.empty();
    RowBlock block = new RowBlock(1);
    for (int i = 0; i < 4 * values.length; i++) {
      block.startRow();
      block.set(0, values[i % values.length]);
      block.endRow(1);
    }
    moments.addBlock(block);
    return moments;
  }

  private static Moments longsRepeated(long... values) {
    Moments moments = Moments.empty();
    for (long value : values) {
      moments.addRepeatedLong(1, 0, value, 4);
      moments.addRows(4);
    }
    return moments;
  }

  @Test
  void extremesAreUnknownAfterASubtraction() {
    Moments some = Tables.dense(new double[] {1, 2, 3, 4, 5}, new double[5]);
    Moments rest = Tables.dense(new double[] {6, 7}, new double[2]);
    Moments left = some.plus(rest).minus(some);
    assertEquals(Double.NaN, left.min(0));
    assertEquals(Double.NaN, left.max(0));
    for (Moments unknown :
        List.of(left.plus(some), some.plus(left), Tables.sent(left), saved(left))) {
      assertEquals(Double.NaN, unknown.min(0));
      assertEquals(Double.NaN, unknown.max(0));
      // Squares of 0 leave zeros only.
      assertEquals(0, unknown.min(1));
      assertEquals(0, unknown.max(1));
    }
    assertEquals(1, some.min(0));
  }

  @Test
  void extremesStayKnownIfNoRowsAreTakenOut() {
    Moments some = Tables.dense(new double[] {3, 1, 2});
    Moments none = Moments.empty();
    none.sizeToIfUnknown(1);
    for (Moments left : List.of(some.minus(Moments.empty()), some.minus(Tables.sent(none)))) {
      assertEquals(1, left.min(0));
      assertEquals(3, left.max(0));
      assertEquals(3, left.rows());
    }
  }

  /** There is nothing to forget, whatever is added later. */
  @Test
  void missingValuesAndZerosAreKnownAfterASaveAndAfterASubtraction() {
    double[] none = {Double.NaN, Double.POSITIVE_INFINITY};
    Moments empty = Tables.dense(none, new double[2]);
    Moments left = Tables.dense(new double[] {4, Double.NaN, 9}, new double[] {1, 0, 0});
    left = left.minus(Tables.dense(new double[] {4, 9}, new double[] {1, 0}));
    Moments added = Tables.dense(new double[] {3, 2}, new double[] {-5, -6});
    for (Moments known : List.of(saved(empty), left, saved(left), Tables.sent(left))) {
      assertEquals(Double.NaN, known.min(0));
      assertEquals(0, known.max(1));
      for (Moments all : List.of(known.plus(added), added.plus(known))) {
        assertEquals(2, all.min(0));
        assertEquals(3, all.max(0));
        assertEquals(-6, all.min(1));
        assertEquals(0, all.max(1));
      }
    }
  }

  @Test
  void sumsSavedWithoutExtremesLeaveThemUnknown() {
    Moments moments = Tables.dense(new double[] {1, 2}, new double[2], new double[] {4, -4});
    Moments older = Moments.of(3, 2, moments.rowWeight());
    for (int j = 0; j < 3; j++) {
      SavedSums sums = moments.feature(j);
      older.set(
          j,
          new SavedSums(
              sums.sum(), sums.squares(), 0, 0, Dyadic.ZERO, false, Double.NaN, Double.NaN));
    }
    assertEquals(Double.NaN, older.plus(moments).min(0));
    assertEquals(0, older.plus(moments).max(1));
    assertEquals(Double.NaN, moments.plus(older).max(2));
  }
}
