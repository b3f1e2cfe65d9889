package batchnorm.spark.reference;

import static org.junit.jupiter.api.Assertions.assertEquals;

import batchnorm.spark.BatchNorm;
import batchnorm.spark.BatchNormModel;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.List;
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
 * <p>No case is left out. Its means are the one place where scikit-learn is further from exact
 * arithmetic than we are: 1e100 ten times has the mean 1.0000000000000002e100 there, log(1e-5) ten
 * times is one digit off, and the columns at 1e15 are off by up to 0.83.
 */
class ScikitLearnTest {
  private static final double EPSILON = 0x1p-52;

  /**
   * In units of the largest magnitude: against exact arithmetic scikit-learn's means are off by up
   * to 1.7 of 2^-52 on all cases but {@code uniform-at-1e15}, and by 3.7 there.
   */
  private static final double MEAN_TOLERANCE = 4.5 * EPSILON;

  /** Its variances are off by up to 2.1 times 2^-52, and ours by about as much. */
  private static final double VARIANCE_TOLERANCE = 6 * EPSILON;

  static Stream<Named<JsonNode>> cases() {
    return References.cases(References.scikitLearn());
  }

  @ParameterizedTest
  @MethodSource("cases")
  void withoutEpsEveryNumberIsScikitLearns(JsonNode one) {
    double[][] input = References.table(one.get("input"));
    double[] means = References.numbers(one.get("mean_"));
    double[] variances = References.numbers(one.get("var_"));
    double[] scales = References.numbers(one.get("scale_"));
    double[] counts = References.numbers(one.get("n_samples_seen_"));
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
      double meanTolerance = MEAN_TOLERANCE * magnitude(column);
      Row found = summary.get(j);
      assertEquals(counts[j], found.<Long>getAs("count").doubleValue(), "count of " + j);
      assertClose(means[j], found.<Double>getAs("mean"), meanTolerance, "mean of " + j);
      assertClose(
          variances[j],
          found.<Double>getAs("variance"),
          VARIANCE_TOLERANCE * variances[j],
          "variance of " + j);
      double scale = found.<Boolean>getAs("constant") ? 1 : found.<Double>getAs("std");
      assertClose(scales[j], scale, VARIANCE_TOLERANCE * scales[j], "scale of " + j);
      for (int i = 0; i < column.length; i++) {
        double expected = (column[i] - means[j]) / scales[j];
        assertClose(
            expected,
            scaled[i][j],
            meanTolerance / scales[j] + VARIANCE_TOLERANCE * Math.abs(expected),
            "row " + i + " of " + j);
      }
    }
  }

  private static Dataset<Row> frame(JsonNode one, double[][] input) {
    return one.get("sample_weight").isNull()
        ? Frames.of(input)
        : Frames.weighted(input, References.numbers(one.get("sample_weight")));
  }

  /** Where scikit-learn has NaN so have we, and no tolerance. */
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
