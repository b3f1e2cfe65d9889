package batchnorm.spark.moments;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Sparse rows that are collected a feature at a time have exact sums. */
class SparseBlockTest {
  /** Number of values: more than three times the capacity of a feature. */
  private static final int ROWS = 200;

  private static final int SIZE = 10;
  private static final int OFTEN = 0;
  private static final int SELDOM = 4;
  private static final int NEVER = 6;

  @ParameterizedTest(name = "{0}")
  @MethodSource("batchnorm.spark.moments.FlatSumsTest#features")
  void sumsAreExact(String name, double[] values) {
    SparseBlock block = new SparseBlock(SIZE);
    Moments moments = Moments.empty();
    double[][] stored = new double[SIZE][ROWS];
    for (int i = 0; i < ROWS; i++) {
      double value = values[i % values.length];
      boolean both = i % 7 == 3;
      stored[OFTEN][i] = value;
      stored[SELDOM][i] = both ? value : 0;
      block.add(
          both ? new int[] {OFTEN, SELDOM} : new int[] {OFTEN},
          both ? new double[] {value, value} : new double[] {value},
          moments);
      if (i == ROWS / 2) {
        block.flush(moments);
      }
    }
    block.flush(moments);

    assertEquals(ROWS, moments.rows());
    Statistics statistics = moments.statistics();
    for (int j : new int[] {OFTEN, SELDOM, NEVER}) {
      ExactMoments exact = ExactMoments.of(stored[j]);
      assertEquals(exact.mean(), statistics.mean(j), "mean of " + j);
      assertEquals(exact.variance(0), statistics.variance(j, 0), "variance of " + j);
      assertEquals(Arrays.stream(stored[j]).filter(Double::isNaN).count(), moments.notANumber(j));
      assertEquals(
          Arrays.stream(stored[j]).filter(Double::isInfinite).count(), moments.infinite(j));
    }
  }

  @Test
  void rowsThatStoreNothingStillCount() {
    SparseBlock block = new SparseBlock(SIZE);
    Moments moments = Moments.empty();
    block.add(new int[0], new double[0], moments);
    block.flush(moments);
    assertEquals(1, moments.rows());
    assertEquals(SIZE, moments.size());
    assertEquals(0, moments.touched());
  }
}
