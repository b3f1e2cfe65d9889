package batchnorm.spark;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.rand;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import batchnorm.spark.testing.ForcedSource;
import batchnorm.spark.testing.Frames;
import batchnorm.spark.testing.LogCapture;
import batchnorm.spark.testing.SharedSession;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.apache.spark.ml.feature.VectorAssembler;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerEvent;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Observation;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.execution.ui.SparkListenerSQLExecutionStart;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Whichever way the data is stored and read, the statistics are the same to the last bit. */
class PathsTest {
  private static final SparkSession SESSION = SharedSession.get();
  private static final String[] NUMBERS = {
    "double", "float", "int", "long", "short", "byte", "boolean", "decimal", "partition"
  };
  private static final int WIDE = 130;

  @TempDir static Path directory;

  private static Dataset<Row> rows;
  private static Dataset<Row> wideRows;

  private enum Store {
    PARQUET,
    PARQUET_WITHOUT_DICTIONARY,
    ORC,
    CACHED,
    FILTERED
  }

  @BeforeAll
  static void writeTheSameRowsInEveryForm() {
    rows =
        SESSION
            .range(0, 5000, 1, 3)
            .select(
                Frames.numbersOfEveryTypeAnd(
                    lit(4.5).as("constant"),
                    col("id").mod(4).as("weight"),
                    col("id").mod(3).cast("double").as("fraction"),
                    col("id").mod(3).cast("int").as("partition")))
            .localCheckpoint();
    wideRows =
        SESSION
            .range(0, 3000, 1, 2)
            .select(Arrays.stream(wideNames()).map(name -> rand(5).as(name)).toArray(Column[]::new))
            .localCheckpoint();
    rows.write().partitionBy("partition").parquet(path("parquet"));
    rows.write()
        .option("parquet.enable.dictionary", "false")
        .partitionBy("partition")
        .parquet(path("plain"));
    rows.write().partitionBy("partition").orc(path("orc"));
    wideRows.write().parquet(path("wide"));
  }

  @AfterAll
  static void forget() {
    SESSION.catalog().clearCache();
  }

  static Stream<Arguments> cases() {
    return Stream.of(Store.values())
        .flatMap(
            store ->
                Stream.of("keep", "skip")
                    .flatMap(
                        handling ->
                            Stream.of("", "weight", "fraction")
                                .map(weight -> Arguments.of(store, handling, weight))));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void statisticsOfNumbersAreTheSameBits(Store store, String handling, String weight) {
    String[] columns = Arrays.copyOf(NUMBERS, store == Store.CACHED ? 7 : NUMBERS.length);
    BatchNorm stage =
        new BatchNorm().setInputCols(columns).setOutputCol("out").setHandleInvalid(handling);
    if (!weight.isEmpty()) {
      stage.setWeightCol(weight);
    }
    BatchNormModel expected = stage.fit(rows);
    BatchNormModel found = stage.fit(stored(store));
    assertEquals("ROWS", SameFit.path(expected));
    assertEquals(store == Store.FILTERED ? "ROWS" : "COLUMNS", SameFit.path(found));
    SameFit.assertSameBits(expected, found);
    if (store == Store.PARQUET) {
      SameFit.assertSameBitsOfEverySource(stage, stored(store), expected);
    }
  }

  @Test
  void statisticsOfVectorsAndArraysAreTheSameBits() {
    Dataset<Row> vectors =
        new VectorAssembler()
            .setInputCols(new String[] {"short", "byte", "fraction"})
            .setOutputCol("vector")
            .transform(rows)
            .withColumn("doubles", array(col("double"), col("constant")))
            .withColumn("floats", array(col("float"), col("short").cast("float")))
            .select("vector", "doubles", "floats", "fraction");
    vectors.write().parquet(path("vectors"));
    for (String column : List.of("vector", "doubles", "floats")) {
      BatchNorm stage =
          new BatchNorm()
              .setInputCol(column)
              .setOutputCol("out")
              .setWeightCol("fraction")
              .setHandleInvalid("keep");
      BatchNormModel expected = stage.fit(vectors);
      BatchNormModel found = stage.fit(SESSION.read().parquet(path("vectors")));
      assertEquals("COLUMNS", SameFit.path(found));
      SameFit.assertSameBits(expected, found);
    }
  }

  @Test
  void wideTablesAreReadInColumnsAndTheSessionStaysAsItWas() {
    BatchNorm stage = new BatchNorm().setInputCols(wideNames()).setOutputCol("out");
    BatchNormModel expected = stage.fit(wideRows);
    String before = SESSION.conf().get("spark.sql.codegen.maxFields");
    Dataset<Row> cached = wideRows.select("*").persist();
    for (Dataset<Row> frame : List.of(SESSION.read().parquet(path("wide")), cached)) {
      BatchNormModel found = stage.fit(frame);
      assertEquals("COLUMNS", SameFit.path(found));
      SameFit.assertSameBits(expected, found);
    }
    BatchNorm ofTwo = new BatchNorm().setInputCols("c0", "c129");
    assertEquals("COLUMNS", SameFit.path(ofTwo.fit(cached)), "two columns of a wide cache");
    cached.unpersist();
    assertEquals(before, SESSION.conf().get("spark.sql.codegen.maxFields"));
    assertEquals("100", before);
  }

  @Test
  void columnsInAnotherOrderAndUnderOtherNamesAreStillColumns() {
    Dataset<Row> renamed =
        SESSION.read().parquet(path("parquet")).select(col("short").as("b"), col("double").as("a"));
    BatchNorm stage = new BatchNorm().setInputCols("a", "b").setHandleInvalid("keep");
    BatchNormModel found = stage.fit(renamed);
    assertEquals("COLUMNS", SameFit.path(found));
    SameFit.assertSameBits(
        stage.fit(rows.select(col("short").as("b"), col("double").as("a"))), found);
  }

  @Test
  void faultsAreTheSameOnBothPaths() {
    BatchNorm stage = new BatchNorm().setInputCols("double", "int").setWeightCol("w");
    Dataset<Row> wrong = rows.withColumn("w", col("short").minus(1));
    wrong.write().parquet(path("wrong"));
    assertEquals(
        SameFit.message(stage, wrong),
        SameFit.message(stage, SESSION.read().parquet(path("wrong"))));
    stage.clear(stage.weightCol());
    assertEquals(
        SameFit.message(stage, wrong),
        SameFit.message(stage, SESSION.read().parquet(path("wrong"))));
  }

  @Test
  void thePathIsSaidInTheLogAndInTheModel() {
    BatchNorm stage = new BatchNorm().setInputCols("short", "byte");
    try (LogCapture log = LogCapture.of("batchnorm.spark.BatchNorm")) {
      String columns = summary(stage.fit(SESSION.read().parquet(path("parquet"))));
      String filtered = summary(stage.fit(stored(Store.FILTERED)));
      String computed = summary(stage.fit(rows.withColumn("short", col("short").plus(1))));
      assertEquals("fitted on columns: columns of 'Scan parquet'", columns);
      assertEquals("fitted on rows: 'Filter' gives rows", filtered);
      assertEquals("fitted on rows: the query computes columns", computed);
      assertEquals(
          List.of("INFO " + columns, "INFO " + filtered, "INFO " + computed), log.messages());
    }
  }

  /** Metrics of a query come when listeners are told that it has ended. */
  @ParameterizedTest
  @CsvSource({"rows, ''", "public, ''", "rows, byte", "public, byte"})
  void metricsThatAreObservedInTheDataAreTold(String source, String group) {
    Observation observation = new Observation();
    Dataset<Row> observed =
        SESSION
            .read()
            .parquet(path("parquet"))
            .observe(observation, count(lit(1)).as("rows"), max("short").as("greatest"));
    BatchNorm stage = new BatchNorm().setInputCols("short", "long").setHandleInvalid("keep");
    if (!group.isEmpty()) {
      stage.setGroupCols(group);
    }
    ForcedSource.with(SESSION, source, () -> stage.fit(observed));
    // Where nobody tells them the wait has no end.
    Map<String, Object> metrics =
        assertTimeoutPreemptively(Duration.ofSeconds(30), () -> observation.getAsJava());
    assertEquals(Map.of("rows", 5000L, "greatest", (short) 10), metrics);
  }

  @Test
  void aFitIsAQueryOfTheSqlTab() throws TimeoutException {
    List<String> started = new CopyOnWriteArrayList<>();
    SparkListener listener =
        new SparkListener() {
          @Override
          public void onOtherEvent(SparkListenerEvent event) {
            if (event instanceof SparkListenerSQLExecutionStart start) {
              started.add(start.description());
            }
          }
        };
    SESSION.sparkContext().addSparkListener(listener);
    try {
      new BatchNorm().setInputCols("short").fit(SESSION.read().parquet(path("parquet")));
      new BatchNorm().setInputCols("short").fit(rows);
      SESSION.sparkContext().listenerBus().waitUntilEmpty();
    } finally {
      SESSION.sparkContext().removeSparkListener(listener);
    }
    String description = "BatchNorm fit: mean and variance of column short";
    assertEquals(List.of(description, description), started);
  }

  private static Dataset<Row> stored(Store store) {
    return switch (store) {
      case PARQUET -> SESSION.read().parquet(path("parquet"));
      case PARQUET_WITHOUT_DICTIONARY -> SESSION.read().parquet(path("plain"));
      case ORC -> SESSION.read().orc(path("orc"));
      case CACHED -> rows.drop("decimal").persist();
      case FILTERED -> SESSION.read().parquet(path("parquet")).filter(col("short").geq(0));
    };
  }

  private static String summary(BatchNormModel model) {
    return model.fitSummary().orElseThrow().toString();
  }

  private static String path(String name) {
    return directory.resolve(name).toString();
  }

  private static String[] wideNames() {
    String[] names = new String[WIDE];
    Arrays.setAll(names, j -> "c" + j);
    return names;
  }
}
