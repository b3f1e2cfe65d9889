package batchnorm.spark.reference;

import static org.junit.jupiter.api.Assertions.assertEquals;

import batchnorm.spark.BatchNorm;
import batchnorm.spark.BatchNormModel;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The running statistics of BatchNorm1d after every batch: libtorch 2.10.0 in float64, recorded in
 * pytorch-running-statistics.json, whose README says how libtorch rounds.
 */
class PyTorchRunningTest {
  private static final double EPSILON = 0x1p-52;

  /** Against exact arithmetic libtorch's running means are off by up to 2.7 times 2^-52. */
  private static final double MEAN_TOLERANCE = 4 * EPSILON;

  /** Tolerance for a constant, up to 9.0 times 2^-52 off, since its roundings all go one way. */
  private static final double CONSTANT_MEAN_TOLERANCE = 10 * EPSILON;

  /**
   * Tolerance for libtorch's running variances, which are off by up to 5.1 times 2^-52, thirty
   * batches after the first.
   */
  private static final double VARIANCE_TOLERANCE = 6 * EPSILON;

  /** The roundings of a root, a quotient, a product and a sum, as in {@link PyTorchTest}. */
  private static final double OUTPUT_TOLERANCE = 4 * EPSILON;

  static Stream<Named<JsonNode>> cases() {
    return References.cases(References.pytorchRunning());
  }

  @ParameterizedTest
  @MethodSource("cases")
  void aFitAndUpdatesAreTrainingStepsAndTransformIsEvalMode(JsonNode one) {
    BatchNormModel model = null;
    Sizes sizes = new Sizes(one);
    for (JsonNode batch : one.get("batches")) {
      Dataset<Row> input = Frames.of(References.table(batch.get("input")));
      model = model == null ? stage(one).fit(input) : model.update(input);
      sizes.add(batch);
      assertRunning(batch, sizes, model);
      assertOutput(one, batch, sizes, model);
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void fitsThatContinueAModelAreTrainingSteps(JsonNode one) {
    BatchNorm stage = stage(one);
    BatchNormModel model = null;
    Sizes sizes = new Sizes(one);
    for (JsonNode batch : one.get("batches")) {
      model = stage.fit(Frames.of(References.table(batch.get("input"))));
      stage.setInitialModel(model);
      sizes.add(batch);
      assertRunning(batch, sizes, model);
    }
  }

  private static BatchNorm stage(JsonNode one) {
    BatchNorm stage =
        new BatchNorm()
            .setInputCol(Frames.FEATURES)
            .setOutputCol("normalized")
            .setEps(one.get("eps").doubleValue())
            .setGamma(References.numbers(one.get("weight")))
            .setBeta(References.numbers(one.get("bias")));
    return one.get("momentum").isNull()
        ? stage.setRunningStatistics("cumulative")
        : stage.setRunningStatistics("exponential").setMomentum(one.get("momentum").doubleValue());
  }

  private static void assertRunning(JsonNode batch, Sizes sizes, BatchNormModel model) {
    double[] runningMean = References.numbers(batch.get("runningMean"));
    double[] runningVar = References.numbers(batch.get("runningVar"));
    assertEquals(batch.get("numBatchesTracked").longValue(), model.numBatchesTracked());
    for (int j = 0; j < runningMean.length; j++) {
      String where = "batch " + model.numBatchesTracked() + ", feature " + j;
      assertEquals(runningMean[j], model.mean().apply(j), sizes.meanTolerance(j), where);
      assertEquals(
          runningVar[j],
          model.variance().apply(j),
          sizes.varianceTolerance(j, runningVar[j]),
          where);
    }
  }

  /**
   * Tolerances for the output that follow from those of mean and variance, as in {@link
   * PyTorchTest}.
   */
  private static void assertOutput(
      JsonNode one, JsonNode batch, Sizes sizes, BatchNormModel model) {
    double[][] rows = References.table(one.get("evaluated"));
    double[][] expected = References.table(batch.get("output"));
    double[][] output = Frames.table(model.transform(Frames.of(rows)), "normalized");
    double eps = one.get("eps").doubleValue();
    assertEquals(expected.length, output.length);
    for (int i = 0; i < expected.length; i++) {
      for (int j = 0; j < expected[i].length; j++) {
        double variance = model.variance().apply(j);
        double scale = Math.abs(one.get("weight").get(j).doubleValue()) / Math.sqrt(variance + eps);
        double beta = one.get("bias").get(j).doubleValue();
        double ofMean =
            (sizes.meanTolerance(j) + EPSILON * Math.abs(model.mean().apply(j))) * scale;
        double ofVariance = sizes.varianceTolerance(j, variance) / (2 * (variance + eps));
        double normalized = Math.abs(expected[i][j] - beta);
        assertEquals(
            expected[i][j],
            output[i][j],
            ofMean
                + (ofVariance + OUTPUT_TOLERANCE) * normalized
                + OUTPUT_TOLERANCE * Math.abs(beta),
            "batch " + model.numBatchesTracked() + ", row " + i + ", feature " + j);
      }
    }
  }

  /** Magnitudes of the batches' means, and the tolerances for libtorch's that follow from them. */
  private static final class Sizes {
    private final JsonNode momentum;
    private final double[] size;
    private final double[] square;
    private final boolean[] constant;
    private int batches;

    Sizes(JsonNode one) {
      int features = one.get("features").intValue();
      momentum = one.get("momentum");
      size = new double[features];
      square = new double[features];
      constant = new boolean[features];
      Arrays.fill(constant, true);
    }

    /** Averages |mean| as the layer averages means, and its square as it averages variances. */
    void add(JsonNode batch) {
      double m = momentum.isNull() ? 1.0 / ++batches : momentum.doubleValue();
      double[][] rows = References.table(batch.get("input"));
      for (int j = 0; j < size.length; j++) {
        int feature = j;
        double mean =
            Math.abs(Arrays.stream(rows).mapToDouble(row -> row[feature]).average().orElseThrow());
        constant[j] &= Arrays.stream(rows).allMatch(row -> row[feature] == rows[0][feature]);
        size[j] = (1 - m) * size[j] + m * mean;
        square[j] = (1 - m) * square[j] + m * mean * mean;
      }
    }

    double meanTolerance(int j) {
      return relative(j) * size[j];
    }

    /** A mean that is off by d adds d^2 to the variance. */
    double varianceTolerance(int j, double variance) {
      return VARIANCE_TOLERANCE * variance + relative(j) * relative(j) * square[j];
    }

    private double relative(int j) {
      return constant[j] ? CONSTANT_MEAN_TOLERANCE : MEAN_TOLERANCE;
    }
  }
}
