package batchnorm.spark.moments;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Sparse rows that are collected a feature at a time have exact sums. */
class SparseBlockTest {
  private static final int ROWS = 200;

  private static final int OFTEN = 0;
  private static final int SELDOM = 4;
  private static final int NEVER = 6;

  /** Widths of rows whose features are sorted one by one, and in ranges. */
  private static final int[] SIZES = {10, 1 << 16, (1 << 16) + 1, 1_000_000};

  /** Capacities that rows exceed, fill and do not fill. */
  private static final int[] CAPACITIES = {1, 2, 40, 100_000};

  @ParameterizedTest(name = "{0}")
  @MethodSource("batchnorm.spark.moments.FlatSumsTest#features")
  void sumsAreExact(String name, double[] values) {
    for (int size : SIZES) {
      for (int capacity : CAPACITIES) {
        assertExact(values, size, new SparseBlock(size, capacity));
      }
    }
  }

  private static void assertExact(double[] values, int size, SparseBlock block) {
    int last = size - 1;
    Moments moments = Moments.empty();
    double[][] stored = new double[NEVER + 1][ROWS];
    for (int i = 0; i < ROWS; i++) {
      double value = values[i % values.length];
      boolean both = i % 7 == 3;
      stored[OFTEN][i] = value;
      stored[SELDOM][i] = both ? value : 0;
      block.add(
          both ? new int[] {OFTEN, SELDOM, last} : new int[] {OFTEN},
          both ? new double[] {value, value, value} : new double[] {value},
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
    assertEquals(statistics.mean(SELDOM), statistics.mean(last));
    assertEquals(statistics.variance(SELDOM, 0), statistics.variance(last, 0));
  }

  @Test
  void rowsThatStoreNothingStillCount() {
    SparseBlock block = new SparseBlock(10, 10);
    Moments moments = Moments.empty();
    block.add(new int[0], new double[0], moments);
    block.flush(moments);
    assertEquals(1, moments.rows());
    assertEquals(10, moments.size());
    assertEquals(0, moments.touched());
  }
}
