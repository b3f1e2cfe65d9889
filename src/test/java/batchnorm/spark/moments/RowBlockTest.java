package batchnorm.spark.moments;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RowBlockTest {

  /** 256 Ki values of a block divided by the features, at most 1,024 rows and at least one. */
  @ParameterizedTest(name = "{0} features, {1} rows")
  @CsvSource({
    "1, 1024",
    "256, 1024",
    "512, 512",
    "1000, 262",
    "100000, 8",
    "262144, 8",
    "1000000, 8",
    "2000000, 4"
  })
  void isFullAfterAsManyRowsAsFitTheCacheOrEight(int features, int capacity) {
    RowBlock block = new RowBlock(features);
    for (int i = 0; i < capacity; i++) {
      assertFalse(block.isFull(), "full after " + i + " rows");
      block.set(features - 1, i);
      block.endRow(1);
    }
    assertTrue(block.isFull());
    assertEquals(features, block.size());
    assertEquals(capacity, block.rows());
    // 0 to capacity - 1
    assertEquals((capacity - 1) / 2.0, statistics(block).mean(features - 1));
  }

  /** 16 bytes a feature; a single row is taken whatever it has. */
  @ParameterizedTest(name = "{0} bytes, {1} rows")
  @CsvSource({"0, 1", "1600000, 1", "4799999, 2", "4800000, 3", "1000000000, 8"})
  void veryWideRowsKeepToTheirBytes(long maxBytes, int capacity) {
    int features = 100_000;
    RowBlock block = new RowBlock(features, maxBytes);
    for (int i = 0; i < capacity; i++) {
      assertFalse(block.isFull(), "full after " + i + " rows");
      block.set(features - 1, (1L << 60) + i);
      block.endRow(1);
    }
    assertTrue(block.isFull());
    Moments moments = Moments.empty();
    moments.addBlock(block);
    assertEquals(
        BigInteger.valueOf((1L << 60))
            .multiply(BigInteger.valueOf(capacity))
            .add(BigInteger.valueOf(capacity * (capacity - 1L) / 2)),
        value(moments.feature(features - 1).sum()));
  }

  private static BigInteger value(Dyadic number) {
    return number.significand().shiftLeft(number.exponent());
  }

  @Test
  void rowsWithoutFeaturesStillCount() {
    RowBlock block = new RowBlock(0);
    block.endRow(1);
    block.endRow(1);
    Moments moments = Moments.empty();
    moments.addBlock(block);
    assertEquals(0, moments.size());
    assertEquals(2, moments.statistics().totalWeight());
  }

  @Test
  void aRowThatIsNotEndedLeavesNoTrace() {
    RowBlock block = new RowBlock(2);
    write(block, 1, 10);
    block.endRow(1);
    write(block, Double.NaN, 500);
    write(block, 3, 30);
    block.endRow(1);
    assertEquals(2, block.rows());
    Statistics statistics = statistics(block);
    assertEquals(2, statistics.totalWeight());
    assertEquals(2, statistics.mean(0));
    assertEquals(0, statistics.missingWeight(0));
    assertEquals(20, statistics.mean(1));
    assertEquals(100, statistics.variance(1, 0));
  }

  @ParameterizedTest
  @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
  void aRowIsFiniteUntilAValueIsNotAndTheNextRowStartsAnew(double value) {
    RowBlock block = new RowBlock(2);
    write(block, Double.MAX_VALUE, -Double.MAX_VALUE);
    assertTrue(block.isRowFinite());
    block.endRow(1);
    write(block, value, 1);
    assertFalse(block.isRowFinite());
    block.endRow(1);
    write(block, 1, 2);
    assertTrue(block.isRowFinite());
    write(block, 1, value);
    assertFalse(block.isRowFinite());
    write(block, 1, 2);
    assertTrue(block.isRowFinite());
    write(block, value, 2);
    block.clear();
    write(block, 1, 2);
    assertTrue(block.isRowFinite());
  }

  /** Weights may start in the middle: the rows before weighed 1. */
  @Test
  void rowsBeforeTheFirstWeightWeighOne() {
    RowBlock block = new RowBlock(1);
    for (double weight : new double[] {1, 1, 4}) {
      block.set(0, weight);
      block.endRow(weight);
    }
    assertArrayEquals(new double[] {1, 1, 4}, Arrays.copyOf(block.weights().orElseThrow(), 3));
    Statistics statistics = statistics(block);
    assertEquals(6, statistics.totalWeight());
    // (1 + 1 + 4 * 4) / 6
    assertEquals(3, statistics.mean(0));
    // (4 + 4 + 4 * 1) / 6
    assertEquals(2, statistics.variance(0, 0));
  }

  /** A cleared block shows nothing of its former rows, weights included. */
  @Test
  void aClearedBlockIsAsNew() {
    RowBlock block = new RowBlock(1);
    for (int i = 0; i < 5; i++) {
      block.set(0, 1e9);
      block.endRow(7);
    }
    block.clear();
    assertEquals(0, block.rows());
    assertEquals(Optional.empty(), block.weights());
    assertEquals(0, statistics(block).totalWeight());
    block.set(0, 1);
    block.endRow(1);
    block.set(0, 2);
    block.endRow(3);
    Statistics statistics = statistics(block);
    assertEquals(4, statistics.totalWeight());
    // (1 + 3 * 2) / 4
    assertEquals(1.75, statistics.mean(0));
    // (0.75^2 + 3 * 0.25^2) / 4
    assertEquals(0.1875, statistics.variance(0, 0));
  }

  /** Blocks worth a window and those that are not: every number of rows, all values differ. */
  @Test
  void everyRowCountUsesEveryValue() {
    for (int rows = 1; rows <= 13; rows++) {
      RowBlock block = new RowBlock(1);
      for (int i = 0; i < rows; i++) {
        block.set(0, i);
        block.endRow(1);
      }
      // of 0 to n - 1: the mean (n - 1) / 2, the variance (n^2 - 1) / 12
      Statistics statistics = statistics(block);
      assertEquals((rows - 1) / 2.0, statistics.mean(0), "mean of " + rows);
      assertEquals((rows * rows - 1) / 12.0, statistics.variance(0, 0), "variance of " + rows);
    }
  }

  private static Statistics statistics(RowBlock block) {
    Moments moments = Moments.empty();
    moments.addBlock(block);
    return moments.statistics();
  }

  private static void write(RowBlock block, double... values) {
    for (int j = 0; j < values.length; j++) {
      block.set(j, values[j]);
    }
  }
}
