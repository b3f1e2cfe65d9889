package batchnorm.spark.export;

import static batchnorm.spark.export.Rows.assertRefused;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import batchnorm.spark.BatchNorm;
import batchnorm.spark.BatchNormModel;
import batchnorm.spark.testing.Frames;
import batchnorm.spark.testing.SharedSession;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A model as JSON, and back to the last bit. */
class JsonTest {
  private static final double[][] TABLE = {{1, -2, 7}, {3, 4, 7}, {5, 12, 7}};

  @TempDir Path folder;

  @BeforeAll
  static void start() {
    SharedSession.get();
  }

  @Test
  void theFileSaysWhatThereIs() throws IOException {
    BatchNormModel model =
        new BatchNorm("norm")
            .setInputCols("a", "b", "c")
            .setOutputCol("out")
            .setCorrection(1)
            .setGamma(1, 2, 0.1)
            .fit(Frames.doubles(TABLE));
    assertEquals(
        """
        {
          "format" : "batchnorm-spark",
          "formatVersion" : 1,
          "uid" : "norm",
          "parameters" : {
            "inputCols" : [
              "a",
              "b",
              "c"
            ],
            "outputCol" : "out",
            "withMean" : true,
            "withStd" : true,
            "eps" : 0.0,
            "correction" : 1,
            "gamma" : [
              1.0,
              2.0,
              0.1
            ],
            "inverted" : false,
            "handleInvalid" : "error",
            "aggregationDepth" : 2,
            "maxSliceBytes" : 16777216,
            "runningStatistics" : "pooled",
            "momentum" : 0.1
          },
          "rows" : 3,
          "features" : [
            {
              "name" : "a",
              "count" : 3,
              "missing" : 0,
              "mean" : 3.0,
              "variance" : 4.0,
              "min" : 1.0,
              "max" : 5.0
            },
            {
              "name" : "b",
              "count" : 3,
              "missing" : 0,
              "mean" : 4.666666666666667,
              "variance" : 49.333333333333336,
              "min" : -2.0,
              "max" : 12.0
            },
            {
              "name" : "c",
              "count" : 3,
              "missing" : 0,
              "mean" : 7.0,
              "variance" : 0.0,
              "min" : 7.0,
              "max" : 7.0
            }
          ]
        }
        """,
        Files.readString(Path.of(written(model))));
  }

  @ParameterizedTest
  @CsvSource({
    "1e-5, 0, true,  true",
    "1e-5, 1, true,  true",
    "0,    0, true,  true",
    "0,    1, true,  true",
    "0.5,  0, false, true",
    "1e-5, 0, true,  false"
  })
  void itMapsTheSameToTheLastBit(double eps, int correction, boolean withMean, boolean withStd)
      throws IOException {
    Dataset<Row> frame = Frames.dense(randomTable());
    BatchNormModel model =
        new BatchNorm()
            .setInputCol("v")
            .setOutputCol("out")
            .setEps(eps)
            .setCorrection(correction)
            .setWithMean(withMean)
            .setWithStd(withStd)
            .setGamma(1, -2, 1.0 / 3, 1e300, Double.MIN_VALUE)
            .setBeta(0.1, 0, -1, -0.0, 1e-300)
            .setHandleInvalid("keep")
            .fit(frame);
    BatchNormModel read = BatchNormModel.fromJson(written(model));
    Rows.assertSame(Rows.of(model, frame), Rows.of(read, frame));
    assertEquals(model.uid(), read.uid());
    assertEquals(model.transform(frame).schema().json(), read.transform(frame).schema().json());
    BatchNormModel inverse = model.inverse();
    BatchNormModel readInverse = BatchNormModel.fromJson(written(inverse));
    Dataset<Row> back = model.transform(frame).drop("v");
    assertEquals(
        inverse.transform(back).select("v").collectAsList().toString(),
        readInverse.transform(back).select("v").collectAsList().toString());
  }

  @Test
  void whatItReadsItWritesAgain() throws IOException {
    BatchNormModel model =
        BatchNormModel.of(
            Vectors.dense(Math.PI, -0.0, Double.MIN_VALUE, 1e308),
            Vectors.dense(Math.E, 0, Double.MAX_VALUE, Double.POSITIVE_INFINITY));
    String first = Files.readString(Path.of(written(model)));
    assertTrue(first.contains("\"variance\" : \"Infinity\""), first);
    BatchNormModel read = BatchNormModel.fromJson(written(model));
    assertEquals(model.mean(), read.mean());
    assertEquals(model.variance(), read.variance());
    assertFalse(read.isSet(read.outputCol()));
    assertEquals(first, Files.readString(Path.of(written(read))));
  }

  @Test
  void featureWithoutValuesIsNaN() throws IOException {
    Dataset<Row> frame = Frames.doubles(new double[][] {{1, Double.NaN}, {2, Double.NaN}});
    BatchNormModel model =
        new BatchNorm()
            .setInputCols("a", "b")
            .setOutputCol("out")
            .setHandleInvalid("keep")
            .fit(frame);
    assertTrue(Files.readString(Path.of(written(model))).contains("\"mean\" : \"NaN\""));
    BatchNormModel read = BatchNormModel.fromJson(written(model));
    Rows.assertSame(Rows.of(model, frame), Rows.of(read, frame));
  }

  @Test
  void exponentialStatisticsGoOn() throws IOException {
    Dataset<Row> frame = Frames.doubles(TABLE);
    BatchNormModel model =
        new BatchNorm().setInputCols("a", "b", "c").setRunningStatistics("exponential").fit(frame);
    BatchNormModel read = BatchNormModel.fromJson(written(model));
    assertEquals(1, read.numBatchesTracked());
    assertEquals(model.update(frame).mean(), read.update(frame).mean());
    assertArrayEquals(model.update(frame).variance(0), read.update(frame).variance(0));
    assertEquals(2, read.update(frame).numBatchesTracked());
  }

  /** The deviation is 2^-52 with divisor n, the spacing of doubles there, and more with n - 1. */
  @Test
  void whatIsConstantByItsRowsAloneIsRefused() {
    Dataset<Row> frame = Frames.doubles(new double[][] {{1}, {1 + 0x1p-51}});
    BatchNormModel model = new BatchNorm().setInputCols("a").setEps(0).setCorrection(1).fit(frame);
    assertRefused(
        "Feature 'a' counts as constant by the rows it was fitted on, which a JSON file does not "
            + "hold: a model that is read from it would give other results. Set eps above 0, or save "
            + "the model.",
        () -> written(model));
  }

  @Test
  void modelsOfFormat1AreWrittenToo() throws IOException {
    BatchNormModel old =
        BatchNormModel.load(
            Objects.requireNonNull(JsonTest.class.getResource("/fixtures/model-format-1"))
                .getPath());
    BatchNormModel read = BatchNormModel.fromJson(written(old));
    assertEquals(old.mean(), read.mean());
    assertEquals(old.variance(), read.variance());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "\"format\" : \"batchnorm-spark\" | \"format\" : \"x\" | its format is not batchnorm-spark",
        "\"formatVersion\" : 1 | \"formatVersion\" : \"1\" | it has no formatVersion",
        "\"formatVersion\" : 1 | \"formatVersion\" : -7 | its formatVersion is -7",
        "\"formatVersion\" : 1 | \"formatVersion\" : 0 | its formatVersion is 0",
        "\"uid\" : \"norm\" | \"uid\" : 5 | it has no uid",
        "\"rows\" : 0 | \"rows\" : -1 | rows is -1",
        "\"rows\" : 0 | \"row\" : 0 | it has the unknown key 'row'",
        "\"count\" : 0 | \"count\" : 0.5 | count of feature 0 is 0.5",
        "\"count\" : 0 | \"counts\" : 0 | feature 0 has the unknown key 'counts'",
        "\"name\" : null | \"name\" : 3 | the name of feature 0 is 3",
        "\"mean\" : 0.5 | \"mean\" : \"0.5\" | mean of feature 0 is \"0.5\"",
        "\"mean\" : 0.5 | \"mean\" : 1e999 | mean of feature 0 is beyond the range of double",
        "\"mean\" : 0.5 | \"mean\" : \"Infinity\" | the mean of feature 0 is infinite",
        "\"mean\" : 0.5 | \"mean\" : \"NaN\" | of mean and variance of feature 0 one is NaN",
        "\"mean\" : 0.5, | | mean of feature 0 is missing",
        "\"variance\" : 2.0 | \"variance\" : -2.0 | the variance of feature 0 is negative",
        "\"variance\" : 2.0 | \"variance\" : 2.0, \"min\" : 1.0 | max of feature 0 is missing",
        "\"variance\" : 2.0 | \"variance\" : 2.0, \"min\" : 2, \"max\" : 1.0 "
            + "| min and max of feature 0 are 2.0 and 1.0",
        "\"variance\" : 2.0 | \"variance\" : 2.0, \"min\" : 2, \"max\" : \"NaN\" "
            + "| min and max of feature 0 are 2.0 and NaN",
        "\"variance\" : 2.0 | \"variance\" : 2.0, \"scaledVariance\" : {\"significand\" : 3.0, "
            + "\"exponent\" : 0} | scaledVariance of feature 0 is not its variance",
        "\"variance\" : 2.0 | \"variance\" : \"Infinity\", \"scaledVariance\" : {\"significand\" : "
            + "\"Infinity\", \"exponent\" : 0} | scaledVariance of feature 0 is not its variance",
        "\"variance\" : 2.0 | \"variance\" : 2.0, \"scaledVariance\" : {\"significand\" : 1.0, "
            + "\"exponent\" : 1} | exponent of scaledVariance of feature 0 is 1",
        "\"variance\" : 2.0 | \"variance\" : 2.0, \"scaledVariance\" : {\"significand\" : 2.0} "
            + "| exponent of scaledVariance of feature 0 is missing",
        "\"variance\" : 2.0 | \"variance\" : 2.0, \"scaledVariance\" : {\"exponent\" : 0} "
            + "| significand of scaledVariance of feature 0 is missing",
        "\"variance\" : 2.0 | \"variance\" : 2.0, \"scaledVariance\" : {\"power\" : 0} "
            + "| scaledVariance of feature 0 has the unknown key 'power'",
        "\"mean\" : 0.5 | \"mean\" : 0.5, \"integerMean\" : {\"whole\" : 1, \"fraction\" : 0.25} "
            + "| integerMean of feature 0 is not its mean",
        "\"mean\" : 0.5 | \"mean\" : 0.5, \"integerMean\" : {\"whole\" : 1, \"fraction\" : \"NaN\"} "
            + "| integerMean of feature 0 is not its mean",
        "\"mean\" : 0.5 | \"mean\" : 0.5, \"integerMean\" : {\"whole\" : -1, \"fraction\" : 1.5} "
            + "| integerMean of feature 0 is not its mean",
        "\"mean\" : 0.5 | \"mean\" : 0.5, \"integerMean\" : {\"whole\" : 0.5, \"fraction\" : 0} "
            + "| whole of integerMean of feature 0 is 0.5",
        "\"mean\" : 0.5 | \"mean\" : 0.5, \"integerMean\" : {\"fraction\" : 0.5} "
            + "| whole of integerMean of feature 0 is missing",
        "\"mean\" : 0.5 | \"mean\" : 0.5, \"integerMean\" : {\"whole\" : 0} "
            + "| fraction of integerMean of feature 0 is missing",
        "\"mean\" : 0.5 | \"mean\" : 0.5, \"integerMean\" : {\"whole\" : 0, \"fraction\" : 0.5, "
            + "\"rest\" : 0} | integerMean of feature 0 has the unknown key 'rest'",
        "\"eps\" : 0.0 | \"eps\" : \"small\" | its parameter eps is \"small\"",
        "\"eps\" : 0.0 | \"epsilon\" : 0.0 | it has the unknown parameter 'epsilon'",
        "\"eps\" : 0.0 | \"withMean\" : true | Duplicate field 'withMean'",
        "\"features\" : [ | \"features\" : [], \"x\" : [ | it has the unknown key 'x'"
      })
  void whatIsNotAsTheSchemaSays(String text, String instead, String found) throws IOException {
    String json = known();
    assertTrue(json.contains(text), json);
    Path path =
        Files.writeString(
            folder.resolve("file"), json.replace(text, Objects.toString(instead, "")));
    assertRefused(
        "File "
            + path
            + " is not a model in JSON: "
            + found
            + ". Give the file that toJson wrote; its schema is "
            + "batchnorm/spark/export/model.schema.json in the jar.",
        () -> BatchNormModel.fromJson(path.toString()));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "withMean          | null",
        "withMean          | 0",
        "withStd           | \"true\"",
        "inverted          | null",
        "correction        | 4294967296",
        "correction        | 1.0",
        "correction        | true",
        "aggregationDepth  | 2.5",
        "maxSliceBytes     | 4311744512",
        "maxSliceBytes     | null",
        "eps               | \"1.0\"",
        "eps               | null",
        "eps               | [1.0]",
        "momentum          | \"NaN\"",
        "gamma             | [2.0,null]",
        "gamma             | [\"2.0\"]",
        "gamma             | 2.0",
        "beta              | {\"0\":1.0}",
        "inputCol          | {\"type\":1,\"values\":[1.0]}",
        "inputCol          | null",
        "inputCol          | 5",
        "outputCol         | [\"a\"]",
        "inputCols         | [1,2.5,\"c\"]",
        "inputCols         | [\"a\",null]",
        "inputCols         | null",
        "inputCols         | []",
        "inputCols         | \"a\"",
        "outputCols        | {\"0\":\"a\"}",
        "weightCol         | null",
        "handleInvalid     | null",
        "runningStatistics | 1"
      })
  void parameterOfAnotherTypeIsRefused(String name, String value) throws IOException {
    ObjectMapper mapper = new ObjectMapper();
    ObjectNode json = (ObjectNode) mapper.readTree(known());
    ((ObjectNode) json.get("parameters")).set(name, mapper.readTree(value));
    Path path = Files.writeString(folder.resolve("file"), json.toString());
    assertRefused(
        "File "
            + path
            + " is not a model in JSON: its parameter "
            + name
            + " is "
            + value
            + ". Give the file that toJson wrote; its schema is "
            + "batchnorm/spark/export/model.schema.json in the jar.",
        () -> BatchNormModel.fromJson(path.toString()));
  }

  @Test
  void bytesThatAreNotUtf8AreRefused() throws IOException {
    String json = known().replace("\"name\" : null", "\"name\" : \"b\u00fc\"");
    Path path = Files.writeString(folder.resolve("file"), json, StandardCharsets.ISO_8859_1);
    assertRefused(
        "File "
            + path
            + " is not a model in JSON: it is not UTF-8. Give the file that toJson wrote; its schema "
            + "is batchnorm/spark/export/model.schema.json in the jar.",
        () -> BatchNormModel.fromJson(path.toString()));
    Files.writeString(path, json);
    assertArrayEquals(
        new String[] {"b\u00fc"}, BatchNormModel.fromJson(path.toString()).featureNames());
  }

  @Test
  void newerVersionAndWrongParameters() throws IOException {
    Path path = folder.resolve("file");
    Files.writeString(path, known().replace("\"formatVersion\" : 1", "\"formatVersion\" : 2"));
    assertRefused(
        "The model at "
            + path
            + " has format version 2; this library reads versions up to 1. Update batchnorm-spark, "
            + "or save the model with an older one.",
        () -> BatchNormModel.fromJson(path.toString()));
    Files.writeString(path, known().replace("\"eps\" : 0.0", "\"eps\" : -1"));
    assertRefused(
        parametersOf(
            path, "eps is -1.0; expected a finite number of at least 0. Set eps to 0 or more."),
        () -> BatchNormModel.fromJson(path.toString()));
    Files.writeString(path, known().replace("\"eps\"", "\"gamma\" : [1, 2], \"eps\""));
    assertRefused(
        parametersOf(
            path,
            "gamma has 2 values and the data has 1 features; expected one value per feature. Set "
                + "gamma to 1 values."),
        () -> BatchNormModel.fromJson(path.toString()));
  }

  private static String parametersOf(Path path, String found) {
    return "File "
        + path
        + " is not a model in JSON: its parameters do not go together ("
        + found
        + "). Give the file that toJson wrote; its schema is batchnorm/spark/export/model.schema.json"
        + " in the jar.";
  }

  /** A missing eps has the default of format 1's schema, whatever that of the stage is. */
  @Test
  void fileThatNamesNoEpsHasThatOfItsFormat() throws IOException {
    String json = known().replaceFirst("\\s*\"eps\" : 0.0,", "");
    assertFalse(json.contains("eps"));
    Path path = Files.writeString(folder.resolve("file"), json);
    assertEquals(1e-5, BatchNormModel.fromJson(path.toString()).getEps());
  }

  @Test
  void whatIsWrittenIsAsTheSchemaSays() throws IOException {
    Dataset<Row> frame = Frames.doubles(TABLE);
    BatchNorm columns = new BatchNorm().setInputCols("a", "b", "c");
    assertValid(columns.setGamma(1, 2, 3).setBeta(0, 1, 2).fit(frame));
    assertValid(columns.setOutputCols("x", "y", "z").fit(frame).inverse());
    assertValid(columns.setRunningStatistics("exponential").fit(frame));
    assertValid(BatchNormModel.of(Vectors.dense(1), Vectors.dense(Double.POSITIVE_INFINITY)));
    Dataset<Row> missing = Frames.dense(new double[][] {{1, Double.NaN}, {2, Double.NaN}});
    assertValid(new BatchNorm().setInputCol("v").setHandleInvalid("keep").fit(missing));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "\"variance\" : 2.0 | \"variance\" : -2.0",
        "\"variance\" : 2.0 | \"variance\" : 2.0, \"min\" : 1.0",
        "\"variance\" : 2.0 | \"variance\" : 2.0, \"min\" : 1.0, \"max\" : \"NaN\"",
        "\"mean\" : 0.5 | \"mean\" : \"Infinity\"",
        "\"mean\" : 0.5 | \"average\" : 0.5",
        "\"rows\" : 0 | \"rows\" : 0.5",
        "\"eps\" : 0.0 | \"eps\" : -1",
        "\"eps\" : 0.0 | \"epsilon\" : 1",
        "\"formatVersion\" : 1 | \"formatVersion\" : 2"
      })
  void schemaRefusesWhatTheReaderRefuses(String text, String instead) throws IOException {
    String json = known().replace(text, instead);
    assertFalse(schema().validate(new ObjectMapper().readTree(json)).isEmpty());
    Path path = Files.writeString(folder.resolve("file"), json);
    assertThrows(IllegalArgumentException.class, () -> BatchNormModel.fromJson(path.toString()));
  }

  private void assertValid(BatchNormModel model) throws IOException {
    JsonNode json = new ObjectMapper().readTree(Path.of(written(model)).toFile());
    assertEquals(Set.of(), schema().validate(json));
    BatchNormModel.fromJson(written(model));
  }

  private static JsonSchema schema() {
    return JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
        .getSchema(JsonModel.class.getResourceAsStream("model.schema.json"));
  }

  /** Files in the style of other programs. */
  @Test
  void wholeNumbersAreNumbers() throws IOException {
    String json =
        known()
            .replace("\"eps\" : 0.0", "\"eps\" : 0, \"gamma\" : [2]")
            .replace("\"mean\" : 0.5", "\"mean\" : 9007199254740993");
    Path path = Files.writeString(folder.resolve("file"), json);
    BatchNormModel read = BatchNormModel.fromJson(path.toString());
    assertEquals(0, read.getEps());
    assertArrayEquals(new double[] {2}, read.getGamma());
    assertEquals(Vectors.dense(9007199254740992.0), read.mean());
  }

  /** The text of a model of one feature. */
  private String known() throws IOException {
    BatchNormModel model = BatchNormModel.of(Vectors.dense(0.5), Vectors.dense(2));
    String json = Files.readString(Path.of(written(model)));
    return json.replace(model.uid(), "norm");
  }

  /** Columns around 0, of large numbers, far from 0, of one value, and of tiny ones. */
  private static double[][] randomTable() {
    Random random = new Random(5);
    double[][] table = new double[20][];
    for (int i = 0; i < table.length; i++) {
      table[i] =
          new double[] {
            random.nextGaussian(),
            1e100 * random.nextDouble(),
            1e15 + random.nextInt(100),
            0.1,
            1e-9 * random.nextDouble()
          };
    }
    return table;
  }

  private String written(BatchNormModel model) throws IOException {
    String path = folder.resolve("model.json").toString();
    model.export().overwrite().toJson(path);
    return path;
  }
}
