package batchnorm.spark.export;

import static batchnorm.spark.export.Rows.assertRefused;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import batchnorm.spark.BatchNormModel;
import batchnorm.spark.testing.Frames;
import batchnorm.spark.testing.SharedSession;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import java.util.Random;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A layer of PyTorch becomes a model, from files that Python's safetensors wrote (README.md beside
 * them); a file that is not whole becomes none.
 */
class FromTorchTest {
  private static final double[] MEAN = {0.5, -1024, 3};
  private static final double[] VARIANCE = {4, 0.0625, 1};
  private static final double[] WEIGHT = {1.5, -2, 0.25};
  private static final double[] BIAS = {0, 10, -0.5};

  @TempDir Path folder;

  @BeforeAll
  static void start() {
    SharedSession.get();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"layer-float32", "layer-float64-metadata", "layer-bfloat16", "network-float16"})
  void oneLayerIsFoundAndRead(String name) throws IOException {
    BatchNormModel model = BatchNormModel.fromTorch(fixture(name));
    assertArrayEquals(MEAN, model.mean().toArray());
    assertArrayEquals(VARIANCE, model.variance(0));
    assertArrayEquals(VARIANCE, model.variance(1));
    if (name.startsWith("network")) {
      assertFalse(model.isSet(model.gamma()));
      assertFalse(model.isSet(model.beta()));
    } else {
      assertArrayEquals(WEIGHT, model.getGamma());
      assertArrayEquals(BIAS, model.getBeta());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "layer-float32,          1e-5,  exponential, 0.1,  12",
    "layer-float64-metadata, 0.001, exponential, 0.25,  3",
    "layer-bfloat16,         1e-5,  exponential, 0.1,   0",
    "network-float16,        0.01,  pooled,      0.1,   0"
  })
  void whatTheFileDoesNotSayIsPyTorchsDefault(
      String name, double eps, String statistics, double momentum, long batches)
      throws IOException {
    BatchNormModel model = BatchNormModel.fromTorch(fixture(name));
    assertEquals(eps, model.getEps());
    assertEquals(statistics, model.getRunningStatistics());
    assertEquals(momentum, model.getMomentum());
    assertEquals(batches, model.numBatchesTracked());
  }

  @Test
  void namesComeFromTheMetadata() throws IOException {
    assertArrayEquals(
        new String[] {"a", "b\u00fc", "c"},
        BatchNormModel.fromTorch(fixture("layer-float64-metadata")).featureNames());
    assertArrayEquals(
        new String[] {"v_0", "v_1", "v_2"},
        BatchNormModel.fromTorch(fixture("layer-float32")).setInputCol("v").featureNames());
  }

  @Test
  void itTransformsAsALayerInEvalMode() throws IOException {
    BatchNormModel model =
        BatchNormModel.fromTorch(fixture("layer-float32"))
            .setInputCol("v")
            .setOutputCol("out")
            .setEps(0);
    double[][] images = Rows.of(model, Frames.dense(new double[][] {{2.5, -1024.5, 3}}));
    // (2.5 - 0.5) / 2 * 1.5, (-0.5 / 0.25) * -2 + 10, 0 * 0.25 - 0.5
    assertArrayEquals(new double[] {1.5, 14, -0.5}, images[0]);
  }

  @Test
  void oneOfSeveralLayersIsNamed() throws IOException {
    String path = fixture("two-layers");
    assertEquals(1, BatchNormModel.fromTorch(path, "features.1").numBatchesTracked());
    assertEquals(2, BatchNormModel.fromTorch(path, "features.10.bn").numBatchesTracked());
    assertRefused(
        "File "
            + path
            + " has 2 BatchNorm layers: 'features.1', 'features.10.bn'; expected one. Say which: "
            + "fromTorch(path, layer), on the command line --layer.",
        () -> BatchNormModel.fromTorch(path));
    assertRefused(
        "File "
            + path
            + " has no BatchNorm layer 'features.10'; it has 'features.1', 'features.10.bn'. Name "
            + "one of them.",
        () -> BatchNormModel.fromTorch(path, "features.10"));
  }

  @Test
  void fileWithoutALayer() {
    assertRefused(
        "File "
            + fixture("no-layer")
            + " has no BatchNorm layer: no tensors called running_mean and running_var; expected the "
            + "state_dict of one that tracks running statistics. Check the path.",
        () -> BatchNormModel.fromTorch(fixture("no-layer")));
    assertRefused(
        "File "
            + fixture("no-layer")
            + " has no BatchNorm layer 'bn'; it has none. Name one of them.",
        () -> BatchNormModel.fromTorch(fixture("no-layer"), "bn"));
    assertRefused(
        "File "
            + folder.resolve("gone")
            + " does not exist; expected a file to read. Check the path.",
        () -> BatchNormModel.fromTorch(folder.resolve("gone").toString()));
    assertRefused(
        "Path " + folder + " is a folder; expected a file. Give another path.",
        () -> BatchNormModel.fromTorch(folder.toString()));
  }

  /** PyTorch: running = (1 - m) * running + m * batch, with the variance of divisor n - 1. */
  @Test
  void updateGoesOnAsTheLayerInTraining() throws IOException {
    BatchNormModel model =
        BatchNormModel.fromTorch(fixture("layer-float32")).setInputCol("v").setMomentum(0.5);
    Dataset<Row> batch = Frames.dense(new double[][] {{1, 0, 2}, {2, 0, 4}});
    BatchNormModel updated = model.update(batch);
    assertEquals(Vectors.dense(1, -512, 3), updated.mean());
    assertArrayEquals(new double[] {2.25, 0.03125, 1.5}, updated.variance(1));
    assertEquals(13, updated.numBatchesTracked());
    assertEquals(2, updated.count());
  }

  @Test
  void savedModelGoesOnToo() throws IOException {
    BatchNormModel model =
        BatchNormModel.fromTorch(fixture("layer-float64-metadata")).setInputCol("v");
    model.save(folder.resolve("model").toString());
    BatchNormModel loaded = BatchNormModel.load(folder.resolve("model").toString());
    assertEquals(3, loaded.numBatchesTracked());
    assertEquals(model.mean(), loaded.mean());
    assertArrayEquals(model.variance(1), loaded.variance(1));
    Dataset<Row> batch = Frames.dense(new double[][] {{1, 0, 2}, {2, 0, 4}});
    BatchNormModel updated = loaded.update(batch);
    assertEquals(model.update(batch).mean(), updated.mean());
    assertEquals(4, updated.numBatchesTracked());
  }

  @Test
  void itCannotBeMerged() throws IOException {
    BatchNormModel model = BatchNormModel.fromTorch(fixture("layer-float32"));
    String message =
        assertThrows(IllegalStateException.class, () -> model.merge(model)).getMessage();
    assertEquals(
        "Model "
            + model.uid()
            + " has no exact sums to continue: it was made of known statistics, or saved in format "
            + "1; expected a model that BatchNorm.fit made. Fit one on its data, or set "
            + "runningStatistics to 'exponential' to update known statistics.",
        message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "running_mean        | 0 | NaN      | finite numbers",
        "running_mean        | 2 | Infinity | finite numbers",
        "running_var         | 1 | -1.0     | numbers of at least 0",
        "running_var         | 1 | NaN      | numbers of at least 0",
        "weight              | 0 | NaN      | finite numbers",
        "bias                | 1 | Infinity | finite numbers"
      })
  void valuesThatNoLayerHas(String tensor, int index, double value, String expected)
      throws IOException {
    byte[] file = Files.readAllBytes(Path.of(fixture("layer-float64-metadata")));
    String[] order = {"num_batches_tracked", "bias", "running_mean", "running_var", "weight"};
    int tensorAt = Long.BYTES + 24 * (Arrays.asList(order).indexOf(tensor) - 1);
    int dataAt = file.length - 8 - 4 * 24;
    buffer(file).putDouble(dataAt + tensorAt + 8 * index, value);
    String path = written(file);
    assertRefused(
        String.format(
            "Tensor '%s' of file %s has the value %s at %d; expected %s. Check the layer it comes "
                + "from.",
            tensor, path, value, index, expected),
        () -> BatchNormModel.fromTorch(path));
  }

  @Test
  void negativeNumberOfBatches() throws IOException {
    byte[] file = Files.readAllBytes(Path.of(fixture("layer-float64-metadata")));
    buffer(file).putLong(file.length - 8 - 4 * 24, -3);
    String path = written(file);
    assertRefused(
        "Tensor 'num_batches_tracked' of file "
            + path
            + " has the value -3 at 0; expected a number of at least 0. Check the layer it comes "
            + "from.",
        () -> BatchNormModel.fromTorch(path));
  }

  /** Half a file is no file, wherever it ends. */
  @Test
  void truncatedFileIsRefusedAtEveryLength() throws IOException {
    byte[] whole = Files.readAllBytes(Path.of(fixture("layer-float32")));
    for (int length = 0; length < whole.length; length++) {
      String path = written(Arrays.copyOf(whole, length));
      String message =
          assertThrows(IllegalArgumentException.class, () -> BatchNormModel.fromTorch(path))
              .getMessage();
      String start = "File " + path + " is not a whole safetensors file: it";
      assertEquals(start, message.substring(0, Math.min(start.length(), message.length())));
    }
  }

  /** Any bytes give a model or an error that says what is wrong. */
  @Test
  void bytesThatAreWrongAreNeverAnythingElse() throws IOException {
    byte[] whole = Files.readAllBytes(Path.of(fixture("layer-float64-metadata")));
    Random random = new Random(17);
    for (int i = 0; i < 2000; i++) {
      byte[] broken = whole.clone();
      broken[random.nextInt(broken.length)] = (byte) random.nextInt();
      broken[random.nextInt(400)] = (byte) random.nextInt();
      String path = written(broken);
      try {
        BatchNormModel.fromTorch(path);
      } catch (IllegalArgumentException e) {
        assertEquals(true, e.getMessage().contains(path), e.getMessage());
      }
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "[]                        | 0 | its header is not a JSON object",
        "{}{}                      | 0 | its header is not JSON (Trailing token (of type START_OBJECT) found after value (bound as `com.fasterxml.jackson.databind.JsonNode`): not allowed as per `DeserializationFeature.FAIL_ON_TRAILING_TOKENS`)",
        "{\"a\":1,\"a\":1}         | 0 | its header is not JSON (Duplicate field 'a')",
        "{\"__metadata__\":1}      | 0 | its __metadata__ is not an object of texts",
        "{\"__metadata__\":{\"a\":1}} | 0 | its __metadata__ is not an object of texts",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1]}} | 4 | its header does not say dtype, shape and data_offsets of 'a'",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[-1],\"data_offsets\":[0,4]}} | 4 | its header does not say dtype, shape and data_offsets of 'a'",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4.5]}} | 4 | its header does not say dtype, shape and data_offsets of 'a'",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,4]}} | 4 | 'a' of type F32 and shape [2] lies in 4 bytes",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[4611686018427387904,4],\"data_offsets\":[0,0]}} | 0 | 'a' of type F32 and shape [4611686018427387904, 4] lies in 0 bytes",
        "{\"a\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[0,4]},\"b\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[2,6]}} | 6 | 'b' lies from byte 2 to 6, and the tensor before it ends at 4",
        "{\"a\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[1,5]}} | 5 | 'a' lies from byte 1 to 5, and the tensor before it ends at 0",
        "{\"a\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[0,4]}} | 5 | its tensors end at byte 4 and the file at 5",
        "{\"a\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[0,4]}} | 3 | its tensors end at byte 4 and the file at 3"
      })
  void headersThatLie(String header, int data, String found) throws IOException {
    String path = written(file(header, data));
    assertRefused(
        "File "
            + path
            + " is not a whole safetensors file: "
            + found
            + ". Write it with safetensors' save_file, or copy it again.",
        () -> BatchNormModel.fromTorch(path));
  }

  /** A layer divides by 0 and by rounding there. */
  @Test
  void withoutEpsTheScaleOfWhatDoesNotVaryIsLeft() throws IOException {
    BatchNormModel layer =
        BatchNormModel.of(Vectors.dense(3, 1, 1), Vectors.dense(0, 0x1p-104, 0x1p-102))
            .setInputCol("v");
    String path = folder.resolve("flat").toString();
    layer.toTorch(path);
    BatchNormModel read =
        BatchNormModel.fromTorch(path).setInputCol("v").setOutputCol("out").setEps(0);
    double[][] images = Rows.of(read, Frames.dense(new double[][] {{5, 3, 1 + 0x1p-51}}));
    assertArrayEquals(new double[] {2, 2, 1}, images[0]);
  }

  @Test
  void headerThatIsNotUtf8() throws IOException {
    byte[] file = file("{\"__metadata__\":{\"feature_names\":\"b\u00fc\"}}", 0);
    byte[] latin = new String(file, StandardCharsets.UTF_8).getBytes(StandardCharsets.ISO_8859_1);
    buffer(latin).putLong(0, latin.length - Long.BYTES);
    String path = written(latin);
    assertRefused(
        "File "
            + path
            + " is not a whole safetensors file: its header is not UTF-8. Write it with "
            + "safetensors' save_file, or copy it again.",
        () -> BatchNormModel.fromTorch(path));
  }

  @ParameterizedTest
  @ValueSource(longs = {-1, Long.MIN_VALUE, 100_000_001, 1L << 40, Long.MAX_VALUE})
  void headerThatIsLongerThanTheFileIsNotRead(long length) throws IOException {
    byte[] file = new byte[64];
    buffer(file).putLong(0, length);
    String path = written(file);
    assertRefused(
        "File "
            + path
            + " is not a whole safetensors file: its header would have "
            + Long.toUnsignedString(length)
            + " of its 64 bytes. Write it with safetensors' save_file, or copy it again.",
        () -> BatchNormModel.fromTorch(path));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "F64 | 1,2 | I64 | '' | running_mean        | F64 [1, 2] | F64, F32, F16 or BF16 [features]",
        "I64 | 2   | I64 | '' | running_mean        | I64 [2]    | F64, F32, F16 or BF16 [features]",
        "F64 | 0   | I64 | '' | running_mean        | F64 [0]    | F64, F32, F16 or BF16 [features]",
        "F64 | 3   | I64 | '' | running_var         | F64 [2]    | F64, F32, F16 or BF16 [3]",
        "F64 | 2   | F64 | '' | num_batches_tracked | F64 []     | I64 []",
        "F64 | 2   | I64 | 1  | num_batches_tracked | I64 [1]    | I64 []"
      })
  void tensorsOfAnotherTypeOrShape(
      String type,
      String shape,
      String countType,
      String countShape,
      String tensor,
      String found,
      String expected)
      throws IOException {
    int size =
        8 * Arrays.stream(shape.split(",")).mapToInt(Integer::parseInt).reduce(1, (a, b) -> a * b);
    String header =
        String.format(
            "{'running_mean':{'dtype':'%s','shape':[%s],'data_offsets':[0,%d]},"
                + "'running_var':{'dtype':'F64','shape':[2],'data_offsets':[%d,%d]},"
                + "'num_batches_tracked':{'dtype':'%s','shape':[%s],'data_offsets':[%d,%d]}}",
            type, shape, size, size, size + 16, countType, countShape, size + 16, size + 24);
    String path = written(file(header.replace('\'', '"'), size + 24));
    assertRefused(
        String.format(
            "Tensor '%s' of file %s is %s; expected %s. Check how the file was made.",
            tensor, path, found, expected),
        () -> BatchNormModel.fromTorch(path));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "eps           | -1",
        "eps           | NaN",
        "eps           | Infinity",
        "eps           | small",
        "momentum      | 1.5",
        "momentum      | none",
        "feature_names | [\"a\"]",
        "feature_names | [\"a\", 1]",
        "feature_names | [\"a\", \"\"]",
        "feature_names | [\"a\", \"b\", 3]",
        "feature_names | {\"x\": \"a\", \"y\": \"b\"}",
        "feature_names | null",
        "feature_names | a, b"
      })
  void metadataThatIsWrong(String key, String value) throws IOException {
    String header =
        String.format(
            "{'__metadata__':{'%s':'%s'},"
                + "'running_mean':{'dtype':'F64','shape':[2],'data_offsets':[0,16]},"
                + "'running_var':{'dtype':'F64','shape':[2],'data_offsets':[16,32]}}",
            key, value.replace("\"", "\\\""));
    String path = written(file(header.replace('\'', '"'), 32));
    assertRefused(
        String.format(
            "The metadata of file %s has '%s' as %s; expected eps of at least 0, momentum from 0 to "
                + "1 or None, and a JSON array of as many feature_names as features. Correct or "
                + "remove it.",
            path, key, value),
        () -> BatchNormModel.fromTorch(path));
  }

  private static String fixture(String name) {
    return Objects.requireNonNull(
            FromTorchTest.class.getResource("/fixtures/safetensors/" + name + ".safetensors"))
        .getPath();
  }

  private static byte[] file(String header, int data) {
    byte[] json = header.getBytes(StandardCharsets.UTF_8);
    byte[] file = new byte[Long.BYTES + json.length + data];
    buffer(file).putLong(json.length).put(json);
    return file;
  }

  private static ByteBuffer buffer(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private String written(byte[] bytes) throws IOException {
    return Files.write(folder.resolve("file"), bytes).toString();
  }
}
