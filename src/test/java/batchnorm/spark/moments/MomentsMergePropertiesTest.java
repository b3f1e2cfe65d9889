package batchnorm.spark.moments;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import batchnorm.spark.moments.Columns.Column;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.domains.Domain;
import net.jqwik.api.domains.DomainContext;

/** The laws of {@link Moments#merge}; a failure reports the seed that repeats it. */
@Domain(Columns.class)
@Domain(Columns.OfAnyDoubles.class)
@Domain(DomainContext.Global.class)
class MomentsMergePropertiesTest {
  private static final int TRIES = 200;

  @Property(tries = TRIES)
  void emptyIsNeutralOnEitherSide(@ForAll Column column) {
    byte[] expected = Tables.bytes(weighted(column).statistics());
    assertArrayEquals(expected, Tables.bytes(weighted(column).merge(Moments.empty()).statistics()));
    assertArrayEquals(expected, Tables.bytes(Moments.empty().merge(weighted(column)).statistics()));
  }

  @Property(tries = TRIES)
  void anySplitMergedInAnyOrderIsExact(
      @ForAll Column column, @ForAll @IntRange(min = 1, max = 12) int parts, @ForAll long seed) {
    Moments merged = splitAndMerged(column, parts, new Random(seed));
    ExactMoments.weighted(column.values(), column.weights()).assertAreThoseOf(merged);
  }

  @Property(tries = TRIES)
  void anySplitOfRowsWithFractionalWeightsIsExact(
      @ForAll Column whole, @ForAll @IntRange(min = 1, max = 12) int parts, @ForAll long seed) {
    Column column = whole.withFractions(seed);
    Moments merged = splitAndMerged(column, parts, new Random(seed));
    ExactMoments.weighted(column.values(), column.weights()).assertAreThoseOf(merged);
  }

  /** The very same bits, sums and counts; some of the parts are sent, most hold missing values. */
  @Property(tries = TRIES)
  void neitherSplitNorOrderNorTreeLeavesATrace(
      @ForAll Column whole,
      @ForAll boolean fractions,
      @ForAll @IntRange(min = 1, max = 12) int parts,
      @ForAll long seed) {
    Column weighed = fractions ? whole.withFractions(seed) : whole;
    Column holed = new Column(weighed.withEvery(5, Double.NaN), weighed.weights());
    Column column = new Column(holed.withEvery(7, Double.POSITIVE_INFINITY), weighed.weights());
    Moments expected = weighted(column);
    Moments found = splitAndMerged(column, parts, new Random(seed));
    assertEquals(Tables.known(expected), Tables.known(found));
    assertArrayEquals(Tables.bytes(expected.statistics()), Tables.bytes(found.statistics()));
  }

  private static Moments splitAndMerged(Column column, int parts, Random random) {
    List<Moments> split = new ArrayList<>();
    for (int[] rows : rowsOfParts(column.rows(), parts, random)) {
      split.add(random.nextBoolean() ? part(column, rows) : Tables.sent(part(column, rows)));
    }
    while (split.size() > 1) {
      Moments right = split.remove(random.nextInt(split.size()));
      Moments left = split.get(random.nextInt(split.size()));
      byte[] before = Tables.bytes(right);
      left.merge(right);
      assertArrayEquals(before, Tables.bytes(right), "the right side changed");
    }
    return split.get(0);
  }

  @Property(tries = TRIES)
  void mergeReturnsTheLeftAndLeavesTheRightAsItWas(
      @ForAll Column left, @ForAll Column right, @ForAll boolean sparse) {
    Moments target = weighted(left);
    Moments source = sparse ? Tables.sparse(right.weights(), right.values()) : weighted(right);
    source.addAbsent(2);
    byte[] before = Tables.bytes(source);
    assertSame(target, target.merge(source));
    target.merge(weighted(left)).addAbsent(1);
    assertArrayEquals(before, Tables.bytes(source));
  }

  @Property(tries = TRIES)
  void whatWasSentMergesToTheSameBits(@ForAll Column left, @ForAll Column right) {
    Moments here = weighted(left).merge(withMissing(right));
    Moments there = Tables.sent(weighted(left)).merge(Tables.sent(withMissing(right)));
    assertArrayEquals(Tables.bytes(here), Tables.bytes(there));
    assertArrayEquals(Tables.bytes(here.statistics()), Tables.bytes(there.statistics()));
  }

  @Property(tries = TRIES)
  void addingABlockIsAddingItsRowsOneByOne(
      @ForAll Column whole, @ForAll boolean fractions, @ForAll long seed) {
    Column column = fractions ? whole.withFractions(seed) : whole;
    Moments block = weighted(column);
    Moments rows = Tables.rowByRow(column.weights(), column.values());
    ExactMoments.weighted(column.values(), column.weights()).assertAreThoseOf(block);
    assertEquals(Tables.known(block), Tables.known(rows));
    assertArrayEquals(Tables.bytes(block.statistics()), Tables.bytes(rows.statistics()));
  }

  /** A total weight above 1 by less than the rounding of its terms. */
  @Example
  void weightsThatSumToOneButForRoundingHaveNoSampleVariance() {
    double[] values = {3, 5};
    for (double least : new double[] {1e-300, 0x1p-52, 0x1p-51}) {
      double[] weights = {1, least};
      Moments moments = Tables.denseWeighted(weights, values);
      ExactMoments.weighted(values, weights).assertAreThoseOf(moments);
      assertEquals(0, moments.statistics().variance(0, 1));
    }
    double[] enough = {1, 0x1p-50};
    Moments moments = Tables.denseWeighted(enough, values);
    ExactMoments.weighted(values, enough).assertAreThoseOf(moments);
    assertEquals(4 / (1 + 0x1p-50), moments.statistics().variance(0, 1));
  }

  @Property(tries = TRIES)
  void unweightedAndWeightedRowsMergeEitherWay(@ForAll Column plain, @ForAll Column weighted) {
    double[] values = concatenated(plain.values(), weighted.values());
    double[] weights = concatenated(Tables.ones(plain.rows()), weighted.weights());
    ExactMoments exact = ExactMoments.weighted(values, weights);
    exact.assertAreThoseOf(Tables.dense(plain.values()).merge(weighted(weighted)));
    exact.assertAreThoseOf(weighted(weighted).merge(Tables.dense(plain.values())));
  }

  /** A partition's rows twice over, as when moments are merged with themselves. */
  @Property(tries = TRIES)
  void momentsMergeWithThemselves(@ForAll Column column) {
    Moments twice = withMissing(column).merge(withMissing(column));
    Moments itself = withMissing(column);
    assertEquals(Tables.known(twice), Tables.known(itself.merge(itself)));
  }

  /** Missing values, absent rows and their weights add up whatever the split. */
  @Property(tries = TRIES)
  void missingCountsAddUp(@ForAll Column left, @ForAll Column right) {
    Moments oneSide = withMissing(left);
    Moments otherSide = withMissing(right);
    Moments merged = withMissing(left).merge(withMissing(right));
    assertEquals(oneSide.notANumber(0) + otherSide.notANumber(0), merged.notANumber(0));
    assertEquals(oneSide.infinite(0) + otherSide.infinite(0), merged.infinite(0));
    assertEquals(oneSide.rows() + otherSide.rows(), merged.rows());
    assertEquals(oneSide.absentRows() + otherSide.absentRows(), merged.absentRows());
    Statistics one = oneSide.statistics();
    Statistics other = otherSide.statistics();
    Statistics both = merged.statistics();
    assertEquals(one.missingWeight(0) + other.missingWeight(0), both.missingWeight(0));
    assertEquals(one.weight(0) + other.weight(0), both.weight(0));
    assertEquals(one.totalWeight() + other.totalWeight(), both.totalWeight());
    assertEquals(both.totalWeight(), both.weight(0) + both.missingWeight(0));
  }

  @Property(tries = 10)
  void rowsOfAnotherSizeAreRefused(@ForAll Column column) {
    Moments one = weighted(column);
    Moments two = Tables.dense(column.values(), column.values());
    assertThrows(IllegalArgumentException.class, () -> one.merge(two));
    assertThrows(
        IllegalArgumentException.class, () -> one.addSparse(2, new int[] {0}, new double[] {1}, 1));
    assertThrows(IllegalArgumentException.class, () -> one.addBlock(blockOfOneRow(2)));
  }

  private static Moments weighted(Column column) {
    return Tables.denseWeighted(column.weights(), column.values());
  }

  /** The column with NaN, infinities and an absent row. */
  private static Moments withMissing(Column column) {
    Moments moments = Tables.denseWeighted(column.weights(), column.withEvery(3, Double.NaN));
    moments.merge(Tables.sparse(column.weights(), column.withEvery(2, Double.NEGATIVE_INFINITY)));
    moments.addAbsent(3);
    return moments;
  }

  private static Moments part(Column column, int[] rows) {
    return Tables.denseWeighted(
        Arrays.stream(rows).mapToDouble(i -> column.weights()[i]).toArray(),
        Arrays.stream(rows).mapToDouble(i -> column.values()[i]).toArray());
  }

  /** Each row in one of the parts, some of which stay empty. */
  private static List<int[]> rowsOfParts(int rows, int parts, Random random) {
    int[] partOf = random.ints(rows, 0, parts).toArray();
    return IntStream.range(0, parts)
        .mapToObj(part -> IntStream.range(0, rows).filter(i -> partOf[i] == part).toArray())
        .toList();
  }

  private static RowBlock blockOfOneRow(int features) {
    RowBlock block = new RowBlock(features);
    block.endRow(1);
    return block;
  }

  private static double[] concatenated(double[] first, double[] second) {
    double[] both = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, both, first.length, second.length);
    return both;
  }
}
