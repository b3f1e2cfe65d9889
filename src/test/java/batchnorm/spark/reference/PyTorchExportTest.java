package batchnorm.spark.reference;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import batchnorm.spark.BatchNormModel;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * libtorch 2.10.0 with the numbers of an exported file, in eval mode, computes what transform does:
 * pytorch-exported-layer.json, whose README says how it was made.
 */
class PyTorchExportTest {
  private static final double EPSILON = 0x1p-52;

  /** The roundings of a root, two quotients, two products and two sums, half a spacing each. */
  private static final double OUTPUT_TOLERANCE = 4 * EPSILON;

  /** Rounding error of the mean's product with the scale, which libtorch folds into the bias. */
  private static final double FOLDED_TOLERANCE = 2 * EPSILON;

  @TempDir Path folder;

  static Stream<Named<JsonNode>> cases() {
    return References.cases(References.pytorchExported());
  }

  @ParameterizedTest
  @MethodSource("cases")
  void theFileHasTheNumbersThatLibtorchHad(JsonNode one) throws IOException {
    String path = folder.resolve("layer.safetensors").toString();
    model(one).toTorch(path);
    BatchNormModel layer = BatchNormModel.fromTorch(path);
    assertEquals(one.get("layerEps").doubleValue(), layer.getEps());
    assertArrayEquals(References.numbers(one.get("runningMean")), layer.mean().toArray());
    assertArrayEquals(References.numbers(one.get("runningVar")), layer.variance(0));
    assertArrayEquals(References.numbers(one.get("weight")), layer.getGamma());
    assertArrayEquals(References.numbers(one.get("bias")), layer.getBeta());
  }

  @ParameterizedTest
  @MethodSource("cases")
  void libtorchMapsAsTransformDoes(JsonNode one) {
    Dataset<Row> input = Frames.of(References.table(one.get("input")));
    double[][] found = Frames.table(model(one).transform(input), "normalized");
    double[][] expected = References.table(one.get("output"));
    double eps = one.get("layerEps").doubleValue();
    for (int i = 0; i < expected.length; i++) {
      for (int j = 0; j < expected[i].length; j++) {
        double scale =
            one.get("weight").get(j).doubleValue()
                / Math.sqrt(one.get("runningVar").get(j).doubleValue() + eps);
        double folded = Math.abs(one.get("runningMean").get(j).doubleValue() * scale);
        double beta = one.get("bias").get(j).doubleValue();
        double size = Math.abs(expected[i][j] - beta) + Math.abs(beta);
        assertEquals(
            expected[i][j],
            found[i][j],
            FOLDED_TOLERANCE * folded + OUTPUT_TOLERANCE * size,
            "row " + i + ", feature " + j);
      }
    }
  }

  private static BatchNormModel model(JsonNode one) {
    return BatchNormModel.of(
            Vectors.dense(References.numbers(one.get("mean"))),
            Vectors.dense(References.numbers(one.get("variance"))))
        .setInputCol(Frames.FEATURES)
        .setOutputCol("normalized")
        .setWithMean(one.get("withMean").booleanValue())
        .setWithStd(one.get("withStd").booleanValue())
        .setEps(one.get("eps").doubleValue())
        .setGamma(References.numbers(one.get("gamma")))
        .setBeta(References.numbers(one.get("beta")));
  }
}
