package batchnorm.spark.export;

import static batchnorm.spark.export.Rows.assertRefused;
import static org.apache.spark.sql.functions.lit;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import batchnorm.spark.BatchNorm;
import batchnorm.spark.BatchNormModel;
import batchnorm.spark.testing.Frames;
import batchnorm.spark.testing.LogCapture;
import batchnorm.spark.testing.SharedSession;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** ONNX Runtime computes from an exported model what transform computes from the same numbers. */
class OnnxTest {
  private static final double NAN = Double.NaN;

  /** The spacing of float32 at 1. */
  private static final double FLOAT_EPSILON = 0x1p-23;

  /**
   * Roundings in float32: two differences, the scale, a product and a sum, half a spacing each of
   * the result, or of beta if that is larger.
   */
  private static final double FLOAT_TOLERANCE = 2.5 * FLOAT_EPSILON;

  /** Around 0; constant, no sum of few powers of two; constant; epoch seconds; far off; tiny. */
  private static final double[][] TABLE = table();

  private static final String[] NAMES = {"a", "b", "c", "d", "e", "f"};

  @TempDir Path folder;

  @BeforeAll
  static void start() {
    SharedSession.get();
  }

  @ParameterizedTest
  @CsvSource({
    "1e-5, 0, true,  true",
    "1e-5, 1, true,  true",
    "0,    0, true,  true",
    "0,    1, true,  true",
    "0.1,  0, false, true",
    "1e-5, 0, true,  false",
    "0,    0, false, false"
  })
  void vectorsInFloat64AreTheSameBits(double eps, int correction, boolean withMean, boolean withStd)
      throws Exception {
    BatchNormModel model =
        stage(eps, correction, withMean, withStd)
            .setInputCol("v")
            .setOutputCol("out")
            .fit(Frames.dense(TABLE));
    Map<String, double[][]> found = run(written(model, "float64"), Map.of("v", TABLE), false);
    Rows.assertSame(Rows.of(model, Frames.dense(TABLE)), found.get("out"));
  }

  @ParameterizedTest
  @CsvSource({
    "1e-5, 0, true,  true",
    "0,    1, true,  true",
    "0.1,  0, false, true",
    "1e-5, 0, true,  false"
  })
  void vectorsInFloat32AreTheNearestButForRounding(
      double eps, int correction, boolean withMean, boolean withStd) throws Exception {
    double[][] floats = floats(TABLE);
    Dataset<Row> frame = Frames.dense(floats);
    BatchNormModel model =
        stage(eps, correction, withMean, withStd).setInputCol("v").setOutputCol("out").fit(frame);
    double[][] found = run(written(model, "float32"), Map.of("v", floats), true).get("out");
    assertClose(model, Rows.of(model, frame), found);
  }

  /**
   * The model knows doubles, the values that arrive are their float32: the mean must be so, too.
   */
  @Test
  void constantIsBetaInFloat32AlsoWhereItIsRounded() throws Exception {
    BatchNormModel model =
        new BatchNorm()
            .setInputCol("v")
            .setOutputCol("out")
            .setBeta(0, 0.5, 3, 0, 0, 0)
            .fit(Frames.dense(TABLE));
    double[][] found = run(written(model, "float32"), Map.of("v", floats(TABLE)), true).get("out");
    for (double[] row : found) {
      assertEquals(0.5, row[1]);
      assertEquals(3, row[2]);
    }
  }

  /**
   * Epoch seconds over a day: float32 tells them apart to 128 s, 64 s either way, so of a model of
   * doubles no more than that is lost, which a mean of float32 alone would double.
   */
  @Test
  void epochSecondsLoseInFloat32WhatTheirValuesLose() throws Exception {
    Random random = new Random(3);
    double[][] seconds = new double[500][];
    for (int i = 0; i < seconds.length; i++) {
      seconds[i] = new double[] {1.7e9 + random.nextInt(86_400)};
    }
    BatchNormModel model =
        new BatchNorm().setInputCol("v").setOutputCol("out").fit(Frames.dense(seconds));
    double[][] found =
        run(written(model, "float32"), Map.of("v", floats(seconds)), true).get("out");
    double[][] expected = Rows.of(model, Frames.dense(floats(seconds)));
    for (int i = 0; i < seconds.length; i++) {
      assertEquals(expected[i][0], found[i][0], FLOAT_TOLERANCE * Math.abs(expected[i][0]));
    }
  }

  @Test
  void columnsToAVector() throws Exception {
    Dataset<Row> frame = frame(TABLE);
    BatchNormModel model = new BatchNorm().setInputCols(NAMES).setOutputCol("out").fit(frame);
    Map<String, double[][]> found = run(written(model, "float64"), columns(TABLE), false);
    assertEquals(List.of("out"), List.copyOf(found.keySet()));
    Rows.assertSame(Rows.of(model, frame), found.get("out"));
  }

  @Test
  void columnsToColumnsAndInPlace() throws Exception {
    Dataset<Row> frame = frame(TABLE);
    BatchNormModel vector = new BatchNorm().setInputCols(NAMES).setOutputCol("out").fit(frame);
    double[][] expected = Rows.of(vector, frame);
    BatchNormModel beside =
        new BatchNorm().setInputCols(NAMES).setOutputCols("A", "B", "C", "D", "E", "F").fit(frame);
    assertColumns(
        List.of("A", "B", "C", "D", "E", "F"),
        expected,
        run(written(beside, "float64"), columns(TABLE), false));
    BatchNormModel inPlace = new BatchNorm().setInputCols(NAMES).setOutputCols(NAMES).fit(frame);
    assertColumns(
        List.of("a_output", "b_output", "c_output", "d_output", "e_output", "f_output"),
        expected,
        run(written(inPlace, "float64"), columns(TABLE), false));
  }

  /** A column may be called as anything, also as what is inside the model. */
  @Test
  void namesDoNotCollide() throws Exception {
    BatchNormModel model =
        BatchNormModel.of(Vectors.dense(1, 2, 3), Vectors.dense(4, 4, 4))
            .setInputCols("center", "scale", "center_output")
            .setOutputCols("center", "B", "a.b c\u00fc")
            .setEps(0);
    Map<String, double[][]> input = new LinkedHashMap<>();
    input.put("center", new double[][] {{3}});
    input.put("scale", new double[][] {{6}});
    input.put("center_output", new double[][] {{9}});
    Map<String, double[][]> found = run(written(model, "float64"), input, false);
    assertEquals(List.of("center_output_", "B", "a.b c\u00fc"), List.copyOf(found.keySet()));
    assertEquals(1, found.get("center_output_")[0][0]);
    assertEquals(2, found.get("B")[0][0]);
    assertEquals(3, found.get("a.b c\u00fc")[0][0]);
  }

  @Test
  void missingAndInfiniteValuesAreAsInTransform() throws Exception {
    double[][] table = {{1, NAN}, {2, 5}, {4, NAN}, {Double.POSITIVE_INFINITY, 7}};
    Dataset<Row> frame = Frames.dense(table);
    BatchNormModel model =
        new BatchNorm().setInputCol("v").setOutputCol("out").setHandleInvalid("keep").fit(frame);
    for (String type : List.of("float64", "float32")) {
      double[][] found =
          run(written(model, type), Map.of("v", table), type.equals("float32")).get("out");
      assertEquals(NAN, found[0][1]);
      assertEquals(Double.POSITIVE_INFINITY, found[3][0]);
    }
  }

  @Test
  void featureWithoutStatisticsIsNaNAndInfiniteVarianceIsNoHindrance() throws Exception {
    double[][] table = {{NAN, 1e200, 1}, {NAN, -1e200, 2}};
    Dataset<Row> frame = Frames.dense(table);
    BatchNormModel model =
        new BatchNorm()
            .setInputCol("v")
            .setOutputCol("out")
            .setHandleInvalid("keep")
            .setBeta(1, 2, 3)
            .fit(frame);
    assertEquals(Double.POSITIVE_INFINITY, model.variance().apply(1));
    double[][] found = run(written(model, "float64"), Map.of("v", table), false).get("out");
    Rows.assertSame(Rows.of(model, frame), found);
    assertEquals(3, found[0][1]);
  }

  @Test
  void inverseMapsBack() throws Exception {
    Dataset<Row> frame = frame(TABLE);
    BatchNormModel model =
        new BatchNorm()
            .setInputCols(NAMES)
            .setOutputCol("out")
            .setGamma(1, 2, 3, 4, 5, 6)
            .setBeta(1, 2, 3, 4, 5, 6)
            .fit(frame);
    double[][] normalized = Rows.of(model, frame);
    double[][] restored = new double[TABLE.length][];
    List<Row> rows =
        model
            .inverse()
            .transform(model.transform(frame).drop(NAMES))
            .select("a", "b", "c", "d", "e", "f")
            .collectAsList();
    for (int i = 0; i < restored.length; i++) {
      restored[i] = new double[NAMES.length];
      for (int j = 0; j < NAMES.length; j++) {
        restored[i][j] = rows.get(i).getDouble(j);
      }
    }
    assertColumns(
        List.of(NAMES),
        restored,
        run(written(model.inverse(), "float64"), Map.of("out", normalized), false));
  }

  @Test
  void runningStatisticsAreThoseThatAreApplied() throws Exception {
    Dataset<Row> frame = Frames.dense(TABLE);
    BatchNormModel model =
        new BatchNorm()
            .setInputCol("v")
            .setOutputCol("out")
            .setRunningStatistics("exponential")
            .fit(frame)
            .update(frame);
    double[][] found = run(written(model, "float64"), Map.of("v", TABLE), false).get("out");
    Rows.assertSame(Rows.of(model, frame), found);
  }

  @Test
  void modelSaysWhatItIs() throws Exception {
    BatchNormModel model =
        new BatchNorm().setInputCols("a", "b").setOutputCol("out").fit(frame(TABLE));
    ModelProto proto = ModelProto.parseFrom(Files.readAllBytes(Path.of(written(model, "float64"))));
    assertEquals(13, proto.getOpsetImport(0).getVersion());
    assertEquals(
        List.of("Concat", "Sub", "BatchNormalization"),
        proto.getGraph().getNodeList().stream().map(NodeProto::getOpType).toList());
    assertEquals(
        Map.of(
            "feature_names", "[\"a\",\"b\"]",
            "eps", "0.0",
            "correction", "0",
            "with_mean", "true",
            "with_std", "true",
            "inverse", "false"),
        proto.getMetadataPropsList().stream()
            .collect(
                Collectors.toMap(
                    StringStringEntryProto::getKey, StringStringEntryProto::getValue)));
  }

  /** All is known to ONNX, and stands as its own messages write it. */
  @ParameterizedTest
  @CsvSource({"float64", "float32"})
  void theFileHasTheBytesOfTheMessagesOfOnnx(String type) throws Exception {
    double[][] table = {{1e9 + 1, 2, 3}, {1e9 + 7, 4, 8}};
    BatchNormModel model =
        new BatchNorm().setInputCol("v").setOutputCol("gr\u00f6\u00dfe").fit(Frames.dense(table));
    byte[] bytes = Files.readAllBytes(Path.of(written(model, type)));
    ModelProto proto = ModelProto.parseFrom(bytes);
    assertArrayEquals(proto.toByteArray(), bytes);
    assertEquals(0, proto.getUnknownFields().getSerializedSize());
  }

  @Test
  void whatFloat32CannotHoldIsRefusedAndWhatItCannotTellIsWarnedOf() throws Exception {
    BatchNormModel tooLarge =
        BatchNormModel.of(Vectors.dense(1e39), Vectors.dense(1)).setInputCol("v").setOutputCol("o");
    assertRefused(
        "The center of 'v_0' is 1.0E39, which float32 cannot hold; expected numbers within its "
            + "range. Export as float64, or scale the feature before the fit.",
        () -> written(tooLarge, "float32"));
    BatchNormModel tooWide =
        BatchNormModel.of(Vectors.dense(0), Vectors.dense(1e80)).setInputCol("v").setOutputCol("o");
    assertRefused(
        "The scale of 'v_0' is 1.0E-40, which float32 cannot hold; expected numbers within its "
            + "range. Export as float64, or scale the feature before the fit.",
        () -> written(tooWide, "float32"));
    BatchNormModel tooNear =
        BatchNormModel.of(Vectors.dense(1e9, 0), Vectors.dense(1, 1))
            .setInputCol("v")
            .setOutputCol("o");
    try (LogCapture log = LogCapture.of("batchnorm.spark.BatchNormModel")) {
      written(tooNear, "float32");
      assertEquals(
          List.of(
              "WARN The deviation of 'v_0' is less than the spacing of float32 at the mean, so "
                  + "that most of it is lost; export as float64"),
          log.messages());
    }
  }

  @Test
  void modelsThatTransformNothingAreRefused() {
    BatchNormModel noColumns = BatchNormModel.of(Vectors.dense(0), Vectors.dense(1));
    assertRefused(
        "Neither inputCol nor inputCols is set; expected one of them. Set inputCol to a vector, "
            + "array or numeric column, or inputCols to numeric columns.",
        () -> written(noColumns, "float64"));
    BatchNormModel groups =
        new BatchNorm()
            .setInputCols("a", "b")
            .setGroupCols("g")
            .fit(frame(TABLE).withColumn("g", lit(1)));
    assertRefused(
        "The model has statistics for every group of 'g'; a file of another system holds those of "
            + "one model. Fit without groupCols, or on the rows of one group.",
        () -> written(groups, "float64"));
    assertThrows(IllegalStateException.class, () -> written(new BatchNormModel(), "float64"));
  }

  private static BatchNorm stage(double eps, int correction, boolean withMean, boolean withStd) {
    return new BatchNorm()
        .setEps(eps)
        .setCorrection(correction)
        .setWithMean(withMean)
        .setWithStd(withStd)
        .setGamma(1, -2, 0.3, 4, 5, 1e-3)
        .setBeta(0.1, 0, -3, 40, 0, 0);
  }

  private static void assertClose(BatchNormModel model, double[][] expected, double[][] found) {
    double[] beta = model.getBeta();
    for (int i = 0; i < expected.length; i++) {
      for (int j = 0; j < beta.length; j++) {
        double size = Math.abs(expected[i][j] - beta[j]) + Math.abs(beta[j]);
        assertEquals(
            expected[i][j], found[i][j], FLOAT_TOLERANCE * size, "row " + i + ", feature " + j);
      }
    }
  }

  private static void assertColumns(
      List<String> names, double[][] expected, Map<String, double[][]> found) {
    assertEquals(names, List.copyOf(found.keySet()));
    for (int j = 0; j < names.size(); j++) {
      for (int i = 0; i < expected.length; i++) {
        assertArrayEquals(new double[] {expected[i][j]}, found.get(names.get(j))[i]);
      }
    }
  }

  /** The outputs of a model by their names, in its order. */
  private static Map<String, double[][]> run(
      String path, Map<String, double[][]> inputs, boolean float32) throws OrtException {
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    Map<String, OnnxTensor> tensors = new LinkedHashMap<>();
    try (OrtSession session = environment.createSession(path)) {
      for (Map.Entry<String, double[][]> input : inputs.entrySet()) {
        Object values = float32 ? narrowed(input.getValue()) : input.getValue();
        tensors.put(input.getKey(), OnnxTensor.createTensor(environment, values));
      }
      assertEquals(tensors.keySet(), session.getInputNames());
      Map<String, double[][]> outputs = new LinkedHashMap<>();
      try (OrtSession.Result result = session.run(tensors)) {
        for (Map.Entry<String, ?> output : result) {
          Object values = result.get(output.getKey()).orElseThrow().getValue();
          outputs.put(output.getKey(), float32 ? widened((float[][]) values) : (double[][]) values);
        }
      }
      return outputs;
    } finally {
      tensors.values().forEach(OnnxTensor::close);
    }
  }

  private static float[][] narrowed(double[][] table) {
    float[][] result = new float[table.length][table[0].length];
    for (int i = 0; i < table.length; i++) {
      for (int j = 0; j < table[i].length; j++) {
        result[i][j] = (float) table[i][j];
      }
    }
    return result;
  }

  private static double[][] widened(float[][] table) {
    double[][] result = new double[table.length][table[0].length];
    for (int i = 0; i < table.length; i++) {
      for (int j = 0; j < table[i].length; j++) {
        result[i][j] = table[i][j];
      }
    }
    return result;
  }

  /** Returns the doubles rounded to float32. */
  private static double[][] floats(double[][] table) {
    return widened(narrowed(table));
  }

  private static Dataset<Row> frame(double[][] table) {
    return Frames.doubles(table);
  }

  private static Map<String, double[][]> columns(double[][] table) {
    Map<String, double[][]> columns = new LinkedHashMap<>();
    for (int j = 0; j < NAMES.length; j++) {
      List<double[]> column = new ArrayList<>();
      for (double[] row : table) {
        column.add(new double[] {row[j]});
      }
      columns.put(NAMES[j], column.toArray(double[][]::new));
    }
    return columns;
  }

  private static double[][] table() {
    Random random = new Random(11);
    double[][] table = new double[200][];
    for (int i = 0; i < table.length; i++) {
      table[i] =
          new double[] {
            random.nextGaussian(),
            0.1,
            1e9 + 1,
            1.7e9 + random.nextInt(1_000_000),
            1e9 + random.nextGaussian(),
            1e-7 * random.nextDouble()
          };
    }
    return table;
  }

  private String written(BatchNormModel model, String type) throws IOException {
    String path = folder.resolve("model.onnx").toString();
    model.export().dtype(type).overwrite().toOnnx(path);
    return path;
  }
}
