package batchnorm.spark;

import static batchnorm.spark.SameFit.assertSameBitsOfTheRest;
import static batchnorm.spark.SameFit.assertSameSummaryOfTheRest;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import batchnorm.spark.model.ModelVersions;
import batchnorm.spark.testing.Frames;
import batchnorm.spark.testing.InterpretedExpressions;
import batchnorm.spark.testing.LogCapture;
import batchnorm.spark.testing.SharedSession;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Statistics of the newest part of a stream are those of a fit on its rows, to the last bit. */
@ExtendWith(InterpretedExpressions.class)
class StreamWindowTest {
  private static final long HOUR = 3_600_000;
  private static final StructType EVENTS =
      new StructType()
          .add("at", DataTypes.TimestampType)
          .add("a", DataTypes.DoubleType)
          .add("k", DataTypes.StringType)
          .add("w", DataTypes.DoubleType);

  private final SparkSession session = SharedSession.get();

  @TempDir Path directory;

  // ---- batches

  @ParameterizedTest
  @CsvSource({"1, false", "3, true"})
  void lastBatchesAreThoseOfAFitOnThem(int window, boolean areGrouped) throws Exception {
    BatchNorm stage = stage(areGrouped).setWeightCol("w");
    RunningBatchNorm running = running(stage).setWindow(window).setKeptVersions(2);
    List<Dataset<Row>> batches = new ArrayList<>();
    Random random = new Random(window);
    for (int batch = 0; batch < 4; batch++) {
      List<Row> rows = new ArrayList<>();
      for (int i = 0; i < 2 + batch; i++) {
        // The group of the number of the batch is gone with it.
        rows.add(event(0, random, i % 2 == 0 ? "x" : "of " + batch));
      }
      batches.add(events(rows));
      running.onBatch(batches.get(batch), batch);
      // Skipped batches do not count.
      running.onBatch(batches.get(batch).limit(0), 100 + batch);
      int from = Math.max(0, batch + 1 - window);
      assertWindow(stage, batches.subList(from, batch + 1));
    }
    // Versions stay as long as the window has parts of them.
    assertEquals(Math.max(2, window), versions().size());
  }

  @Test
  void batchesLeaveWhenTheyAreTooOld() throws Exception {
    BatchNorm stage = stage(false);
    Dataset<Row> first =
        events(List.of(event(0, new Random(1), "x"), event(0, new Random(2), "x")));
    Dataset<Row> second = events(List.of(event(0, new Random(3), "x")));
    Duration window = Duration.ofMinutes(10);
    at(0, stage, window).onBatch(first, 0);
    at(9, stage, window).onBatch(second, 1);
    assertWindow(stage, List.of(first, second));
    at(10, stage, window).onBatch(first, 2);
    assertWindow(stage, List.of(second, first));
    at(60, stage, window).onBatch(second, 3);
    assertWindow(stage, List.of(second));
    // The window may become longer; what has left is gone.
    at(61, stage, Duration.ofDays(1)).onBatch(second, 4);
    assertWindow(stage, List.of(second, second));
    running(stage).setWindow(1).onBatch(first, 5);
    assertWindow(stage, List.of(first));
  }

  @Test
  void aRepeatedBatchHasTheTimeOfItsFirstAttempt() throws Exception {
    ModelVersions versions = ModelVersions.in(models(), session);
    assertEquals(5, versions.timeOf("q", 0, 5));
    assertEquals(5, versions.timeOf("q", 0, 6));
    assertEquals(6, versions.timeOf("q", 1, 6));
    assertEquals(8, versions.timeOf("r", 1, 8));
    Files.writeString(directory.resolve("models/_batch.json"), "{\"queryId\": ");
    Files.deleteIfExists(directory.resolve("models/._batch.json.crc"));
    assertEquals(9, versions.timeOf("r", 1, 9));
    assertEquals(List.of("_batch.json"), names("", "_"));
  }

  // ---- event time

  @ParameterizedTest
  @CsvSource({"3, 1, false", "1, 1, true"})
  void eventsAreThoseOfTheLastWindow(int hours, int slide, boolean areGrouped) throws Exception {
    BatchNorm stage = stage(areGrouped).setWeightCol("w");
    RunningBatchNorm running =
        running(stage).setTimeCol("at").setWindow(Duration.ofHours(hours), Duration.ofHours(slide));
    Random random = new Random(7);
    List<Row> all = new ArrayList<>();
    long newest = Long.MIN_VALUE;
    for (int batch = 0; batch < 5; batch++) {
      List<Row> rows = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        // Times go ahead by 40 minutes a batch, and are up to four hours late.
        long time = batch * HOUR * 2 / 3 - (long) (random.nextDouble() * random.nextInt(5) * HOUR);
        newest = Math.max(newest, time);
        rows.add(event(time, random, i % 2 == 0 ? "x" : "y"));
      }
      all.addAll(rows);
      running.onBatch(events(rows), batch);
      long end = Math.floorDiv(newest, slide * HOUR) * slide * HOUR + slide * HOUR;
      long from = end - hours * HOUR;
      assertWindow(stage, List.of(events(all.stream().filter(row -> isFrom(from, row)).toList())));
    }
  }

  private static boolean isFrom(long time, Row row) {
    return row.getTimestamp(0).getTime() >= time;
  }

  @Test
  void rowsOutsideOfTheWindowAreLeftOut() throws Exception {
    BatchNorm stage = stage(false);
    RunningBatchNorm running =
        running(stage)
            .setTimeCol("at")
            .setWindow(Duration.ofHours(1))
            .setNormalized("after", this::ignore);
    Dataset<Row> rows =
        events(
            List.of(
                event(5 * HOUR, new Random(1), "x"),
                event(5 * HOUR - 1, new Random(2), "x"),
                RowFactory.create(null, 3.0, "x", 1.0)));
    try (LogCapture log = LogCapture.of("batchnorm.spark.BatchNorm")) {
      running.onBatch(rows, 0);
      assertEquals(
          "WARN 2 rows are left out of the window: their 'at' is null or before it",
          log.messages().get(0));
    }
    Dataset<Row> kept = rows.where(col("at").equalTo(new Timestamp(5 * HOUR)));
    assertWindow(stage, List.of(kept));
    running.onBatch(events(List.of(event(0, new Random(3), "x"))), 1);
    assertEquals(List.of("version=1"), versions());
  }

  private void ignore(Dataset<Row> batch, Long id) {
    batch.collect();
  }

  @ParameterizedTest
  @ValueSource(strings = {"timestamp_ntz", "date"})
  void timesOfOtherTypesAreThoseOfTheSession(String type) throws Exception {
    BatchNorm stage = stage(false);
    Dataset<Row> rows =
        events(List.of(event(30 * HOUR, new Random(1), "x"), event(90 * HOUR, new Random(2), "x")))
            .withColumn("at", col("at").cast(type));
    running(stage).setTimeCol("at").setWindow(Duration.ofHours(24)).onBatch(rows, 0);
    assertWindow(stage, List.of(rows.where(col("at").gt(lit("1970-01-03")))));
  }

  @Test
  void aStreamGoesOnWithItsWindow() throws Exception {
    Path input = Files.createDirectory(directory.resolve("input"));
    double[][][] tables = {{{1, 2}, {3, 4}}, {{5, 1e9}}, {{0.1, 7}, {4, 4}, {2, 2}}};
    BatchNorm stage = new BatchNorm().setInputCols("a", "b").setOutputCol("out");
    for (double[][] table : tables) {
      StreamRun.addFile(input, table);
      var query = running(stage).setWindow(2).start(StreamRun.stream(session, input, 1));
      query.processAllAvailable();
      query.stop();
    }
    assertSameBitsOfTheRest(
        stage.fit(Frames.doubles(tables[1]).union(Frames.doubles(tables[2]))),
        BatchNormModel.load(models()));
  }

  // ---- errors

  @Test
  void windowsThatCannotBeAreRefused() {
    RunningBatchNorm running = running(stage(false));
    assertRefused(
        "The window has 0 batches; expected 1 or more. Set the number of last batches that the "
            + "statistics are of.",
        () -> running.setWindow(0));
    assertRefused(
        "The window is PT0S; expected whole milliseconds, from 1 to 100 million days. Set such a "
            + "duration.",
        () -> running.setWindow(Duration.ZERO));
    assertRefused(
        "The window is PT2562047788015215H30M7S; expected whole milliseconds, from 1 to 100 million "
            + "days. Set such a duration.",
        () -> running.setWindow(Duration.ofSeconds(Long.MAX_VALUE)));
    assertRefused(
        "The slide of the window is PT0.0005S; expected whole milliseconds, from 1 to 100 million "
            + "days. Set such a duration.",
        () -> running.setWindow(Duration.ofHours(1), Duration.ofNanos(500_000)));
    assertRefused(
        "The window is null; expected a value. Give one.",
        () -> running.setWindow((Duration) null));
    assertRefused(
        "The window is PT1H and its slide PT7M; expected a multiple of the slide. Set one.",
        () -> running.setWindow(Duration.ofHours(1), Duration.ofMinutes(7)));
    assertRefused("timeCol is null; expected a value. Give one.", () -> running.setTimeCol(null));
  }

  @Test
  void windowsThatDoNotGoWithTheStageAreRefused() throws Exception {
    Dataset<Row> rows = events(List.of(event(0, new Random(1), "x"), event(0, new Random(2), "x")));
    String time =
        "timeCol is set and there is no window of time; expected one. Set a window with a duration, "
            + "or no timeCol.";
    assertRefused(time, () -> running(stage(false)).setTimeCol("at").onBatch(rows, 0));
    assertRefused(time, () -> running(stage(false)).setTimeCol("at").setWindow(2).onBatch(rows, 0));
    assertRefused(
        "The window has a slide and timeCol is not set; expected the column of the time. Set it, or "
            + "a window without a slide.",
        () ->
            running(stage(false))
                .setWindow(Duration.ofHours(2), Duration.ofHours(1))
                .onBatch(rows, 0));
    assertRefused(
        "Column 'k' has type string; expected a timestamp or a date, the time of each row. Cast it.",
        () ->
            running(stage(false)).setTimeCol("k").setWindow(Duration.ofHours(1)).onBatch(rows, 0));
    assertRefused(
        "A window is set and runningStatistics is 'cumulative'; windows go with 'pooled', from which "
            + "what leaves them is subtracted. Set it, or no window.",
        () ->
            running(stage(false).setRunningStatistics("cumulative")).setWindow(2).onBatch(rows, 0));
    BatchNormModel known = BatchNormModel.of(Vectors.dense(0), Vectors.dense(1)).setInputCols("a");
    assertRefused(
        "A window is set and initialModel, too; the rows of that model would never leave the window. "
            + "Clear one of them.",
        () -> running(stage(false).setInitialModel(known)).setWindow(2).onBatch(rows, 0));
    assertEquals(List.of(), versions());
  }

  @Test
  void aDirectoryIsOfOneKindOfWindow() throws Exception {
    Dataset<Row> rows = events(List.of(event(0, new Random(1), "x"), event(0, new Random(2), "x")));
    running(stage(false)).onBatch(rows, 0);
    String rest =
        "; expected the same, as other rows cannot leave. Set the window as before, or use another "
            + "directory.";
    assertRefused(
        "Model directory "
            + models()
            + " has versions of all rows, without a window, and the stream has one of batches"
            + rest,
        () -> running(stage(false)).setWindow(2).onBatch(rows, 1));
    String other = directory.resolve("other").toString();
    new RunningBatchNorm(stage(false), other)
        .setTimeCol("at")
        .setWindow(Duration.ofHours(1))
        .onBatch(rows, 0);
    assertRefused(
        "Model directory "
            + other
            + " has versions of a window of event time, PT1H and the stream has none"
            + rest,
        () -> new RunningBatchNorm(stage(false), other).onBatch(rows, 1));
  }

  private RunningBatchNorm at(int minutes, BatchNorm stage, Duration window) {
    Clock clock = Clock.fixed(Instant.ofEpochSecond(60L * minutes), ZoneOffset.UTC);
    return running(stage).setWindow(window).setClock(clock);
  }

  private static BatchNorm stage(boolean isGrouped) {
    BatchNorm stage = new BatchNorm().setInputCols("a").setOutputCol("out");
    return isGrouped ? stage.setGroupCols("k") : stage;
  }

  private static Row event(long time, Random random, String group) {
    return RowFactory.create(
        new Timestamp(time), random.nextGaussian() * 1e9, group, 1 + random.nextDouble());
  }

  private Dataset<Row> events(List<Row> rows) {
    return session.createDataFrame(rows, EVENTS);
  }

  private RunningBatchNorm running(BatchNorm stage) {
    return new RunningBatchNorm(stage, models());
  }

  private String models() {
    return directory.resolve("models").toString();
  }

  private void assertWindow(BatchNorm stage, List<Dataset<Row>> window) {
    Dataset<Row> rows = window.stream().reduce(Dataset::union).orElseThrow();
    BatchNormModel found = BatchNormModel.load(models());
    assertEquals(rows.count(), found.state().learned().moments().orElseThrow().rows());
    // A fit needs two rows; the statistics of one are those of its parts.
    BatchNormModel expected = stage.first(rows, MinimumRows.NONE).orElseThrow();
    assertSameBitsOfTheRest(expected, found);
    assertSameSummaryOfTheRest(expected.summary(), found.summary());
  }

  private List<String> versions() throws IOException {
    return names("", "version=");
  }

  private List<String> names(String folder, String prefix) throws IOException {
    Path models = directory.resolve("models").resolve(folder);
    if (!Files.exists(models)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(models)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.startsWith(prefix))
          .sorted()
          .toList();
    }
  }

  private static void assertRefused(String text, Executable call) {
    assertEquals(text, assertThrows(IllegalArgumentException.class, call).getMessage());
  }
}
