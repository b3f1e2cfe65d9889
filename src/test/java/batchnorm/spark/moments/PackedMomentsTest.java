package batchnorm.spark.moments;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import batchnorm.spark.moments.Columns.Column;
import java.util.Arrays;
import java.util.Random;
import java.util.TreeSet;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.domains.Domain;
import net.jqwik.api.domains.DomainContext;

/** The bytes of {@link Moments#pack()}; a failure reports the seed that repeats it. */
@Domain(Columns.class)
@Domain(Columns.OfAnyDoubles.class)
@Domain(DomainContext.Global.class)
class PackedMomentsTest {
  private static final int TRIES = 300;
  private static final int WIDE_TRIES = 20;

  /** Three pages and a part of one. */
  private static final int WIDE = 3 * Moments.PAGE + 100;

  @Property(tries = TRIES)
  void momentsComeBackWhateverTheyHold(
      @ForAll Column whole,
      @ForAll Weights weights,
      @ForAll boolean integers,
      @ForAll @IntRange(max = 3) int absent,
      @ForAll long seed) {
    Column column = holed(weights.of(whole, seed));
    Moments moments = Tables.denseWeighted(column.weights(), column.values(), reversed(column));
    if (integers) {
      addLongs(moments, new Random(seed));
    }
    for (int i = 0; i < absent; i++) {
      moments.addAbsent(weights == Weights.ONES ? 1 : 0.5);
    }
    assertComesBack(moments);
  }

  @Property(tries = WIDE_TRIES)
  void featuresOfAnyPageComeBack(
      @ForAll Column whole,
      @ForAll Weights weights,
      @ForAll @IntRange(max = 40) int touched,
      @ForAll long seed) {
    Random random = new Random(seed);
    Column column = holed(weights.of(whole, seed));
    Moments moments = Moments.empty();
    for (int i = 0; i < column.rows(); i++) {
      int[] indices = places(touched, random);
      double[] values = new double[indices.length];
      Arrays.fill(values, column.values()[i]);
      moments.addSparse(WIDE, indices, values, column.weights()[i]);
    }
    assertComesBack(moments);
  }

  /** The last feature of a page, the first of the next, and pages that are skipped. */
  @Example
  void featuresAtTheEdgesOfPagesComeBack() {
    int[][] edges = {
      {},
      {0},
      {Moments.PAGE - 1},
      {Moments.PAGE},
      {Moments.PAGE - 1, Moments.PAGE},
      {0, WIDE - 1},
      {2 * Moments.PAGE - 1, 3 * Moments.PAGE},
      {0, Moments.PAGE - 1, Moments.PAGE, 2 * Moments.PAGE, WIDE - 1},
    };
    for (int[] touched : edges) {
      double[] ones = Tables.ones(touched.length);
      Moments moments = Moments.empty();
      moments.addSparse(WIDE, touched, ones, 1);
      assertComesBack(moments);
    }
  }

  @Example
  void rowsThatTellNoSizeAndRowsWithoutFeaturesComeBack() {
    assertComesBack(Moments.empty());
    Moments absent = Moments.empty();
    absent.addAbsent(2.5);
    assertComesBack(absent);
    Moments none = Moments.empty();
    none.addSparse(0, new int[0], new double[0], 1);
    assertComesBack(none);
  }

  @Property(tries = TRIES)
  void packedMomentsAreAddedAsThoseTheyWerePackedFrom(
      @ForAll Column left, @ForAll Column right, @ForAll Weights weights, @ForAll long seed) {
    Moments added = moments(holed(weights.of(right, seed)));
    Moments expected = moments(left).merge(added);
    Moments found = moments(left);
    assertTrue(found.mergePacked(added.pack()));
    assertArrayEquals(expected.pack(), found.pack());
    assertEquals(Tables.known(expected), Tables.known(found));
  }

  @Property(tries = TRIES)
  void momentsOfAnotherSizeAreNotAdded(@ForAll Column column) {
    Moments found = moments(column);
    byte[] before = found.pack();
    assertFalse(found.mergePacked(Tables.dense(new double[] {1}).pack()));
    assertArrayEquals(before, found.pack());
  }

  /** Kind of the rows' weights. */
  enum Weights {
    ONES,
    WHOLE,
    FRACTIONS;

    Column of(Column column, long seed) {
      return switch (this) {
        case ONES -> new Column(column.values(), Tables.ones(column.rows()));
        case WHOLE -> column;
        case FRACTIONS -> column.withFractions(seed);
      };
    }
  }

  /**
   * Requires that unpacked moments are the same, pack to the same bytes and can be added to, page
   * by page.
   */
  private static void assertComesBack(Moments moments) {
    byte[] packed = moments.pack();
    Moments unpacked = Tables.sent(moments);
    assertEquals(Tables.known(moments), Tables.known(unpacked));
    assertEquals(moments.hasIntegers(), unpacked.hasIntegers());
    assertEquals(moments.size(), unpacked.size());
    assertEquals(moments.absentRows(), unpacked.absentRows());
    assertArrayEquals(packed, unpacked.pack());
    assertArrayEquals(packed, Tables.sent(unpacked).pack());
    assertEquals(moments.sampleSize(), unpacked.sampleSize());

    Moments added = Moments.empty();
    assertTrue(added.mergePacked(packed));
    assertEquals(Tables.known(moments), Tables.known(added));
    assertArrayEquals(packed, added.pack());

    byte[] twice = Moments.empty().merge(moments).merge(moments).pack();
    assertTrue(added.mergePacked(packed));
    assertArrayEquals(twice, added.pack());
    assertArrayEquals(twice, unpacked.merge(moments).pack());
    assertArrayEquals(packed, moments.pack());

    Moments joined = Tables.sent(moments);
    if (joined.size() > Moments.PAGE) {
      Moments first = Tables.sent(moments.slice(0, Moments.PAGE));
      Moments rest = Tables.sent(moments.slice(Moments.PAGE, moments.size()));
      assertArrayEquals(packed, first.join(rest).pack());
    }
  }

  private static Moments moments(Column column) {
    return Tables.denseWeighted(column.weights(), column.values(), reversed(column));
  }

  private static void addLongs(Moments moments, Random random) {
    double[] values = {0x1p60, -0x1p62, Double.NaN};
    long[] rests = new long[values.length];
    for (int i = 0; i < values.length; i++) {
      rests[i] = ExactLong.rest((1L << 60) + random.nextInt(1, 100));
    }
    moments.addRests(1, values, rests, values.length);
  }

  private static int[] places(int count, Random random) {
    TreeSet<Integer> places = new TreeSet<>();
    for (int k = 0; k < count; k++) {
      places.add(random.nextInt(WIDE));
    }
    return places.stream().mapToInt(Integer::intValue).toArray();
  }

  private static Column holed(Column column) {
    Column holed = new Column(column.withEvery(5, Double.NaN), column.weights());
    return new Column(holed.withEvery(7, Double.NEGATIVE_INFINITY), column.weights());
  }

  /** A second feature. */
  private static double[] reversed(Column column) {
    double[] reversed = new double[column.rows()];
    Arrays.setAll(reversed, i -> column.values()[column.rows() - 1 - i]);
    return reversed;
  }
}
