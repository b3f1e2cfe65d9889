package batchnorm.spark;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.expr;
import static org.junit.jupiter.api.Assertions.assertEquals;

import batchnorm.spark.testing.Frames;
import batchnorm.spark.testing.SharedSession;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Minimum and maximum of each feature are those of Spark's own aggregates, or null. */
class MinAndMaxTest {
  private static final SparkSession SESSION = SharedSession.get();
  private static final String[] COLUMNS = {"a", "f", "i", "l", "d", "s", "z"};

  /** The second feature is 0 in all rows, the third is missing in all but one. */
  private static final double[][] TABLE = {
    {3, 0, Double.NaN}, {-7.5, 0, Double.NaN}, {0, -0.0, 1e300}, {1e-310, 0, Double.NaN}
  };

  @TempDir static Path directory;

  private static Dataset<Row> valid;
  private static Dataset<Row> holed;

  @BeforeAll
  static void write() {
    Dataset<Row> rows =
        SESSION
            .range(0, 1000, 1, 3)
            .selectExpr(
                "id",
                "if(id = 500, -0.0D, (id - 500) * 3.5e305D) as a",
                "float(sin(id)) as f",
                "int(id * 7919 % 1001) - 700 as i",
                "9223372036854775807 - id * 4611686018427387 as l",
                "cast(id - 300.125 as decimal(20, 3)) as d",
                "smallint(3 + id % 13) as s",
                "0 as z",
                "id % 3 as g",
                "id % 4 / 2 as w");
    valid = stored("valid", rows);
    holed =
        stored(
            "holed",
            rows.withColumn("a", expr("if(id % 10 = 3, double('NaN'), a)"))
                .withColumn("a", expr("if(id in (0, 999), null, a)"))
                .withColumn("f", expr("if(id % 10 = 4, float('-Infinity'), f)"))
                .withColumn("i", expr("if(i = -700 or g = 1 and id < 500, null, i)"))
                .withColumn("l", expr("if(id < 10, null, l)")));
  }

  private static Dataset<Row> stored(String name, Dataset<Row> rows) {
    String path = directory.resolve(name).toString();
    rows.write().parquet(path);
    return SESSION.read().parquet(path);
  }

  static Stream<Arguments> tables() {
    return Stream.of(
        Arguments.of("error", stage(), valid, valid),
        Arguments.of("keep", stage().setHandleInvalid("keep"), holed, holed),
        Arguments.of("skip", stage().setHandleInvalid("skip"), holed, holed.where(isWhole())),
        Arguments.of("weights", stage().setWeightCol("w"), valid, valid.where("w > 0")));
  }

  private static BatchNorm stage() {
    return new BatchNorm().setInputCols(COLUMNS).setOutputCol("out");
  }

  private static Column isWhole() {
    return Arrays.stream(COLUMNS).map(MinAndMaxTest::isFinite).reduce(Column::and).orElseThrow();
  }

  private static Column isFinite(String column) {
    Column value = col(column).cast("double");
    return functions.abs(value).leq(Double.MAX_VALUE);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("tables")
  void columnsHaveThoseOfTheAggregatesHoweverTheyAreRead(
      String name, BatchNorm stage, Dataset<Row> rows, Dataset<Row> counted) throws IOException {
    BatchNormModel model = stage.fit(rows);
    assertEquals(aggregated(counted), ranges(model.summary()));
    assertEquals(aggregated(counted), ranges(loaded(model, name).summary()));
    SameFit.assertSameBitsOfEverySource(stage, rows, model);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("tables")
  void eachGroupHasThoseOfItsRows(
      String name, BatchNorm stage, Dataset<Row> rows, Dataset<Row> counted) throws IOException {
    BatchNormModel model = stage.setGroupCols("g").fit(rows);
    BatchNormModel loaded = loaded(model, name + "-groups");
    for (int g = 0; g < 3; g++) {
      String group = "g = " + g;
      assertEquals(aggregated(counted.where(group)), ranges(model.summary().where(group)));
      assertEquals(aggregated(counted.where(group)), ranges(loaded.summary().where(group)));
    }
    assertEquals(aggregated(counted), ranges(model.summaryOfAllRows()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"dense", "sparse", "arrays"})
  void vectorsHaveThoseOfTheirElements(String form) throws IOException {
    Dataset<Row> rows =
        switch (form) {
          case "dense" -> Frames.dense(TABLE);
          case "sparse" -> Frames.sparse(TABLE);
          default -> Frames.doubleArrays(TABLE);
        };
    BatchNormModel model =
        new BatchNorm().setInputCol("v").setOutputCol("o").setHandleInvalid("keep").fit(rows);
    String expected = "{v_0=[-7.5, 3.0], v_1=[0.0, 0.0], v_2=[1.0E300, 1.0E300]}";
    assertEquals(expected, ranges(model.summary()).toString());
    assertEquals(expected, ranges(loaded(model, form).summary()).toString());
  }

  @Test
  void modelsOfPartsHaveThoseOfAllRows() {
    Dataset<Row> first = valid.where("id < 400");
    Dataset<Row> second = valid.where("id >= 400");
    TreeMap<String, List<Double>> all = aggregated(valid);
    assertEquals(all, ranges(stage().fit(first).merge(stage().fit(second)).summary()));
    for (String statistics : List.of("pooled", "exponential", "cumulative")) {
      BatchNorm stage = stage().setRunningStatistics(statistics);
      assertEquals(all, ranges(stage.fit(first).update(second).summary()), statistics);
    }
  }

  /** The rows that remain may have others; only a feature that is 0 has no other. */
  @Tag("anySpark")
  @Test
  void theyCannotBeTakenOut() throws IOException {
    TreeMap<String, List<Double>> unknown = new TreeMap<>();
    Arrays.stream(COLUMNS).forEach(name -> unknown.put(name, null));
    unknown.put("z", List.of(0.0, 0.0));
    BatchNorm stage = stage().setGroupCols("g");
    BatchNormModel part = stage.fit(valid.where("id < 400 and g = 1"));
    BatchNormModel rest = stage.fit(valid).subtract(part);
    assertEquals(unknown, ranges(rest.summaryOfAllRows()));
    assertEquals(unknown, ranges(rest.summary().where("g = 1")));
    BatchNormModel loaded = loaded(rest, "rest");
    assertEquals(unknown, ranges(loaded.summary().where("g = 1")));
    assertEquals(unknown, ranges(loaded.update(valid).summaryOfAllRows()));
    assertEquals(unknown, ranges(part.merge(loaded).summary().where("g = 1")));
    // Nothing was taken out of the other groups.
    assertEquals(aggregated(valid.where("g = 2")), ranges(loaded.summary().where("g = 2")));
  }

  @Test
  void theyAreUnknownOfGivenStatisticsAndOlderModels() {
    BatchNormModel given = BatchNormModel.of(Vectors.dense(1, 0), Vectors.dense(1, 0));
    assertEquals(List.of(), known(given));
    for (String format : List.of("1", "2", "3-exponential", "3-cumulative", "3-groups")) {
      String path = "src/test/resources/fixtures/model-format-" + format;
      assertEquals(List.of(), known(BatchNormModel.load(path)), format);
    }
  }

  private static List<String> known(BatchNormModel model) {
    return model
        .summary()
        .where("min is not null or max is not null")
        .select("name")
        .collectAsList()
        .stream()
        .map(row -> row.getString(0))
        .toList();
  }

  @Test
  void aWindowKnowsThemUntilRowsLeaveIt() throws Exception {
    String path = directory.resolve("window").toString();
    RunningBatchNorm running = new RunningBatchNorm(stage(), path).setWindow(2);
    List<Dataset<Row>> batches =
        IntStream.range(0, 3).mapToObj(n -> valid.where("id % 3 = " + n)).toList();
    running.onBatch(batches.get(0), 0);
    running.onBatch(batches.get(1), 1);
    assertEquals(
        aggregated(batches.get(0).union(batches.get(1))),
        ranges(BatchNormModel.load(path).summary()));
    running.onBatch(batches.get(2), 2);
    assertEquals(List.of("z"), known(BatchNormModel.load(path)));
  }

  @Test
  void aFollowedTableKnowsThemUntilFilesLeaveIt() throws IOException {
    String table = directory.resolve("table").toString();
    String models = directory.resolve("models").toString();
    valid.where("id < 400").coalesce(1).write().parquet(table);
    Path first = parquetFile(table);
    assertEquals(
        aggregated(valid.where("id < 400")),
        ranges(stage().fitIncrementally(table, models).summary()));
    valid.where("id >= 400").coalesce(1).write().mode("append").parquet(table);
    assertEquals(aggregated(valid), ranges(stage().fitIncrementally(table, models).summary()));
    Files.delete(first);
    assertEquals(List.of("z"), known(stage().fitIncrementally(table, models)));
  }

  private static Path parquetFile(String table) throws IOException {
    try (Stream<Path> files = Files.list(Path.of(table))) {
      return files.filter(file -> file.toString().endsWith(".parquet")).findFirst().orElseThrow();
    }
  }

  private static BatchNormModel loaded(BatchNormModel model, String name) throws IOException {
    String path = directory.resolve("model-" + name).toString();
    model.save(path);
    return BatchNormModel.load(path);
  }

  /** Returns minimum and maximum of the finite values of each column, by Spark SQL. */
  private static TreeMap<String, List<Double>> aggregated(Dataset<Row> rows) {
    Column[] extremes =
        Arrays.stream(COLUMNS)
            .map(name -> functions.when(isFinite(name), col(name).cast("double")))
            .flatMap(value -> Stream.of(functions.min(value), functions.max(value)))
            .toArray(Column[]::new);
    Row found = rows.agg(functions.count("*"), extremes).first();
    TreeMap<String, List<Double>> ranges = new TreeMap<>();
    for (int i = 0; i < COLUMNS.length; i++) {
      ranges.put(COLUMNS[i], range(found, 2 * i + 1));
    }
    return ranges;
  }

  private static TreeMap<String, List<Double>> ranges(Dataset<Row> summary) {
    TreeMap<String, List<Double>> ranges = new TreeMap<>();
    for (Row row : summary.select("name", "min", "max").collectAsList()) {
      ranges.put(row.getString(0), range(row, 1));
    }
    return ranges;
  }

  /** Returns two cells of a row; null if both are. Spark has a zero of either sign. */
  private static List<Double> range(Row row, int at) {
    if (row.isNullAt(at) && row.isNullAt(at + 1)) {
      return null;
    }
    return List.of(row.getDouble(at), row.getDouble(at + 1));
  }
}
