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
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.domains.Domain;
import net.jqwik.api.domains.DomainContext;

/** The laws of {@link Moments#merge}; a failure reports the seed that repeats it. */
@Domain(Columns.class)
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
  void anySplitMergedInAnyOrderAgreesWithExactArithmetic(
      @ForAll Column column, @ForAll @IntRange(min = 1, max = 12) int parts, @ForAll long seed) {
    Random random = new Random(seed);
    List<Moments> split = new ArrayList<>();
    for (int[] rows : rowsOfParts(column.rows(), parts, random)) {
      split.add(part(column, rows));
    }
    while (split.size() > 1) {
      Moments right = split.remove(random.nextInt(split.size()));
      Moments left = split.get(random.nextInt(split.size()));
      left.merge(right);
    }
    ErrorBound.weighted(column.values(), column.weights(), parts)
        .assertHoldsWithExactWeight(split.get(0).statistics(), 0);
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
  void addingABlockIsAddingItsRowsOneByOne(@ForAll Column column) {
    ErrorBound bound = ErrorBound.weighted(column.values(), column.weights(), column.rows());
    bound.assertHoldsWithExactWeight(weighted(column).statistics(), 0);
    bound.assertHoldsWithExactWeight(
        Tables.rowByRow(column.weights(), column.values()).statistics(), 0);
  }

  @Property(tries = TRIES)
  void unweightedAndWeightedRowsMergeEitherWay(@ForAll Column plain, @ForAll Column weighted) {
    double[] values = concatenated(plain.values(), weighted.values());
    double[] weights = concatenated(Tables.ones(plain.rows()), weighted.weights());
    ErrorBound bound = ErrorBound.weighted(values, weights, 2);
    bound.assertHoldsWithExactWeight(
        Tables.dense(plain.values()).merge(weighted(weighted)).statistics(), 0);
    bound.assertHoldsWithExactWeight(
        weighted(weighted).merge(Tables.dense(plain.values())).statistics(), 0);
  }

  /** Missing values, absent rows and their weights add up whatever the split. */
  @Property(tries = TRIES)
  void missingCountsAddUp(@ForAll Column left, @ForAll Column right) {
    Statistics one = withMissing(left).statistics();
    Statistics other = withMissing(right).statistics();
    Statistics both = withMissing(left).merge(withMissing(right)).statistics();
    assertEquals(one.notANumber(0) + other.notANumber(0), both.notANumber(0));
    assertEquals(one.infinite(0) + other.infinite(0), both.infinite(0));
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
