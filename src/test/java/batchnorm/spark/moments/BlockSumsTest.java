package batchnorm.spark.moments;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The window and the bins of a block, against adding its values one by one. */
class BlockSumsTest {
  private static final long SEED = 20150614;
  private static final double NAN = Double.NaN;
  private static final double GREATEST_OF_ITS_BIN = Math.nextDown(1.0);

  private final BlockSums scratch = new BlockSums();

  /** The first block places the window; later values are around both of its edges. */
  @ParameterizedTest(name = "top 2^{0}")
  @ValueSource(
      ints = {
        1, 0, -1, 31, 62, 63, 64, 500, 1000, 1023, -500, -963, -962, -961, -960, -1000, -1022
      })
  void valuesAroundTheEdgesOfTheWindow(int top) {
    requireSumsAroundTheEdges(top, top - 58, false);
    requireSumsAroundTheEdges(top, top - 61, true);
  }

  private void requireSumsAroundTheEdges(int top, int unit, boolean wide) {
    double below = Math.scalb(1.0, top - 1);
    double[] edges = {
      below,
      Math.scalb(1.0, top),
      -Math.scalb(1.0, top),
      Math.nextDown(Math.scalb(1.0, top)),
      -Math.nextDown(Math.scalb(1.0, top)),
      Math.nextUp(Math.scalb(1.0, top)),
      -Math.nextUp(Math.scalb(1.0, top)),
      Math.scalb(1.0, top + 1),
      -Math.scalb(1.0, top + 1),
      Math.nextUp(Math.scalb(1.0, top + 1)),
      Math.scalb(1.0, unit),
      -Math.scalb(1.0, unit),
      Math.scalb(1.5, unit),
      Math.scalb(1.0, unit - 1),
      Math.nextUp(Math.scalb(1.0, unit + 52)),
      Math.nextUp(Math.scalb(1.0, unit + 53)),
      -Math.nextDown(Math.scalb(1.0, unit + 53)),
      Math.nextUp(below),
      0.0,
      -0.0,
      Double.MAX_VALUE,
      -Double.MAX_VALUE,
      Double.MIN_VALUE,
      -Double.MIN_NORMAL,
      NAN,
      Double.POSITIVE_INFINITY,
      Double.NEGATIVE_INFINITY
    };
    double[] first = new double[64];
    Arrays.fill(first, finite(below));
    for (double edge : edges) {
      FeatureSums column = added(first);
      if (wide) {
        column.widenWindow();
      }
      FeatureSums expected = oneByOne(first);
      double[] block = first.clone();
      block[5] = edge;
      block[60] = edge;
      scratch.add(block, 0, block.length, column);
      addOneByOne(expected, block);
      assertSame(expected, column, "edge " + edge + (wide ? " of a wide window" : ""));
      // and as the very first of a column, where they lay the window
      assertSame(oneByOne(block), added(block), "first block with edge " + edge);
    }
  }

  /** Full blocks of the values that fill the words most: nothing runs over. */
  @Test
  void fullBlocksOfTheGreatestIntegers() {
    double[] values = {
      0x1p58,
      -0x1p58,
      Math.nextDown(0x1p58),
      -Math.nextDown(0x1p58),
      0x1p29 - 1,
      0x1p32 - 1,
      -(0x1p32 - 1),
      0x1p53 - 1,
      0x1p61,
      -0x1p61,
      Math.nextDown(0x1p61),
      -Math.nextDown(0x1p61),
      Math.nextDown(0x1p58) - 0x1p29,
      Double.MAX_VALUE,
      -Double.MAX_VALUE,
      GREATEST_OF_ITS_BIN
    };
    for (double value : values) {
      double[] block = new double[BlockSums.MAX_VALUES];
      Arrays.fill(block, value);
      assertSame(oneByOne(block), added(block), "1024 times " + value);
      // with a top of 2^58, so that the window's integers are the values themselves
      FeatureSums unitWindow = new FeatureSums();
      unitWindow.setWindow(58);
      scratch.add(block, 0, block.length, unitWindow);
      assertSame(oneByOne(block), unitWindow, "integers, 1024 times " + value);
      FeatureSums wide = new FeatureSums();
      wide.setWindow(61);
      wide.widenWindow();
      scratch.add(block, 0, block.length, wide);
      assertSame(oneByOne(block), wide, "integers of a wide window, 1024 times " + value);
      FeatureSums bins = new FeatureSums();
      bins.setWindow(BlockSums.NO_WINDOW);
      scratch.add(block, 0, block.length, bins);
      assertSame(oneByOne(block), bins, "in bins, 1024 times " + value);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 1023, 1024})
  void everySizeOfBlockFromAnywhereInAnArray(int count) {
    SplittableRandom random = new SplittableRandom(SEED);
    for (int from : new int[] {0, 1, 13}) {
      double[] values = random.doubles(from + count + 3, -1, 1).toArray();
      FeatureSums column = new FeatureSums();
      scratch.add(values, from, count, column);
      assertSame(
          oneByOne(Arrays.copyOfRange(values, from, from + count)), column, count + " values");
    }
  }

  @Test
  void windowOfAFeatureWithValuesOutsideIsWide() {
    SplittableRandom random = new SplittableRandom(SEED);
    double[] about0 = random.doubles(4096, -1, 1).map(x -> x * x * x).toArray();
    double[] about50 = random.doubles(4096, 40, 60).toArray();
    assertTrue(inBlocks(about0).isWide());
    assertFalse(inBlocks(about50).isWide());
    assertSame(oneByOne(about0), inBlocks(about0), "about 0");
    assertSame(oneByOne(about50), inBlocks(about50), "about 50");
  }

  private FeatureSums inBlocks(double[] values) {
    FeatureSums column = new FeatureSums();
    for (int from = 0; from < values.length; from += BlockSums.MAX_VALUES) {
      scratch.add(values, from, BlockSums.MAX_VALUES, column);
    }
    return column;
  }

  /** One scratch serves all features: nothing of one is left for the next. */
  @Test
  void nothingIsLeftInTheScratch() {
    SplittableRandom random = new SplittableRandom(SEED);
    for (int round = 0; round < 200; round++) {
      double[] block = new double[1 + random.nextInt(BlockSums.MAX_VALUES)];
      int kind = round % 5;
      Arrays.setAll(block, i -> value(kind, i, random));
      assertSame(oneByOne(block), added(block), "round " + round);
    }
  }

  private static double value(int kind, int i, SplittableRandom random) {
    return switch (kind) {
      case 0 -> random.nextGaussian();
      case 1 -> Double.longBitsToDouble(random.nextLong());
      case 2 -> i % 7 == 3 ? 1e300 : 1e-300;
      case 3 -> i % 20 == 3 ? NAN : random.nextDouble() * 1e-310;
      default -> i % 50 == 0 ? 1e40 : random.nextInt();
    };
  }

  /** A block without a digit says nothing of where the next one's digits are. */
  @ParameterizedTest
  @ValueSource(doubles = {0.0, -0.0, NAN, Double.POSITIVE_INFINITY})
  void aBlockOfNothingLeavesTheWindowOpen(double nothing) {
    double[] first = new double[100];
    Arrays.fill(first, nothing);
    double[] second = new SplittableRandom(SEED).doubles(100).toArray();
    FeatureSums column = added(first);
    assertSame(oneByOne(first), column, "the first block");
    assertEquals(BlockSums.UNKNOWN_WINDOW, column.window());
    scratch.add(second, 0, second.length, column);
    assertNotEquals(BlockSums.NO_WINDOW, column.window());
    FeatureSums expected = oneByOne(first);
    addOneByOne(expected, second);
    assertSame(expected, column, "both blocks");
  }

  private FeatureSums added(double[] values) {
    FeatureSums column = new FeatureSums();
    scratch.add(values, 0, values.length, column);
    return column;
  }

  private static FeatureSums oneByOne(double[] values) {
    FeatureSums column = new FeatureSums();
    addOneByOne(column, values);
    return column;
  }

  private static void addOneByOne(FeatureSums column, double[] values) {
    for (double value : values) {
      column.add(value);
    }
  }

  private static double finite(double x) {
    return Math.min(x, Double.MAX_VALUE);
  }

  private static void assertSame(FeatureSums expected, FeatureSums found, String what) {
    assertEquals(expected.sum().toDyadic(), found.sum().toDyadic(), () -> "sum, " + what);
    assertEquals(
        expected.squares().toDyadic(), found.squares().toDyadic(), () -> "squares, " + what);
    assertEquals(expected.notANumber(), found.notANumber(), () -> "NaN, " + what);
    assertEquals(expected.infinite(), found.infinite(), () -> "infinities, " + what);
  }
}
