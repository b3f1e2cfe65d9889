package batchnorm.spark.moments;

import static org.junit.jupiter.api.Assertions.assertEquals;

import batchnorm.spark.moments.Columns.Column;
import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.domains.Domain;
import net.jqwik.api.domains.DomainContext;

/** What holds for the moments of any rows; a failure reports the seed that repeats it. */
@Domain(Columns.class)
@Domain(DomainContext.Global.class)
class MomentsPropertiesTest {
  private static final int TRIES = 200;

  @Property(tries = TRIES)
  void wholeWeightsAreRepeatedRows(@ForAll Column column) {
    double[] repeated = column.repeated();
    ErrorBound bound = ErrorBound.of(repeated, 1);
    Statistics weighted = Tables.denseWeighted(column.weights(), column.values()).statistics();
    Statistics copied = Tables.dense(repeated).statistics();
    bound.assertHoldsWithExactWeight(weighted, 0);
    bound.assertHoldsWithExactWeight(copied, 0);
    assertEquals(copied.totalWeight(), weighted.totalWeight());
  }

  /** Shifted by a whole number of the values' spacing, no value rounds: m2 is the same exactly. */
  @Property(tries = TRIES)
  void shiftingAColumnMovesItsMeanAndLeavesItsVariance(@ForAll Column column) {
    double[] grid = Arrays.stream(column.values()).map(x -> Math.rint(x % 1024 * 8) / 8).toArray();
    double shift = 0x1p30;
    double[] shifted = Arrays.stream(grid).map(x -> x + shift).toArray();
    assertEquals(ExactMoments.of(grid).m2(), ExactMoments.of(shifted).m2());
    ErrorBound.of(shifted, 1).assertHolds(Tables.dense(shifted).statistics(), 0);
    ErrorBound.of(grid, 1).assertHolds(Tables.dense(grid).statistics(), 0);
  }

  @Property(tries = TRIES)
  void sparseRowsAreDenseRowsWithZeros(@ForAll Column column) {
    double[] thinned = column.withEvery(2, 0);
    double[] zeros = new double[column.rows()];
    Statistics dense =
        Tables.denseWeighted(column.weights(), column.values(), thinned, zeros).statistics();
    Statistics sparse =
        Tables.sparse(column.weights(), column.values(), thinned, zeros).statistics();
    double[][] features = {column.values(), thinned, zeros};
    for (int j = 0; j < features.length; j++) {
      ErrorBound bound = ErrorBound.weighted(features[j], column.weights(), column.rows() + 1);
      bound.assertHoldsWithExactWeight(dense, j);
      bound.assertHoldsWithExactWeight(sparse, j);
    }
    assertEquals(dense.totalWeight(), sparse.totalWeight());
    assertEquals(0, sparse.mean(2));
    assertEquals(0, sparse.m2(2));
  }

  @Property(tries = TRIES)
  void denseAndSparseRowsMix(@ForAll Column dense, @ForAll Column sparse) {
    double[] thinned = sparse.withEvery(2, 0);
    Moments mixed = Tables.denseWeighted(dense.weights(), dense.values());
    mixed.merge(Tables.sparse(sparse.weights(), thinned));
    ErrorBound.weighted(
            concatenated(dense.values(), thinned),
            concatenated(dense.weights(), sparse.weights()),
            sparse.rows() + 2)
        .assertHoldsWithExactWeight(mixed.statistics(), 0);
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
      assertEquals(1 + (column.rows() - 1) / 3, statistics.notANumber(0));
      assertEquals(0, statistics.infinite(0));
      assertEquals(0, statistics.notANumber(1));
      assertEquals(1 + (column.rows() - 1) / 4, statistics.infinite(1));
      assertEquals(0, statistics.missingWeight(2));
      double[][] features = {holed, infinite, column.values()};
      for (int j = 0; j < features.length; j++) {
        assertEquals(statistics.totalWeight(), statistics.weight(j) + statistics.missingWeight(j));
        if (statistics.weight(j) > 0) {
          ErrorBound.weighted(features[j], column.weights(), column.rows() + 1)
              .assertHoldsWithExactWeight(statistics, j);
        }
      }
    }
  }

  private static double[] concatenated(double[] first, double[] second) {
    double[] both = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, both, first.length, second.length);
    return both;
  }
}
