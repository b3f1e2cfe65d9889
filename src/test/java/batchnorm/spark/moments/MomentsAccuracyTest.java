package batchnorm.spark.moments;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Mean and m2 against exact arithmetic, on data of every kind that loses digits. */
class MomentsAccuracyTest {
  private static final long SEED = 20150614;
  private static final int ROWS = 2000;
  private static final int CHUNKS = 8;

  /** Name, values; each of {@code ROWS} numbers u, uniform in [0, 1), becomes a value. */
  static Stream<Arguments> samples() {
    return Stream.of(
        sample("uniform", u -> u),
        sample("uniform about 0", u -> u - 0.5),
        sample("offset 1e6", u -> 1e6 + u),
        sample("offset -1e9", u -> -1e9 + u),
        sample("offset 1e15, a few doubles apart", u -> 1e15 + u),
        sample("tiny 1e-9", u -> 1e-9 * u),
        sample("tiny 1e-160, squares are subnormal", u -> 1e-160 * u),
        sample("subnormal", u -> 1e-310 * u),
        sample("huge 1e150", u -> 1e150 * (u - 0.3)),
        sample("mixed magnitudes", u -> (u - 0.5) * Math.pow(10, 20 * u)),
        sample("one outlier in a thousand", u -> u > 0.999 ? 1e12 : u),
        sample("near-constant about 1", u -> u < 0.5 ? 1 : Math.nextUp(1.0)),
        sample("near-constant about 1e10", u -> u < 0.01 ? 1e10 : Math.nextUp(1e10)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("samples")
  void oneStretchOfBlocksAgreesWithExactArithmetic(String name, double[] values) {
    ErrorBound.of(values, Tables.blocks(1, ROWS))
        .assertHoldsWithExactWeight(Tables.dense(values).statistics(), 0);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("samples")
  void mergedChunksAgreeWithExactArithmetic(String name, double[] values) {
    ErrorBound.of(values, CHUNKS).assertHoldsWithExactWeight(inChunks(values).statistics(), 0);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("samples")
  void fractionalWeightsAgreeWithExactArithmetic(String name, double[] values) {
    double[] weights = new SplittableRandom(SEED + 1).doubles(ROWS, 0.01, 3).toArray();
    ErrorBound.weighted(values, weights, Tables.blocks(1, ROWS))
        .assertHolds(Tables.denseWeighted(weights, values).statistics(), 0);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("samples")
  void sparseRowsAgreeWithExactArithmetic(String name, double[] values) {
    ErrorBound.of(values, ROWS)
        .assertHoldsWithExactWeight(Tables.sparse(Tables.ones(ROWS), values).statistics(), 0);
  }

  static Stream<Arguments> offsets() {
    return samples().filter(sample -> sample.get()[0].toString().startsWith("offset"));
  }

  /** The test of these tests: their bound must refuse the formula that everybody writes first. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("offsets")
  void theBoundRefusesOnePassSumsOfSquares(String name, double[] values) {
    double sum = 0;
    double squares = 0;
    for (double x : values) {
      sum += x;
      squares += x * x;
    }
    ErrorBound bound = ErrorBound.of(values, CHUNKS);
    assertFalse(bound.holdsForM2(squares - sum * sum / values.length));
    assertTrue(bound.holdsForM2(inChunks(values).statistics().m2(0)));
  }

  private static Moments inChunks(double[] values) {
    Moments merged = Moments.empty();
    int size = ROWS / CHUNKS;
    for (int from = 0; from < ROWS; from += size) {
      merged.merge(Tables.dense(Arrays.copyOfRange(values, from, from + size)));
    }
    return merged;
  }

  private static Arguments sample(String name, DoubleUnaryOperator value) {
    return arguments(
        name + ", seed " + SEED, new SplittableRandom(SEED).doubles(ROWS).map(value).toArray());
  }
}
