package batchnorm.spark;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.lit;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import batchnorm.spark.testing.FailingFiles;
import batchnorm.spark.testing.Frames;
import batchnorm.spark.testing.InterpretedExpressions;
import batchnorm.spark.testing.Jobs;
import batchnorm.spark.testing.SharedSession;
import java.io.File;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.commons.io.FileUtils;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.ParquetReader;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.example.ExampleParquetWriter;
import org.apache.parquet.hadoop.example.GroupReadSupport;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.parquet.hadoop.util.HadoopOutputFile;
import org.apache.parquet.schema.MessageType;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.feature.StandardScaler;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.param.Params;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A saved model comes back as it was, and nothing that is not a whole model loads. */
@ExtendWith(InterpretedExpressions.class)
class SavedModelTest {
  /** Models that were saved by each line of Spark; every line loads those of all. */
  private static final String SPARK_4_1 = "src/test/resources/fixtures";

  private static final String SPARK_3_5 = "src/test/resources/fixtures/spark-3.5";
  private static final double[][] TABLE = {{1, 2}, {3, Double.NaN}, {5, 4}, {8, 8}};

  private final SparkSession session = SharedSession.get();

  @TempDir Path directory;

  @Test
  void statisticsNamesAndParamsComeBack() throws Exception {
    Dataset<Row> frame = Frames.doubles(TABLE).withColumn("w", lit(1.5));
    BatchNormModel model =
        new BatchNorm()
            .setInputCols("a", "b")
            .setOutputCol("out")
            .setWeightCol("w")
            .setEps(0.25)
            .setCorrection(1)
            .setGamma(1, 2)
            .setBeta(3, 4)
            .setWithMean(true)
            .setHandleInvalid("keep")
            .fit(frame);
    BatchNormModel loaded = saveAndLoad(model);
    assertEquals(model.uid(), loaded.uid());
    assertEquals(model.mean(), loaded.mean());
    assertArrayEquals(model.variance(0), loaded.variance(0));
    assertArrayEquals(model.variance(1), loaded.variance(1));
    assertEquals(6, loaded.count());
    assertArrayEquals(model.featureNames(), loaded.featureNames());
    assertEquals(model.summary().collectAsList(), loaded.summary().collectAsList());
    assertEquals(paramsOf(model), paramsOf(loaded));
    assertEquals(model.transform(frame).collectAsList(), loaded.transform(frame).collectAsList());
  }

  @Test
  void aModelWithoutGroupsIsLoadedByNoJob() throws Exception {
    String path = directory.resolve("model").toString();
    for (BatchNormModel model :
        List.of(fitted(), BatchNormModel.load(SPARK_4_1 + "/model-format-1"))) {
      model.write().overwrite().save(path);
      Jobs.none(session, () -> BatchNormModel.load(path));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"none", "snappy", "gzip", "zstd", "lz4", "lz4_raw"})
  void dataOfEveryCodecLoads(String codec) throws Exception {
    BatchNormModel model = fitted();
    Path saved = directory.resolve("model");
    model.save(saved.toString());
    Path data = directory.resolve("data");
    session
        .read()
        .parquet(saved.resolve("data").toString())
        .repartition(2)
        .write()
        .option("compression", codec)
        .option("parquet.enable.dictionary", codec.equals("none"))
        .option("parquet.writer.version", codec.equals("none") ? "v1" : "v2")
        .parquet(data.toString());
    replaceData(saved, data);
    assertEquals(model.mean(), BatchNormModel.load(saved.toString()).mean());
  }

  /** Files of other writers lack the schema that Spark keeps in a Parquet file. */
  @Test
  void dataWithoutTheSchemaOfSparkLoads() throws Exception {
    BatchNormModel model = fitted();
    Path saved = directory.resolve("model");
    model.save(saved.toString());
    Path data = Files.createDirectory(directory.resolve("data"));
    try (Stream<Path> files = Files.list(saved.resolve("data"))) {
      for (Path file : files.filter(one -> one.toString().endsWith(".parquet")).toList()) {
        copyRows(file, data.resolve(file.getFileName()));
      }
    }
    replaceData(saved, data);
    assertEquals(model.mean(), BatchNormModel.load(saved.toString()).mean());
  }

  private static void replaceData(Path model, Path data) throws IOException {
    FileUtils.deleteDirectory(model.resolve("data").toFile());
    FileUtils.moveDirectory(data.toFile(), model.resolve("data").toFile());
  }

  private static void copyRows(Path from, Path to) throws IOException {
    org.apache.hadoop.fs.Path read = new org.apache.hadoop.fs.Path(from.toUri());
    org.apache.hadoop.fs.Path written = new org.apache.hadoop.fs.Path(to.toUri());
    Configuration configuration = new Configuration();
    MessageType schema;
    try (ParquetFileReader footer =
        ParquetFileReader.open(HadoopInputFile.fromPath(read, configuration))) {
      schema = footer.getFileMetaData().getSchema();
    }
    try (ParquetReader<Group> rows = ParquetReader.builder(new GroupReadSupport(), read).build();
        ParquetWriter<Group> copy =
            ExampleParquetWriter.builder(HadoopOutputFile.fromPath(written, configuration))
                .withType(schema)
                .build()) {
      for (Group row = rows.read(); row != null; row = rows.read()) {
        copy.write(row);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"old, false", "new, false", "old, true", "new, true"})
  void overwrittenModelIsThereAfterAMoveThatFails(String failing, boolean throwing)
      throws Exception {
    BatchNormModel model = fitted();
    String path = directory.resolve("model").toString();
    model.save(path);
    Configuration configuration = session.sparkContext().hadoopConfiguration();
    FailingFiles.configuration("failing")
        .getValByRegex("fs\\.failing\\..*")
        .forEach(configuration::set);
    FailingFiles.fail(failing, throwing);
    Exception thrown =
        assertThrows(
            Exception.class,
            () -> model.copy(ParamMap.empty()).write().overwrite().save("failing://" + path));
    FailingFiles.succeed();
    assertTrue(
        thrown
            .getMessage()
            .matches(
                throwing
                    ? "the network is gone"
                    : "The model that replaces failing://\\S+ is complete at failing:\\S+\\.new-\\S+ "
                        + "and cannot be moved from there; expected a folder that can be renamed, "
                        + "and one writer at a time. Move it by hand, or save again."),
        thrown.getMessage());
    assertEquals(model.mean(), BatchNormModel.load(path).mean());
  }

  @Test
  void unnamedFeaturesKnownStatisticsAndTheInverseComeBack() throws Exception {
    BatchNormModel known =
        BatchNormModel.of(Vectors.dense(1, 2), Vectors.dense(4, 0))
            .setInputCol("v")
            .setOutputCol("out");
    BatchNormModel loaded = saveAndLoad(known);
    assertEquals(known.mean(), loaded.mean());
    assertArrayEquals(new double[] {4, 0}, loaded.variance(0));
    assertArrayEquals(new double[] {4, 0}, loaded.variance(1));
    assertEquals(0, loaded.count());
    assertArrayEquals(new String[] {"v_0", "v_1"}, loaded.featureNames());

    BatchNormModel inverse = saveAndLoad(known.inverse());
    Dataset<Row> frame = Frames.dense(new double[][] {{5, 2}});
    Row row = inverse.transform(loaded.transform(frame)).first();
    assertEquals(Vectors.dense(5, 2), row.getAs("v"));
  }

  @Test
  void estimatorComesBack() throws Exception {
    BatchNorm stage =
        new BatchNorm().setInputCols("a").setOutputCols("a").setEps(0).setAggregationDepth(3);
    String path = directory.resolve("stage").toString();
    stage.save(path);
    BatchNorm loaded = BatchNorm.load(path);
    assertEquals(stage.uid(), loaded.uid());
    assertEquals(paramsOf(stage), paramsOf(loaded));
  }

  @Test
  void anExistingPathIsReplacedOnlyWhenAsked() throws Exception {
    BatchNormModel model = fitted();
    String path = directory.resolve("model").toString();
    model.save(path);
    IOException error = assertThrows(IOException.class, () -> model.save(path));
    assertEquals(
        "Path "
            + path
            + " already exists. To overwrite it, please use write.overwrite().save(path)"
            + " for Scala and use write().overwrite().save(path) for Java and Python.",
        error.getMessage());
    BatchNormModel other = BatchNormModel.of(Vectors.dense(7), Vectors.dense(1)).setInputCol("v");
    other.write().overwrite().save(path);
    assertEquals(Vectors.dense(7), BatchNormModel.load(path).mean());
  }

  @Test
  void theDataIsPlainColumns() throws Exception {
    String path = directory.resolve("model").toString();
    fitted().save(path);
    List<Row> rows = session.read().parquet(path + "/data").orderBy("index").collectAsList();
    assertEquals(
        "formatVersion, features, index, name, mean, variance, rows, weight, sum, squares, "
            + "notANumber, infinite, missingWeight, min, max, checksum",
        String.join(", ", rows.get(0).schema().fieldNames()));
    // 1, 3, 5, 8: sum 17, squares 99, m2 26.75
    assertEquals(
        "2, 2, 0, a, 4.25, 6.6875, 4, 1 2^2, 17 2^0, 99 2^0, 0, 0, 0 2^0, 1.0, 8.0, -9080970480535685670",
        shown(rows.get(0)));
    // 2, NaN, 4, 8: sum 14, squares 84, m2 56/3
    assertEquals(
        "2, 2, 1, b, 4.666666666666667, 6.222222222222222, 4, 1 2^2, 7 2^1, 21 2^2, 1, 0, 1 2^0, "
            + "2.0, 8.0, -3095702076748312404",
        shown(rows.get(1)));
  }

  @Test
  void knownStatisticsAreSavedWithoutSums() throws Exception {
    String path = directory.resolve("known").toString();
    BatchNormModel.of(Vectors.dense(0.1), Vectors.dense(4)).save(path);
    assertEquals(
        "2, 1, 0, null, 0.1, 4.0, null, null, null, null, null, null, null, 2892093774455725314",
        shown(session.read().parquet(path + "/data").first()));
  }

  /** Sums of all kinds, whose statistics are only a rounding of them. */
  @Test
  void exactSumsSurviveSavingAndLoadingAgain() throws Exception {
    double[][] table = {
      {0.1, 1e300, 1e-300, Double.NaN, 0},
      {0.2, -1e300, 3, Double.POSITIVE_INFINITY, -0.0},
      {1 / 3.0, Double.MIN_VALUE, -1e16, Double.NaN, 0},
      {7, 1, 1e16, Double.NaN, 0}
    };
    Dataset<Row> frame = Frames.doubles(table).withColumn("w", col("a").multiply(lit(0.7)));
    BatchNormModel model =
        new BatchNorm()
            .setInputCols("a", "b", "c", "d", "e")
            .setOutputCol("out")
            .setWeightCol("w")
            .setHandleInvalid("keep")
            .fit(frame);
    String first = directory.resolve("first").toString();
    String second = directory.resolve("second").toString();
    model.save(first);
    BatchNormModel loaded = BatchNormModel.load(first);
    loaded.save(second);
    assertEquals(rowsShown(first), rowsShown(second));
    assertEquals(model.mean(), loaded.mean());
    assertArrayEquals(model.variance(0), loaded.variance(0));
    assertArrayEquals(model.variance(1), loaded.variance(1));
    assertEquals(model.summary().collectAsList(), loaded.summary().collectAsList());
  }

  private List<String> rowsShown(String path) {
    return session
        .read()
        .parquet(path + "/data")
        .drop("checksum")
        .orderBy("index")
        .collectAsList()
        .stream()
        .map(SavedModelTest::shown)
        .toList();
  }

  /** The cells of a row, exact numbers as an integer and the power of two that it counts. */
  private static String shown(Row row) {
    return IntStream.range(0, row.size())
        .mapToObj(i -> row.get(i) instanceof Row exact ? exact(exact) : String.valueOf(row.get(i)))
        .collect(Collectors.joining(", "));
  }

  private static String exact(Row exact) {
    byte[] significand = exact.getAs("significand");
    return new BigInteger(significand) + " 2^" + exact.<Integer>getAs("exponent");
  }

  /** Fixture of the first version of the format; never regenerated. */
  @Test
  void aModelOfFormatVersionOneLoads() {
    BatchNormModel model = BatchNormModel.load("src/test/resources/fixtures/model-format-1");
    assertArrayEquals(new String[] {"mean radius", "a.b"}, model.featureNames());
    assertEquals(Vectors.dense(2, 10), model.mean());
    assertArrayEquals(new double[] {2.0 / 3, 0}, model.variance(0));
    assertArrayEquals(new double[] {1, 0}, model.variance(1));
    assertEquals(3, model.count());
    assertEquals(0.5, model.getEps());
    assertArrayEquals(new double[] {1, 2}, model.getGamma());
    assertArrayEquals(new String[] {"x", "y"}, model.getOutputCols());
  }

  /** There are no exact sums of it; with those of its numbers that format 2 has it would change. */
  @Test
  void aModelOfFormatVersionOneStaysWhatItIs() throws Exception {
    String path = "src/test/resources/fixtures/model-format-1";
    BatchNormModel model = BatchNormModel.load(path);
    BatchNormModel again = saveAndLoad(model);
    assertEquals(rowsShown(path), rowsShown(directory.resolve("saved").toString()));
    assertArrayEquals(model.variance(1), again.variance(1));
    assertEquals(model.summary().collectAsList(), again.summary().collectAsList());
  }

  /** Fixture of the second version of the format; never regenerated. */
  @ParameterizedTest
  @ValueSource(strings = {SPARK_4_1, SPARK_3_5})
  void aModelOfFormatVersionTwoLoads(String line) throws Exception {
    String path = line + "/model-format-2";
    BatchNormModel model = BatchNormModel.load(path);
    assertArrayEquals(new String[] {"mean radius", "a.b"}, model.featureNames());
    // 0.1, 0.2, 0.3, 0.4, and 1e300, NaN, -1e300, 1: each row weighs 0.5
    assertEquals(Vectors.dense(0.25, 1 / 3.0), model.mean());
    double infinity = Double.POSITIVE_INFINITY;
    assertArrayEquals(new double[] {0.0125, infinity}, model.variance(0));
    assertArrayEquals(new double[] {0.025, infinity}, model.variance(1));
    assertEquals(2, model.count());
    assertEquals(0.5, model.getEps());
    assertArrayEquals(new double[] {1, 2}, model.getGamma());
    assertArrayEquals(new String[] {"x", "y"}, model.getOutputCols());
    // The sums are there to the last bit: saved anew they are the same.
    String again = directory.resolve("again").toString();
    model.save(again);
    assertEquals(rowsShown(path), rowsShown(again));
  }

  /** Fixtures name an eps; without it there is the default of their time, 1e-5. */
  @ParameterizedTest
  @ValueSource(strings = {SPARK_4_1, SPARK_3_5})
  void modelsKeepTheEpsThatWasTheDefaultWhenTheyWereSaved(String line) throws Exception {
    Path path = directory.resolve("model");
    FileUtils.copyDirectory(new File(line + "/model-format-3-cumulative"), path.toFile());
    replaceInMetadata(path, "\"eps\":0.5,?", "");
    BatchNormModel model = BatchNormModel.load(path.toString());
    assertEquals(1e-5, model.getEps());
    // A client of Spark Connect is told only what is set.
    assertTrue(model.isSet(model.eps()));
    assertEquals(1e-5, saveAndLoad(model).getEps());
    assertEquals(1e-5, model.copy(ParamMap.empty()).getEps());
    assertEquals(0, new BatchNormModel().getEps());
  }

  @Test
  void stagesKeepTheEpsThatWasTheDefaultWhenTheyWereSaved() throws Exception {
    BatchNorm stage = new BatchNorm().setInputCol("v");
    Path path = directory.resolve("stage");
    stage.save(path.toString());
    BatchNorm loaded = BatchNorm.load(path.toString());
    assertFalse(loaded.isSet(loaded.eps()));
    replaceInMetadata(path, "\"eps\":0.0", "\"eps\":1.0E-5");
    assertEquals(1e-5, BatchNorm.load(path.toString()).getEps());
  }

  private static void replaceInMetadata(Path path, String regex, String by) throws IOException {
    File metadata = path.resolve("metadata").toFile();
    File part = metadata.listFiles(file -> file.getName().startsWith("part-"))[0];
    FileUtils.deleteQuietly(new File(metadata, "." + part.getName() + ".crc"));
    String saved = Files.readString(part.toPath());
    // Former versions of the library knew no checksums.
    String former = saved.replaceFirst(",\"checksums\":\\{[^}]*}", "");
    String replaced = former.replaceFirst(regex, by);
    assertNotEquals(former, replaced);
    Files.writeString(part.toPath(), replaced);
  }

  /** Fixture of the third version of the format; never regenerated. */
  @ParameterizedTest
  @ValueSource(strings = {SPARK_4_1, SPARK_3_5})
  void exponentialStatisticsOfFormatVersionThreeLoad(String line) throws Exception {
    // 0.1, 0.2, 0.6 and 1, NaN, 3; then 7, 9 and NaN, 5, of which one value tells nothing
    String path = line + "/model-format-3-exponential";
    BatchNormModel model = BatchNormModel.load(path);
    assertEquals(0.25, model.getMomentum());
    double mean = 0.75 * (0.25 * 0.3) + 0.25 * 8;
    double variance = 0.75 * (0.75 + 0.25 * 0.07) + 0.25 * 2;
    assertEquals(mean, model.mean().apply(0), Math.ulp(mean));
    assertEquals(variance, model.variance().apply(0), Math.ulp(variance));
    assertEquals(0.5, model.mean().apply(1));
    assertEquals(1.25, model.variance().apply(1));
    assertRunningModelOfFixtures(path, model);
  }

  /** Likewise. */
  @ParameterizedTest
  @ValueSource(strings = {SPARK_4_1, SPARK_3_5})
  void cumulativeStatisticsOfFormatVersionThreeLoad(String line) throws Exception {
    String path = line + "/model-format-3-cumulative";
    BatchNormModel model = BatchNormModel.load(path);
    assertEquals(4.15, model.mean().apply(0), Math.ulp(4.15));
    assertEquals(1.035, model.variance().apply(0), Math.ulp(1.035));
    assertEquals(2, model.mean().apply(1));
    assertEquals(2, model.variance().apply(1));
    assertRunningModelOfFixtures(path, model);
  }

  /** Fixture of the first saved groups, beside data of format 2; never regenerated. */
  @Tag("anySpark")
  @ParameterizedTest
  @ValueSource(strings = {SPARK_4_1, SPARK_3_5})
  void groupsOfFormatVersionThreeLoad(String line) throws Exception {
    String path = line + "/model-format-3-groups";
    BatchNormModel model = BatchNormModel.load(path);
    assertArrayEquals(new String[] {"store", "day"}, model.getGroupCols());
    assertEquals(6, model.count());
    // 0.1, 0.2, 0.6 and 1, NaN, 3 in 7; 7, 9 and 1e300, -1e300 in null; 4 and 5 in 8
    assertEquals(
        List.of(
            "[7,2020-01-01,a.b,2,1,2.0,1.0,1.0,null,null,false,true,0.816496580927726,group]",
            "[7,2020-01-01,mean radius,3,0,0.3,0.04666666666666666,0.21602468994692867,null,null,false,true,"
                + "0.29217435489538873,group]",
            "[8,null,a.b,1,0,5.0,0.0,0.0,null,null,true,false,0.0,unit]",
            "[8,null,mean radius,1,0,4.0,0.0,0.0,null,null,true,false,0.0,unit]",
            "[null,null,a.b,2,0,0.0,Infinity,1.0E300,null,null,false,false,1.0,group]",
            "[null,null,mean radius,2,0,8.0,1.0,1.0,null,null,false,true,"
                + "0.816496580927726,group]"),
        model.summary().collectAsList().stream().map(Row::toString).sorted().toList());
    String again = directory.resolve("again").toString();
    model.save(again);
    for (String folder : List.of("/data", "/groups")) {
      assertEquals(jsonOf(path + folder), jsonOf(again + folder));
    }
  }

  /** Fitted on 1, 3 and 10, 30, with a stage of Spark's own after it; never regenerated. */
  @ParameterizedTest
  @ValueSource(strings = {SPARK_4_1, SPARK_3_5})
  void aPipelineLoads(String line) {
    PipelineModel pipeline = inTheLocaleOfTheWriter(() -> PipelineModel.load(line + "/pipeline"));
    BatchNormModel model = (BatchNormModel) pipeline.stages()[0];
    assertEquals(Vectors.dense(2, 20), model.mean());
    assertArrayEquals(new double[] {1, 100}, model.variance(0));
    Row normalized =
        pipeline
            .transform(Frames.doubles(new double[][] {{4, 0}}).toDF("mean radius", "a.b"))
            .select("features", "second")
            .first();
    assertEquals(Vectors.dense(2, -2), normalized.get(0));
    assertEquals(Vectors.dense(-2), normalized.get(1));
  }

  /** Spark numbers the folders of a pipeline's stages in the digits of the locale. */
  private static <T> T inTheLocaleOfTheWriter(Supplier<T> load) {
    Locale usual = Locale.getDefault(Locale.Category.FORMAT);
    Locale.setDefault(Locale.Category.FORMAT, Locale.ROOT);
    try {
      return load.get();
    } finally {
      Locale.setDefault(Locale.Category.FORMAT, usual);
    }
  }

  private List<String> jsonOf(String parquet) {
    return session.read().parquet(parquet).drop("checksum").toJSON().collectAsList().stream()
        .sorted()
        .toList();
  }

  private void assertRunningModelOfFixtures(String path, BatchNormModel model) throws Exception {
    assertArrayEquals(new String[] {"mean radius", "a.b"}, model.featureNames());
    assertEquals(2, model.numBatchesTracked());
    assertEquals(5, model.count());
    assertEquals(
        List.of(0L, 2L),
        model.summary().collectAsList().stream().map(row -> row.<Long>getAs("missing")).toList());
    String again = directory.resolve("again").toString();
    model.save(again);
    assertEquals(jsonOf(path + "/data"), jsonOf(again + "/data"));
  }

  @Test
  void runningStatisticsWithoutTheirColumnsAreNoModel() throws Exception {
    String path = "src/test/resources/fixtures/model-format-3-cumulative";
    String damaged = directory.resolve("damaged").toString();
    FileUtils.copyDirectory(Path.of(path).toFile(), Path.of(damaged).toFile());
    FileUtils.deleteDirectory(Path.of(damaged, "data").toFile());
    Dataset<Row> data = session.read().parquet(path + "/data").drop("batchMeans");
    data.write().parquet(damaged + "/data");
    assertRefused(
        "Path "
            + damaged
            + " is not a saved BatchNormModel: its data has no column 'batchMeans' of type "
            + "struct<sum:struct<significand:binary,exponent:int>,squares:struct<significand:binary,"
            + "exponent:int>,notANumber:bigint,infinite:bigint>. Give the path that BatchNormModel.save wrote.",
        damaged);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "batches = -5L",
        "rows = null",
        "runningVariance = -1D",
        "runningMean = double('NaN')",
        "batchMeans = null"
      })
  void runningStatisticsThatCannotBeAreNoModel(String damage) throws Exception {
    String path = "src/test/resources/fixtures/model-format-3-cumulative";
    String damaged = directory.resolve("damaged").toString();
    FileUtils.copyDirectory(Path.of(path).toFile(), Path.of(damaged).toFile());
    FileUtils.deleteDirectory(Path.of(damaged, "data").toFile());
    Dataset<Row> data = session.read().parquet(path + "/data");
    String column = damage.split(" = ")[0];
    data.withColumn(
            column, expr(damage.split(" = ")[1]).cast(data.schema().apply(column).dataType()))
        .write()
        .parquet(damaged + "/data");
    assertRefused(
        "Path "
            + damaged
            + " is not a saved BatchNormModel: its data has rows that do not belong together. Give "
            + "the path that BatchNormModel.save wrote.",
        damaged);
  }

  @Test
  void aPathThatDoesNotExist() {
    String path = directory.resolve("nothing").toString();
    assertRefused(
        "Path " + path + " does not exist; expected a saved BatchNormModel. Check the path.", path);
  }

  @Test
  void aPathThatIsNotAModel() throws Exception {
    String todo = ". Give the path that BatchNormModel.save wrote.";
    Path empty = Files.createDirectory(directory.resolve("empty"));
    assertRefused(
        "Path " + empty + " is not a saved BatchNormModel: it has no folder 'metadata'" + todo,
        empty.toString());

    String estimator = directory.resolve("estimator").toString();
    new BatchNorm().save(estimator);
    assertRefused(
        "Path "
            + estimator
            + " is not a saved BatchNormModel: it holds a batchnorm.spark.BatchNorm"
            + todo,
        estimator);

    String halfWritten = directory.resolve("half").toString();
    fitted().save(halfWritten);
    FileUtils.deleteDirectory(directory.resolve("half/data").toFile());
    assertRefused(
        "Path " + halfWritten + " is not a saved BatchNormModel: it has no folder 'data'" + todo,
        halfWritten);

    assertEquals(
        "Path "
            + empty
            + " is not a saved BatchNorm: it has no folder 'metadata'. Give the path that "
            + "BatchNorm.save wrote.",
        assertThrows(IllegalArgumentException.class, () -> BatchNorm.load(empty.toString()))
            .getMessage());

    String scaler = directory.resolve("scaler").toString();
    new StandardScaler().setInputCol("v").fit(Frames.dense(new double[][] {{1}, {2}})).save(scaler);
    assertRefused(
        "Path "
            + scaler
            + " is not a saved BatchNormModel: it holds a "
            + "org.apache.spark.ml.feature.StandardScalerModel"
            + todo,
        scaler);
  }

  @Test
  void aModelWithoutItsMetadataOrItsDataDoesNotLoad() throws Exception {
    String path = directory.resolve("model").toString();
    BatchNormModel model = fitted();
    Path data = directory.resolve("model/data");

    model.save(path);
    rewrite(data, session.read().parquet(data.toString()).filter(col("index").equalTo(0)));
    assertRefused(
        "Path "
            + path
            + " is not a saved BatchNormModel: its data has 1 of 2 features. Give the path that "
            + "BatchNormModel.save wrote.",
        path);

    model.write().overwrite().save(path);
    rewrite(
        data,
        session.read().parquet(data.toString()).union(session.read().parquet(data.toString())));
    assertRefused(
        "Path "
            + path
            + " is not a saved BatchNormModel: its data has 4 rows of 2 features. Give the path that "
            + "BatchNormModel.save wrote.",
        path);

    for (String other : List.of("index - 1", "index + 1")) {
      model.write().overwrite().save(path);
      rewrite(data, session.read().parquet(data.toString()).withColumn("index", expr(other)));
      assertRefused(notAsSaved(path), path);
    }
    for (String column : List.of("features", "rows")) {
      model.write().overwrite().save(path);
      rewrite(
          data,
          session
              .read()
              .parquet(data.toString())
              .withColumn(
                  column, expr(column + " + index").cast(column.equals("rows") ? "long" : "int")));
      assertRefused(notAsSaved(path), path);
    }

    rewrite(data, session.read().parquet(data.toString()).limit(0));
    assertRefused(
        "Path "
            + path
            + " is not a saved BatchNormModel: its data is empty. Give the path that "
            + "BatchNormModel.save wrote.",
        path);

    rewrite(data, session.range(2).toDF("mean"));
    assertRefused(
        "Path "
            + path
            + " is not a saved BatchNormModel: its data has no column 'formatVersion' of type int. Give the path that "
            + "BatchNormModel.save wrote.",
        path);
  }

  private static String notAsSaved(String path) {
    return "Path "
        + path
        + " is not a saved BatchNormModel: its data has a row that differs from its checksum. Give "
        + "the path that BatchNormModel.save wrote.";
  }

  @Test
  void aNewerFormatVersionIsRefusedWhateverItsColumns() throws Exception {
    String path = directory.resolve("model").toString();
    fitted().save(path);
    rewrite(directory.resolve("model/data"), session.range(1).select(lit(99).as("formatVersion")));
    assertRefused(
        "The model at "
            + path
            + " has format version 99; this library reads versions up to 3. Update batchnorm-spark, "
            + "or save the model with an older one.",
        path);
  }

  private BatchNormModel fitted() {
    return new BatchNorm()
        .setInputCols("a", "b")
        .setOutputCol("out")
        .setHandleInvalid("keep")
        .fit(Frames.doubles(TABLE));
  }

  private BatchNormModel saveAndLoad(BatchNormModel model) throws IOException {
    String path = directory.resolve("saved").toString();
    model.write().overwrite().save(path);
    return BatchNormModel.load(path);
  }

  /** Every param that has a value, as the JSON that is saved of it. */
  private static Map<String, String> paramsOf(Params stage) {
    Map<String, String> values = new TreeMap<>();
    for (Param<?> param : stage.params()) {
      if (stage.isDefined(param)) {
        values.put(param.name(), encoded(stage, param));
      }
    }
    return values;
  }

  private static <T> String encoded(Params stage, Param<T> param) {
    return param.jsonEncode(stage.getOrDefault(param));
  }

  private void rewrite(Path data, Dataset<Row> rows) {
    List<Row> collected = rows.collectAsList();
    session
        .createDataFrame(collected, rows.schema())
        .write()
        .mode("overwrite")
        .parquet(data.toString());
  }

  private static void assertRefused(String text, String path) {
    assertEquals(
        text,
        assertThrows(IllegalArgumentException.class, () -> BatchNormModel.load(path)).getMessage());
  }
}
