package batchnorm.spark.report;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DistributionTest {
  @Test
  void binsReachFromTheLeastToTheLargest() {
    Distribution distribution =
        Distribution.of(IntStream.rangeClosed(0, 48).asDoubleStream().toArray());
    assertEquals(0, distribution.low());
    assertEquals(48, distribution.high());
    int[] expected = new int[24];
    Arrays.fill(expected, 2);
    expected[23] = 3;
    assertArrayEquals(expected, distribution.bins());
  }

  @Test
  void quantilesAreValues() {
    double[] values = IntStream.rangeClosed(1, 100).asDoubleStream().toArray();
    assertArrayEquals(
        new double[] {1, 5, 25, 50, 75, 95, 100}, Distribution.of(values).quantiles());
    assertArrayEquals(
        new double[] {7, 7, 7, 7, 7, 7, 7}, Distribution.of(new double[] {7}).quantiles());
  }

  @Test
  void valuesBeyondTheEndsAreInTheOutermostBins() {
    Distribution distribution = Distribution.of(new double[] {-1e9, -4, 0, 3.99, 4, 1e300}, -4, 4);
    assertEquals(2, distribution.bins()[0]);
    assertEquals(1, distribution.bins()[12]);
    assertEquals(3, distribution.bins()[23]);
  }

  @Test
  void whatIsNotFiniteIsCountedApart() {
    Distribution distribution =
        Distribution.of(new double[] {1, Double.NaN, Double.NEGATIVE_INFINITY, 3});
    assertEquals(2, distribution.count());
    assertEquals(2, distribution.others());
    assertEquals(1, distribution.low());
    assertEquals(2, Arrays.stream(distribution.bins()).sum());
  }

  @Test
  void noValuesHaveNoQuantiles() {
    Distribution distribution = Distribution.of(new double[] {Double.NaN});
    assertEquals(0, distribution.count());
    assertEquals(0, distribution.quantiles().length);
    assertEquals(0, Arrays.stream(distribution.bins()).sum());
  }

  @Test
  void oneValueIsInTheMiddle() {
    assertEquals(3, Distribution.of(new double[] {5, 5, 5}).bins()[12]);
  }

  @Test
  void wholeRangeOfDoublesHasBins() {
    int[] bins = Distribution.of(new double[] {-Double.MAX_VALUE, 0, Double.MAX_VALUE}).bins();
    assertEquals(1, bins[0]);
    assertEquals(1, bins[12]);
    assertEquals(1, bins[23]);
  }
}
