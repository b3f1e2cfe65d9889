package batchnorm.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import batchnorm.spark.testing.Frames;
import batchnorm.spark.testing.InterpretedExpressions;
import batchnorm.spark.testing.SharedSession;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.apache.commons.io.FileUtils;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A damaged model loads as what was saved, or not at all, with an error that names its path. */
@ExtendWith(InterpretedExpressions.class)
class DamagedModelTest {
  private static final SparkSession SESSION = SharedSession.get();
  private static final String FIXTURES = "src/test/resources/fixtures/";

  @TempDir static Path directory;

  /** The models that are damaged, and others of the same shape. */
  private static final Map<String, String> MODELS = new LinkedHashMap<>();

  private static int copies;

  @BeforeAll
  static void saveOneOfEachKind() throws IOException {
    save("pooled", stage().fit(frame(1)));
    save("other pooled", stage().fit(frame(2)));
    save("cumulative", stage().setRunningStatistics("cumulative").fit(frame(1)));
    save("exponential", stage().setRunningStatistics("exponential").fit(frame(1)));
    save("known", BatchNormModel.of(Vectors.dense(1, 2), Vectors.dense(3, 4)).setInputCol("v"));
    save("groups", stage().setGroupCols("k").fit(frame(1)));
    save("other groups", stage().setGroupCols("k").fit(frame(2)));
    save("format 1", BatchNormModel.load(FIXTURES + "model-format-1"));
  }

  private static BatchNorm stage() {
    return new BatchNorm().setInputCols("a", "b").setOutputCol("out").setEps(0.25);
  }

  private static Dataset<Row> frame(int factor) {
    return Frames.doubles(new double[][] {{1, 0.1}, {3, 0.2}, {5, 0.4}, {8, 0.7}, {2, 9}})
        .withColumn("a", functions.col("a").multiply(factor))
        .withColumn("k", functions.expr("if(b < 0.3, 'x', 'y')"));
  }

  private static void save(String name, BatchNormModel model) throws IOException {
    String path = directory.resolve(name).toString();
    model.save(path);
    MODELS.put(name, path);
  }

  @ParameterizedTest
  @CsvSource({
    "pooled, data, other pooled, its data has other rows than were saved",
    "groups, data, other groups, its data has other rows than were saved",
    "groups, groups, other groups, its groups have other rows than were saved",
    "other pooled, metadata, pooled, its data has other rows than were saved",
    "pooled, groups, groups, its metadata has no checksum of its groups"
  })
  void partsOfAnotherModelOfTheSameShapeAreRefused(
      String name, String part, String other, String found) throws IOException {
    Path copy = copy(MODELS.get(name));
    FileUtils.deleteDirectory(copy.resolve(part).toFile());
    FileUtils.copyDirectory(Path.of(MODELS.get(other), part).toFile(), copy.resolve(part).toFile());
    assertRefused(found, copy);
  }

  @ParameterizedTest
  @CsvSource({
    "pooled, data, false, its data has a row that differs from its checksum",
    "cumulative, data, false, its data has a row that differs from its checksum",
    "groups, groups, false, its groups have a row that differs from its checksum",
    "pooled, data, true, mean and variance of feature 0 in its data are not those of its sums",
    "groups, groups, true, mean and variance of feature 0 in its groups are not those of its sums"
  })
  void sumsThatAreSetTo0AreRefused(String name, String part, boolean old, String found)
      throws IOException {
    Path copy = copy(MODELS.get(name));
    if (old) {
      removeChecksums(copy);
    }
    String zero = "named_struct('significand', X'00', 'exponent', 0)";
    rewrite(
        copy.resolve(part),
        rows ->
            part.equals("groups")
                ? rows.withColumn("sum", functions.expr("array(" + zero + ", sum[1])"))
                : rows.withColumn("sum", functions.expr("if(index = 0, " + zero + ", sum)")));
    assertRefused(found, copy);
  }

  /** Checksums detect the same in models that have them. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "pooled | data | min = max + 1",
        "pooled | data | min = mean + 1e-9",
        "pooled | data | max = mean - 1e-9",
        "pooled | data | min = double('NaN')",
        "pooled | data | max = double('inf')",
        "pooled | data | max = cast(null as double)",
        "cumulative | data | min = max + 1",
        "groups | groups | min = array(max[0] + 1, min[1])",
        "groups | groups | max = array(mean[0] - 1e-9, max[1])",
        "groups | groups | max = array(double('NaN'), max[1])",
        "groups | groups | min = array(double('-inf'), min[1])",
        "groups | groups | min = cast(null as array<double>)"
      })
  void extremesThatAreNotOfTheValuesAreRefused(String name, String part, String damage)
      throws IOException {
    String[] change = damage.split(" = ", 2);
    for (boolean old : new boolean[] {true, false}) {
      Path copy = copy(MODELS.get(name));
      if (old) {
        removeChecksums(copy);
      }
      rewrite(copy.resolve(part), rows -> rows.withColumn(change[0], functions.expr(change[1])));
      assertRefused(
          old
              ? "minimum and maximum of feature 0 in its " + part + " are not those of its values"
              : " a row that differs from its checksum",
          copy);
    }
  }

  @Test
  void extremesWithoutTheOtherOnesAreRefused() throws IOException {
    for (String part : List.of("data", "groups")) {
      Path copy = copy(MODELS.get("groups"));
      removeChecksums(copy);
      rewrite(copy.resolve(part), rows -> rows.drop("max"));
      assertRefused("no column 'max' of type ", copy);
    }
  }

  @ParameterizedTest
  @CsvSource({"pooled, data", "known, data", "format 1, data", "groups, groups"})
  void rowsThatAreDoubledOrMissingAreRefused(String name, String part) throws IOException {
    Path doubled = copy(MODELS.get(name));
    rewrite(doubled.resolve(part), rows -> rows.union(rows.limit(1)));
    assertRefused("", doubled);
    Path missing = copy(MODELS.get(name));
    rewrite(missing.resolve(part), rows -> rows.limit(1));
    assertRefused("", missing);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "rows.union(rows) | its data has 4 rows of 2 features",
        "count = double('NaN') | its data has numbers of feature 0 that cannot be",
        "count = -1D | its data has numbers of feature 0 that cannot be",
        "missing = double('inf') | its data has numbers of feature 0 that cannot be",
        "mean = double('inf') | its data has numbers of feature 0 that cannot be",
        "m2 = -1D | its data has numbers of feature 0 that cannot be",
        "mean = cast(null as double) | its data has a null in 'mean'",
        "rows = cast(null as double) | its data has rows that do not belong together",
        "rows = rows + index | its data has rows that do not belong together",
        "index = 0 | its data has rows that do not belong together",
        "features = 3 | its data has 2 rows of 3 features",
        "formatVersion = 0 | its data has the format version 0",
        "formatVersion = cast(null as int) | its data has the format version 0",
        "count = 'x' | its data has no column 'count' of type double"
      })
  void oldModelsOfImpossibleNumbersAreRefused(String damage, String found) throws IOException {
    Path copy = copy(FIXTURES + "model-format-1");
    String[] parts = damage.split(" = ", 2);
    rewrite(
        copy.resolve("data"),
        rows ->
            parts.length == 1
                ? rows.union(rows)
                : rows.withColumn(parts[0], functions.expr(parts[1])));
    assertRefused(found, copy);
  }

  /** Checksums detect the same in models that have them. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "pooled | rows = rows + index",
        "pooled | rows = if(index = 1, rows, cast(null as bigint))",
        "pooled | notANumber = -1L",
        "pooled | infinite = cast(null as bigint)",
        "pooled | squares = if(index = 0, squares, null)",
        "pooled | sum = named_struct('significand', sum.significand, 'exponent', 1000000)",
        "pooled | index = index - 1",
        "pooled | index = index + 1",
        "pooled | features = features + index",
        "pooled | formatVersion = if(index = 0, 2, 3)",
        "known | rows = 3L",
        "known | notANumber = 0L",
        "cumulative | batches = -1L",
        "cumulative | batches = batches + index",
        "cumulative | runningMean = double('NaN')",
        "cumulative | runningVariance = -1D",
        "cumulative | batchVariances = if(index = 0, batchVariances, null)"
      })
  void rowsThatDoNotBelongTogetherAreRefused(String name, String damage) throws IOException {
    Path copy = copy(MODELS.get(name));
    removeChecksums(copy);
    String[] change = damage.split(" = ", 2);
    rewrite(copy.resolve("data"), rows -> rows.withColumn(change[0], functions.expr(change[1])));
    assertRefused("its data has rows that do not belong together", copy);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"eps\":0.25 | \"eps\":0.75 | its metadata differs from its checksum",
        "batchNorm_ | batchNorn_ | its metadata differs from its checksum",
        "\"checksums\" | \"checksumz\" | its metadata has no checksum of its data",
        "\"data\": | \"date\": | its metadata has no checksum of its data",
        "\"paramMap\" | \"paramMop\" | its metadata has no paramMap"
      })
  void metadataThatWasChangedIsRefused(String before, String after, String found)
      throws IOException {
    Path copy = copy(MODELS.get("pooled"));
    changeMetadata(copy, text -> text.replaceFirst(before, after));
    assertRefused(found, copy);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"eps\":0.25 | \"eps\":\"x\" | its metadata has the parameter eps = \"x\"",
        "\"eps\":0.25 | \"epz\":0.25 | its metadata has the unknown parameter 'epz'",
        "\"eps\":0.25 | \"eps\":-1.0 | eps is -1.0; expected a finite number",
        "\"uid\":\"[^\"]*\" | \"uid\":7 | its metadata has no uid",
        "\"class\":\"[^\"]*\" | \"class\":null | its metadata has no class",
        "\"sparkVersion\":\"[^\"]*\" | \"sparkVersion\":4 | its metadata has no sparkVersion",
        "\"timestamp\":[0-9]+ | \"timestamp\":\"x\" | its metadata has no timestamp",
        "\"paramMap\":\\{ | \"paramMop\":{ | its metadata has no paramMap",
        "\"defaultParamMap\":\\{ | \"defaultParam\":{ | its metadata has no defaultParamMap",
        "^\\{ | {{ | its metadata is not JSON",
        "BatchNormModel | BatchNormModal | it holds a batchnorm.spark.BatchNormModal"
      })
  void metadataOfAnOldModelNamesWhatIsWrong(String before, String after, String found)
      throws IOException {
    Path copy = copy(MODELS.get("pooled"));
    removeChecksums(copy);
    assertEquals(0.25, BatchNormModel.load(copy.toString()).getEps());
    changeMetadata(copy, text -> text.replaceFirst(before, after));
    assertRefused(found, copy);
  }

  @Test
  void partsWithoutFilesAreRefused() throws IOException {
    for (String part : List.of("metadata", "data", "groups")) {
      Path copy = copy(MODELS.get("groups"));
      FileUtils.cleanDirectory(copy.resolve(part).toFile());
      assertRefused(part.equals("data") ? "its folder 'data' has no files" : "", copy);
      Files.createFile(copy.resolve(part).resolve("part-00000.snappy.parquet"));
      assertRefused("", copy);
      FileUtils.deleteDirectory(copy.resolve(part).toFile());
      assertRefused("it has no folder '" + part + "'", copy);
    }
  }

  private static boolean isData(Path file) {
    String name = file.getFileName().toString();
    return !name.startsWith(".") && !name.startsWith("_");
  }

  private static void changeMetadata(Path model, UnaryOperator<String> change) throws IOException {
    Path file;
    try (Stream<Path> files = Files.list(model.resolve("metadata"))) {
      file = files.filter(DamagedModelTest::isData).findFirst().orElseThrow();
    }
    Files.deleteIfExists(file.resolveSibling("." + file.getFileName() + ".crc"));
    Files.writeString(file, change.apply(Files.readString(file)));
  }

  /** Makes a model one of an older version of the library. */
  private static void removeChecksums(Path model) throws IOException {
    changeMetadata(model, text -> text.replaceFirst(",\"checksums\":\\{[^}]*\\}", ""));
    for (String part : List.of("data", "groups")) {
      if (Files.exists(model.resolve(part))) {
        rewrite(model.resolve(part), rows -> rows.drop("checksum"));
      }
    }
  }

  private static void rewrite(Path part, UnaryOperator<Dataset<Row>> change) throws IOException {
    Dataset<Row> read = SESSION.read().parquet(part.toString());
    List<Row> rows = change.apply(read).collectAsList();
    SESSION
        .createDataFrame(rows, change.apply(read).schema())
        .coalesce(1)
        .write()
        .mode("overwrite")
        .parquet(part.toString());
  }

  private static Path copy(String model) throws IOException {
    Path copy = directory.resolve("copy-" + copies++);
    FileUtils.copyDirectory(Path.of(model).toFile(), copy.toFile());
    return copy;
  }

  private static void assertRefused(String found, Path model) {
    String text =
        assertThrows(IllegalArgumentException.class, () -> BatchNormModel.load(model.toString()))
            .getMessage();
    assertTrue(text.contains(model.toString()) && text.contains(found), text);
  }
}
