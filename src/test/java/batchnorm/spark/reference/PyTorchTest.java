package batchnorm.spark.reference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import batchnorm.spark.BatchNorm;
import batchnorm.spark.BatchNormModel;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.stream.Stream;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * BatchNorm1d itself: libtorch 2.10.0 in float64, recorded in pytorch-batchnorm1d.json, whose
 * README says how libtorch rounds. A fit is training with momentum 1, known statistics are eval
 * mode.
 */
class PyTorchTest {
  private static final double EPSILON = 0x1p-52;

  /** Against exact arithmetic libtorch's means are off by up to 2.3 times 2^-52. */
  private static final double MEAN_TOLERANCE = 4 * EPSILON;

  /**
   * Tolerance for variances: libtorch's are off by up to 3.0 times 2^-52, and ours by about as
   * much.
   */
  private static final double VARIANCE_TOLERANCE = 8 * EPSILON;

  /** Half of the variance's, and the roundings of a root, a quotient, a product and a sum. */
  private static final double OUTPUT_TOLERANCE = 8 * EPSILON;

  private static Stream<Named<JsonNode>> cases(String mode) {
    return References.cases(References.pytorch())
        .filter(one -> one.getPayload().get("mode").asText().equals(mode));
  }

  static Stream<Named<JsonNode>> training() {
    return cases("train");
  }

  static Stream<Named<JsonNode>> evaluation() {
    return cases("eval");
  }

  @ParameterizedTest
  @MethodSource("training")
  void fitAndTransformAreTraining(JsonNode one) {
    Dataset<Row> input = Frames.of(References.table(one.get("input")));
    BatchNorm stage =
        new BatchNorm()
            .setInputCol(Frames.FEATURES)
            .setOutputCol("normalized")
            .setEps(one.get("eps").doubleValue());
    if (!one.get("weight").isNull()) {
      stage.setGamma(References.numbers(one.get("weight")));
      stage.setBeta(References.numbers(one.get("bias")));
    }
    BatchNormModel model = stage.fit(input);
    double[] runningMean = References.numbers(one.get("runningMean"));
    double[] runningVar = References.numbers(one.get("runningVar"));
    for (int j = 0; j < runningMean.length; j++) {
      double mean = Math.abs(runningMean[j]);
      assertEquals(runningMean[j], model.mean().apply(j), MEAN_TOLERANCE * mean);
      assertEquals(
          runningVar[j],
          model.variance(1)[j],
          VARIANCE_TOLERANCE * runningVar[j] + square(EPSILON * mean));
    }
    assertOutput(one, model, Frames.table(model.transform(input), "normalized"));
  }

  @ParameterizedTest
  @MethodSource("evaluation")
  void knownStatisticsAreEvalMode(JsonNode one) {
    BatchNormModel model =
        BatchNormModel.of(
                Vectors.dense(References.numbers(one.get("runningMean"))),
                Vectors.dense(References.numbers(one.get("runningVar"))))
            .setInputCol(Frames.FEATURES)
            .setOutputCol("normalized");
    model.set(model.eps(), one.get("eps").doubleValue());
    model.set(model.gamma(), References.numbers(one.get("weight")));
    model.set(model.beta(), References.numbers(one.get("bias")));
    Dataset<Row> input = Frames.of(References.table(one.get("input")));
    assertOutput(one, model, Frames.table(model.transform(input), "normalized"));
  }

  @Test
  void aSingleRowIsRefusedInPyTorchsWords() {
    JsonNode file = References.pytorch();
    Dataset<Row> input = Frames.of(new double[1][10]);
    BatchNorm stage = new BatchNorm().setInputCol(Frames.FEATURES);
    String message =
        assertThrows(IllegalArgumentException.class, () -> stage.fit(input)).getMessage();
    assertTrue(message.startsWith(file.get("singleRowError").asText()), message);
  }

  /**
   * Requires the output of libtorch. The tolerance grows with the ratio of mean and deviation, as
   * the rounding of the mean does: by the difference of the means, and by {@code 2^-52 |mean a|}
   * since libtorch folds the mean into the bias (README).
   */
  private static void assertOutput(JsonNode one, BatchNormModel model, double[][] output) {
    double[][] expected = References.table(one.get("output"));
    double eps = one.get("eps").doubleValue();
    assertEquals(expected.length, output.length);
    for (int i = 0; i < expected.length; i++) {
      for (int j = 0; j < expected[i].length; j++) {
        double scale = factor(one, "weight", j, 1) / Math.sqrt(model.variance().apply(j) + eps);
        double folded = (MEAN_TOLERANCE + EPSILON) * Math.abs(model.mean().apply(j) * scale);
        double beta = factor(one, "bias", j, 0);
        double size = Math.abs(expected[i][j] - beta) + Math.abs(beta);
        int row = i;
        int feature = j;
        assertEquals(
            expected[i][j],
            output[i][j],
            folded + OUTPUT_TOLERANCE * size,
            () -> "row " + row + ", feature " + feature);
      }
    }
  }

  /** Error of a constant feature's variance if the mean is off by {@code x}, its last digit. */
  private static double square(double x) {
    return x * x;
  }

  private static double factor(JsonNode one, String field, int j, double otherwise) {
    return one.get(field).isNull() ? otherwise : one.get(field).get(j).doubleValue();
  }
}
