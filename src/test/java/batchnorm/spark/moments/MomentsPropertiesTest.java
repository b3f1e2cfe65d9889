package batchnorm.spark.moments;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import batchnorm.spark.moments.Columns.Column;
import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.domains.Domain;
import net.jqwik.api.domains.DomainContext;

/** Properties of the moments of any rows; a failure reports the seed that repeats it. */
@Domain(Columns.class)
@Domain(Columns.OfAnyDoubles.class)
@Domain(DomainContext.Global.class)
class MomentsPropertiesTest {
  private static final int TRIES = 200;

  @Property(tries = TRIES)
  void wholeWeightsAreRepeatedRows(@ForAll Column column) {
    double[] repeated = column.repeated();
    Moments weighted = Tables.denseWeighted(column.weights(), column.values());
    Moments copied = Tables.dense(repeated);
    ExactMoments.of(repeated).assertAreThoseOf(copied);
    assertArrayEquals(Tables.bytes(copied.statistics()), Tables.bytes(weighted.statistics()));
    assertEquals(copied.rowWeight(), weighted.rowWeight());
    assertEquals(copied.feature(0), weighted.feature(0));
  }

  /**
   * Shifted by a whole number of the values' spacing, no value rounds: the variance is the same.
   */
  @Property(tries = TRIES)
  void shiftingAColumnMovesItsMeanAndLeavesItsVariance(@ForAll Column column) {
    double[] grid = Arrays.stream(column.values()).map(x -> Math.rint(x % 1024 * 8) / 8).toArray();
    double shift = 0x1p30;
    double[] shifted = Arrays.stream(grid).map(x -> x + shift).toArray();
    Statistics before = Tables.dense(grid).statistics();
    Statistics after = Tables.dense(shifted).statistics();
    ExactMoments.of(shifted).assertAreThoseOf(after, 0, "the shifted column");
    assertEquals(before.variance(0, 0), after.variance(0, 0));
    assertEquals(before.variance(0, 1), after.variance(0, 1));
  }

  /** A factor that is a power of two and rounds no value changes no digit of either number. */
  @Property(tries = TRIES)
  void doublingAColumnDoublesItsMeanAndQuadruplesItsVariance(@ForAll Column column) {
    double[] halves = Arrays.stream(column.values()).map(x -> x % 0x1p300).toArray();
    double[] doubled = Arrays.stream(halves).map(x -> 2 * x).toArray();
    Moments before = Tables.dense(halves);
    Moments after = Tables.dense(doubled);
    assertEquals(doubled(before.feature(0).sum(), 1), after.feature(0).sum());
    assertEquals(doubled(before.feature(0).squares(), 2), after.feature(0).squares());
    ExactMoments.of(doubled).assertAreThoseOf(after);
  }

  private static Dyadic doubled(Dyadic exact, int times) {
    return exact.significand().signum() == 0
        ? exact
        : new Dyadic(exact.significand(), exact.exponent() + times);
  }

  @Property(tries = TRIES)
  void sparseRowsAreDenseRowsWithZeros(
      @ForAll Column whole, @ForAll boolean fractions, @ForAll long seed) {
    Column column = fractions ? whole.withFractions(seed) : whole;
    double[] thinned = column.withEvery(2, 0);
    double[] zeros = new double[column.rows()];
    double[][] features = {column.values(), thinned, zeros};
    Moments dense = Tables.denseWeighted(column.weights(), features);
    Moments sparse = Tables.sparse(column.weights(), features);
    Statistics statistics = sparse.statistics();
    for (int j = 0; j < features.length; j++) {
      ExactMoments.weighted(features[j], column.weights())
          .assertAreThoseOf(statistics, j, "feature " + j);
    }
    assertEquals(Tables.known(dense), Tables.known(sparse));
    assertArrayEquals(Tables.bytes(dense.statistics()), Tables.bytes(statistics));
    assertEquals(0, statistics.mean(2));
    assertEquals(0, statistics.variance(2, 0));
  }

  @Property(tries = TRIES)
  void denseAndSparseRowsMix(@ForAll Column dense, @ForAll Column sparse) {
    double[] thinned = sparse.withEvery(2, 0);
    Moments mixed = Tables.denseWeighted(dense.weights(), dense.values());
    mixed.merge(Tables.sparse(sparse.weights(), thinned));
    ExactMoments.weighted(
            concatenated(dense.values(), thinned), concatenated(dense.weights(), sparse.weights()))
        .assertAreThoseOf(mixed);
  }

  @Property(tries = TRIES)
  void missingValuesAreCountedAndNotAdded(@ForAll Column column) {
    double[] holed = column.withEvery(3, Double.NaN);
    double[] infinite = column.withEvery(4, Double.POSITIVE_INFINITY);
    for (Moments moments :
        new Moments[] {
          Tables.denseWeighted(column.weights(), holed, infinite, column.values()),
          Tables.sparse(column.weights(), holed, infinite, column.values())
        }) {
      Statistics statistics = moments.statistics();
      assertEquals(1 + (column.rows() - 1) / 3, moments.notANumber(0));
      assertEquals(0, moments.infinite(0));
      assertEquals(0, moments.notANumber(1));
      assertEquals(1 + (column.rows() - 1) / 4, moments.infinite(1));
      assertEquals(0, statistics.missingWeight(2));
      double[][] features = {holed, infinite, column.values()};
      for (int j = 0; j < features.length; j++) {
        assertEquals(statistics.totalWeight(), statistics.weight(j) + statistics.missingWeight(j));
        ExactMoments.weighted(features[j], column.weights())
            .assertAreThoseOf(statistics, j, "feature " + j);
      }
    }
  }

  private static double[] concatenated(double[] first, double[] second) {
    double[] both = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, both, first.length, second.length);
    return both;
  }
}
