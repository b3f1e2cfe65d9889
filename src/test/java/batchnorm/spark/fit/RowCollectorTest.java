package batchnorm.spark.fit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import batchnorm.spark.fit.DatasetMoments.SizeSeen;
import batchnorm.spark.moments.Doubles;
import batchnorm.spark.moments.Moments;
import batchnorm.spark.moments.Statistics;
import batchnorm.spark.normalize.HandleInvalid;
import java.util.Arrays;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class RowCollectorTest {
  private static final double NAN = Double.NaN;
  private static final double INFINITY = Double.POSITIVE_INFINITY;
  private static final int PARTITION = 5;

  @Test
  void skipLeavesOutEveryRowWithAMissingValue() {
    RowCollector collector = withMissingValues(HandleInvalid.SKIP);
    Moments moments = collector.collected().moments();
    Statistics statistics = moments.statistics();
    assertEquals(2, statistics.totalWeight());
    for (int j = 0; j < 2; j++) {
      assertEquals(2, statistics.weight(j));
      assertEquals(0, statistics.missingWeight(j));
      assertEquals(0, moments.notANumber(j) + moments.infinite(j));
    }
    // the rows (1, 10) and, sparse, (0, 30)
    assertEquals(0.5, statistics.mean(0));
    assertEquals(20, statistics.mean(1));
  }

  /**
   * Under error the collector counts missing values for the message; the fit decides whether to
   * refuse them.
   */
  @ParameterizedTest
  @EnumSource(
      value = HandleInvalid.class,
      names = {"KEEP", "ERROR"})
  void otherwiseMissingValuesAreCountedPerFeature(HandleInvalid handleInvalid) {
    Moments moments = withMissingValues(handleInvalid).collected().moments();
    Statistics statistics = moments.statistics();
    assertEquals(7, statistics.totalWeight());
    // feature 0: 1, missing, 3, missing, 0 and 7 sparse, absent
    assertEquals(4, statistics.weight(0));
    assertEquals(2, moments.notANumber(0));
    assertEquals(1, moments.infinite(0));
    assertEquals(3, statistics.missingWeight(0));
    assertEquals(11 / 4.0, statistics.mean(0));
    // feature 1: 10, 20, missing, 40, 30 and missing sparse, absent
    assertEquals(4, statistics.weight(1));
    assertEquals(2, moments.notANumber(1));
    assertEquals(1, moments.infinite(1));
    assertEquals(25, statistics.mean(1));
  }

  /** Features 0 and 1 of seven rows: four dense, two sparse, one absent. */
  private static RowCollector withMissingValues(HandleInvalid handleInvalid) {
    RowCollector collector = new RowCollector(PARTITION, handleInvalid);
    dense(collector, 1, 1, 10);
    dense(collector, 1, NAN, 20);
    dense(collector, 1, 3, -INFINITY);
    dense(collector, 1, INFINITY, 40);
    collector.sparse(2, new int[] {1}, new double[] {30}, 1);
    collector.sparse(2, new int[] {0, 1}, new double[] {7, NAN}, 1);
    collector.absent(1);
    return collector;
  }

  /** Values of weight 1 are collected in a block once there are enough per feature. */
  @ParameterizedTest
  @EnumSource(HandleInvalid.class)
  void manySparseRowsGiveTheBitsOfOneAfterTheOther(HandleInvalid handleInvalid) {
    int size = 20;
    SplittableRandom random = new SplittableRandom(4);
    RowCollector collector = new RowCollector(PARTITION, handleInvalid);
    Moments expected = Moments.empty();
    Moments taken = Moments.empty();
    for (int i = 0; i < 3000; i++) {
      int[] indices = IntStream.range(0, size).filter(j -> random.nextInt(4) == 0).toArray();
      double[] values = new double[indices.length];
      Arrays.setAll(values, k -> random.nextInt(500) == 0 ? NAN : random.nextDouble(-3, 9));
      double weight = i % 7 == 0 ? 2 : 1;
      collector.sparse(size, indices, values, weight);
      if (handleInvalid != HandleInvalid.SKIP || Doubles.allFinite(values)) {
        expected.addSparse(size, indices, values, weight);
      }
      if (i % 1000 == 900) {
        taken.merge(collector.takeMoments());
      }
    }
    taken.merge(collector.takeMoments());
    assertEquals(expected.rows(), taken.rows());
    for (int j = 0; j < size; j++) {
      assertEquals(expected.feature(j), taken.feature(j), "feature " + j);
    }
  }

  @Test
  void aRowOfWeightZeroIsNoRow() {
    RowCollector collector = new RowCollector(PARTITION, HandleInvalid.KEEP);
    assertFalse(collector.startDense(3, 0));
    assertFalse(collector.startDense(3, -0.0));
    collector.sparse(4, new int[] {0}, new double[] {1}, 0);
    collector.absent(0);
    DatasetMoments collected = collector.collected();
    assertEquals(0, collected.moments().statistics().totalWeight());
    assertEquals(Optional.empty(), collected.size());
    assertEquals(0, collected.invalidWeights());
    assertEquals(0, collected.moments().absentRows());
  }

  @ParameterizedTest
  @ValueSource(doubles = {-1, -Double.MIN_VALUE, Double.NaN, Double.POSITIVE_INFINITY})
  void invalidWeightsAreCountedAndTheFirstIsKept(double weight) {
    RowCollector collector = new RowCollector(PARTITION, HandleInvalid.SKIP);
    dense(collector, 2, 5);
    assertFalse(collector.startDense(1, weight));
    collector.sparse(1, new int[] {0}, new double[] {1}, -7);
    collector.absent(-8);
    DatasetMoments collected = collector.collected();
    assertEquals(3, collected.invalidWeights());
    String shown = Double.isNaN(weight) ? "null or NaN" : Double.toString(weight);
    assertEquals(Optional.of(shown), collected.invalidWeight());
    assertEquals(2, collected.moments().statistics().totalWeight());
  }

  @Test
  void rowsOfAnotherSizeAreNotAddedAndSaidWithTheirPartition() {
    RowCollector collector = new RowCollector(PARTITION, HandleInvalid.KEEP);
    dense(collector, 1, 1, 2);
    assertFalse(collector.startDense(3, 1));
    collector.sparse(7, new int[0], new double[0], 1);
    dense(collector, 1, 3, 4);
    DatasetMoments collected = collector.collected();
    assertEquals(Optional.of(new SizeSeen(2, PARTITION)), collected.size());
    assertEquals(Optional.of(new SizeSeen(3, PARTITION)), collected.otherSize());
    assertEquals(2, collected.moments().statistics().totalWeight());
    assertEquals(2, collected.moments().statistics().mean(0));
  }

  /** More rows than a block takes, so that full blocks and the rest are both added. */
  @ParameterizedTest
  @ValueSource(ints = {1, 64, 40_000})
  void blocksAreFlushedAsTheyFill(int features) {
    int rows = features > 1000 ? 3 : 2500;
    RowCollector collector = new RowCollector(PARTITION, HandleInvalid.ERROR);
    for (int i = 0; i < rows; i++) {
      assertTrue(collector.startDense(features, 1));
      for (int j = 0; j < features; j++) {
        collector.set(j, i + j);
      }
      collector.endDense();
    }
    Statistics statistics = collector.collected().moments().statistics();
    assertEquals(features, statistics.size());
    for (int j : new int[] {0, features / 2, features - 1}) {
      assertEquals(rows, statistics.weight(j));
      // i + j for i = 0 .. rows - 1
      assertEquals(j + (rows - 1) / 2.0, statistics.mean(j));
    }
  }

  /** A fit takes the result once; taking it twice must not count the last block twice. */
  @Test
  void collectingTwiceCountsOnce() {
    RowCollector collector = new RowCollector(PARTITION, HandleInvalid.ERROR);
    dense(collector, 1, 4);
    collector.collected();
    assertEquals(1, collector.collected().moments().statistics().totalWeight());
  }

  private static void dense(RowCollector collector, double weight, double... values) {
    assertTrue(collector.startDense(values.length, weight));
    for (int j = 0; j < values.length; j++) {
      collector.set(j, values[j]);
    }
    collector.endDense();
  }
}
