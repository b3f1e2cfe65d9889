package batchnorm.spark.reference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import batchnorm.spark.BatchNorm;
import batchnorm.spark.BatchNormModel;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * scikit-learn 1.9.1's StandardScaler on its own hard cases, recorded in
 * sklearn-standard-scaler.json: {@code eps = 0, correction = 0} and {@code handleInvalid = keep}.
 *
 * <p>No case is left out. Ours are the doubles nearest to exact arithmetic, so that every tolerance
 * on a statistic is what scikit-learn is off by: 1e100 ten times has the mean
 * 1.0000000000000002e100 there, log(1e-5) ten times is one digit off, and the columns at 1e15 are
 * off by up to 0.88.
 *
 * <p>Its bound of a constant, {@code variance <= n u variance + (n u mean)^2}, allows for sums that
 * round and grows with their number. Ours do not round, and {@link #TAKEN_FOR_CONSTANT} lists the
 * columns that vary by more than {@code u |mean|} and that scikit-learn leaves unscaled.
 */
class ScikitLearnTest {
  private static final double EPSILON = 0x1p-52;

  /** In units of the largest magnitude: its means are off by up to 1.72 of 2^-52, */
  private static final double MEAN_TOLERANCE = 1.75 * EPSILON;

  /** and by 3.94 in the case {@link #AT_1E15}. */
  private static final double MEAN_TOLERANCE_AT_1E15 = 4 * EPSILON;

  /** Its variances are off by up to 1.78 times 2^-52, and its deviations by half of that. */
  private static final double VARIANCE_TOLERANCE = 2 * EPSILON;

  /** Two subtractions, a division there and two here, and the deviation: 4 roundings at most. */
  private static final double OUTPUT_TOLERANCE = 6 * EPSILON;

  private static final String AT_1E15 = "uniform-at-1e15";

  /**
   * Ten values with a deviation of 4.7, 4.7 and 4.3 u |mean|, which is less than n u |mean|; and a
   * hundred that are uniform over 10 at 1e15, with a deviation of 13 u |mean|.
   */
  private static final Map<String, Set<Integer>> TAKEN_FOR_CONSTANT =
      Map.of(
          "near-constant-around-1e-10",
          Set.of(5),
          "near-constant-around-1.0",
          Set.of(15),
          "near-constant-around-10000000000.0",
          Set.of(25),
          AT_1E15,
          Set.of(0, 1, 2));

  static Stream<Named<JsonNode>> cases() {
    return References.cases(References.scikitLearn());
  }

  @ParameterizedTest
  @MethodSource("cases")
  void withoutEpsEveryNumberIsScikitLearnsButItsRoundings(JsonNode one) {
    double[][] input = References.table(one.get("input"));
    double[] means = References.numbers(one.get("mean_"));
    double[] variances = References.numbers(one.get("var_"));
    double[] scales = References.numbers(one.get("scale_"));
    double[] counts = References.numbers(one.get("n_samples_seen_"));
    Set<Integer> taken = TAKEN_FOR_CONSTANT.getOrDefault(one.get("name").asText(), Set.of());
    double meanTolerances =
        one.get("name").asText().equals(AT_1E15) ? MEAN_TOLERANCE_AT_1E15 : MEAN_TOLERANCE;
    Dataset<Row> rows = frame(one, input);
    BatchNormModel model =
        new BatchNorm()
            .setInputCol(Frames.FEATURES)
            .setOutputCol("scaled")
            .setWeightCol(Frames.WEIGHT)
            .setEps(0)
            .setHandleInvalid("keep")
            .fit(rows);
    List<Row> summary = model.summary().collectAsList();
    double[][] scaled = Frames.table(model.transform(rows), "scaled");
    for (int j = 0; j < means.length; j++) {
      int feature = j;
      double[] column = Arrays.stream(input).mapToDouble(row -> row[feature]).toArray();
      double meanTolerance = meanTolerances * magnitude(column);
      Row found = summary.get(j);
      assertEquals(counts[j], found.<Long>getAs("count").doubleValue(), "count of " + j);
      assertClose(means[j], found.<Double>getAs("mean"), meanTolerance, "mean of " + j);
      assertClose(
          variances[j],
          found.<Double>getAs("variance"),
          VARIANCE_TOLERANCE * variances[j],
          "variance of " + j);
      if (taken.contains(j)) {
        assertEquals(1, scales[j], "scale of " + j);
        assertFalse(found.<Boolean>getAs("constant"), "constant " + j);
        scales[j] = Math.sqrt(variances[j]);
      }
      double scale = found.<Boolean>getAs("constant") ? 1 : found.<Double>getAs("std");
      assertClose(scales[j], scale, VARIANCE_TOLERANCE * scales[j], "scale of " + j);
      for (int i = 0; i < column.length; i++) {
        double expected = (column[i] - means[j]) / scales[j];
        assertClose(
            expected,
            scaled[i][j],
            meanTolerance / scales[j] + OUTPUT_TOLERANCE * Math.abs(expected),
            "row " + i + " of " + j);
      }
    }
  }

  private static Dataset<Row> frame(JsonNode one, double[][] input) {
    return one.get("sample_weight").isNull()
        ? Frames.of(input)
        : Frames.weighted(input, References.numbers(one.get("sample_weight")));
  }

  /** Requires a result within the tolerance; NaN, which has none, only if scikit-learn has NaN. */
  private static void assertClose(double expected, double found, double tolerance, String what) {
    assertEquals(expected, found, Double.isNaN(tolerance) ? 0 : tolerance, what);
  }

  private static double magnitude(double[] column) {
    return IntStream.range(0, column.length)
        .mapToDouble(i -> Math.abs(column[i]))
        .filter(x -> !Double.isNaN(x))
        .max()
        .orElse(0);
  }
}
