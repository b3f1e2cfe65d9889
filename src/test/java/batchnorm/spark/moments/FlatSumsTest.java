package batchnorm.spark.moments;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.Arrays;
import java.util.Random;
import java.util.function.IntToDoubleFunction;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Features of few values, in sparse rows and in rows too wide for blocks, have exact sums. */
class FlatSumsTest {
  private static final int ROWS = 40;
  private static final int WIDE = 300_000;
  private static final int[] PLACES = {0, 7, 8, Moments.PAGE - 1, Moments.PAGE, WIDE - 1};

  static Stream<Arguments> features() {
    Random random = new Random(11);
    double[] drawn = random.doubles(ROWS, -5, 5).toArray();
    return Stream.of(
        feature("values of one size", i -> drawn[i]),
        feature("fewer values than are summed", i -> i < 2 ? drawn[i] : 0),
        feature("zeros before others", i -> i < 10 ? 0 : drawn[i]),
        feature("nothing but zeros", i -> i % 2 == 0 ? 0 : -0.0),
        feature("small ones before large ones", i -> i < 5 ? 1 : 1e6 + drawn[i]),
        feature("large ones before small ones", i -> i < 5 ? 1e6 : drawn[i] * 1e-9),
        feature("values of every exponent", i -> drawn[i] * Math.pow(2, 50.0 * (i - 20))),
        feature("the ends of double", i -> i % 2 == 0 ? Double.MAX_VALUE : Double.MIN_VALUE),
        feature("NaN before values", i -> i < 6 ? Double.NaN : drawn[i]),
        feature("NaN among values", i -> i % 3 == 0 ? Double.NaN : drawn[i]),
        feature("infinite values", i -> i % 5 == 1 ? Double.NEGATIVE_INFINITY : drawn[i]));
  }

  private static Arguments feature(String name, IntToDoubleFunction value) {
    double[] values = new double[ROWS];
    Arrays.setAll(values, value);
    return arguments(name, values);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("features")
  void sparseRowsAreExact(String name, double[] values) {
    Moments moments = Moments.empty();
    for (double value : values) {
      moments.addSparse(WIDE, PLACES, sixTimes(value), 1);
    }
    assertExact(values, moments);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("features")
  void wideRowsAreExact(String name, double[] values) {
    Moments moments = Moments.empty();
    RowBlock block = new RowBlock(WIDE);
    for (double value : values) {
      block.startRow();
      for (int place : PLACES) {
        block.set(place, value);
      }
      block.endRow(1);
      if (block.isFull()) {
        moments.addBlock(block);
        block.clear();
      }
    }
    moments.addBlock(block);
    assertExact(values, moments);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("features")
  void flatSumsAndOthersOfAFeatureAreOne(String name, double[] values) {
    Moments moments = Moments.empty();
    double[] weights = new double[ROWS];
    for (int i = 0; i < ROWS; i++) {
      weights[i] = 1 + i % 2;
      moments.addSparse(WIDE, PLACES, sixTimes(values[i]), weights[i]);
    }
    ExactMoments exact = ExactMoments.weighted(values, weights);
    for (int place : PLACES) {
      assertEquals(exact.mean(), moments.statistics().mean(place));
      assertEquals(exact.variance(0), moments.statistics().variance(place, 0));
    }
  }

  private static double[] sixTimes(double value) {
    double[] values = new double[PLACES.length];
    Arrays.fill(values, value);
    return values;
  }

  private static void assertExact(double[] values, Moments moments) {
    ExactMoments exact = ExactMoments.of(values);
    Moments sent = Moments.empty();
    sent.mergePacked(moments.pack());
    for (Moments found : new Moments[] {sent, moments}) {
      Statistics statistics = found.statistics();
      for (int place : PLACES) {
        assertEquals(exact.mean(), statistics.mean(place));
        assertEquals(exact.variance(1), statistics.variance(place, 1));
        assertEquals(Arrays.stream(values).filter(Double::isNaN).count(), found.notANumber(place));
        assertEquals(
            Arrays.stream(values).filter(Double::isInfinite).count(), found.infinite(place));
      }
    }
  }
}
