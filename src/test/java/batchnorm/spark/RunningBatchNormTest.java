package batchnorm.spark;

import static batchnorm.spark.SameFit.assertSameBits;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import batchnorm.spark.testing.Frames;
import batchnorm.spark.testing.InterpretedExpressions;
import batchnorm.spark.testing.LogCapture;
import batchnorm.spark.testing.SharedSession;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.FilterFunction;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.streaming.StreamingQuery;
import org.apache.spark.sql.streaming.StreamingQueryException;
import org.apache.spark.sql.streaming.Trigger;
import org.apache.spark.storage.StorageLevel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Statistics that are learned from a stream, a version of the model after every micro-batch. */
@ExtendWith(InterpretedExpressions.class)
class RunningBatchNormTest {
  private static final double[][] FIRST = {{1, 10}, {2, 11}, {6, 12}};
  private static final double[][] SECOND = {{0, 1}, {4, 3}};
  private static final double[][] THIRD = {{1e9, 1}, {0.1, 1e-9}, {3, 7}, {0.7, 0.3}};
  private static final double[][] ALL = {
    {1, 10}, {2, 11}, {6, 12}, {0, 1}, {4, 3}, {1e9, 1}, {0.1, 1e-9}, {3, 7}, {0.7, 0.3}
  };
  private static final double[][] ONE_ROW = {{5, 8}};

  private final SparkSession session = SharedSession.get();
  private final Map<Long, List<Row>> normalized = new TreeMap<>();

  @TempDir Path directory;

  // ---- streams

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void whateverTheBatchesTheNewestVersionIsTheFitOfAllFiles(int filesPerBatch) throws Exception {
    Dataset<Row> stream = stream(filesPerBatch, FIRST, SECOND, THIRD);
    process(running(stage()).start(stream));
    assertSameBits(stage().fit(Frames.doubles(ALL)), newest());
    assertEquals(filesPerBatch == 1 ? 3 : filesPerBatch == 2 ? 2 : 1, versions().size());
    assertEquals("version=1", versions().get(0));
  }

  @Test
  void queryThatIsStartedAgainGoesOnWhereItStopped() throws Exception {
    RunningBatchNorm running = running(stage());
    process(running.start(stream(1, FIRST, SECOND)));
    assertEquals(5, newest().count());
    process(running(stage()).start(stream(1)));
    assertEquals(List.of("version=1", "version=2"), versions());
    process(running(stage()).start(stream(1, THIRD)));
    assertSameBits(stage().fit(Frames.doubles(ALL)), newest());
    assertEquals(List.of("version=1", "version=2", "version=3"), versions());
  }

  @Test
  void queryWithANewCheckpointIsANewOneAndCounts() throws Exception {
    Dataset<Row> stream = stream(1, FIRST, SECOND);
    for (String checkpoint : List.of("one", "other", "one")) {
      process(
          running(stage())
              .start(
                  stream
                      .writeStream()
                      .option("checkpointLocation", directory.resolve(checkpoint).toString())
                      .trigger(Trigger.AvailableNow())
                      .queryName("learning")));
    }
    assertEquals(10, newest().count());
    assertEquals(4, versions().size());
  }

  @Test
  void isAFunctionOfAMicroBatch() throws Exception {
    process(
        stream(1, FIRST, SECOND)
            .writeStream()
            .foreachBatch(running(stage()))
            .option("checkpointLocation", directory.resolve("checkpoint").toString())
            .start());
    assertEquals(5, newest().count());
  }

  @Test
  void normalizedStreamGoesOut() throws Exception {
    RunningBatchNorm running = running(stage()).setNormalized("before", this::keep);
    process(running.start(stream(1, FIRST, SECOND)));
    BatchNormModel first = BatchNormModel.load(models() + "/version=1");
    assertEquals(rows(fresh().transform(Frames.doubles(FIRST))), normalized.get(0L));
    assertEquals(rows(first.transform(Frames.doubles(SECOND))), normalized.get(1L));
  }

  @Test
  void whatIsWrongWithABatchStopsTheQuery() throws Exception {
    Dataset<Row> stream = stream(1, FIRST, new double[][] {{1, Double.NaN}});
    StreamingQuery query = running(stage()).start(stream);
    StreamingQueryException error =
        assertThrows(StreamingQueryException.class, query::processAllAvailable);
    assertTrue(
        error.getMessage().contains("Column 'b' has 1 missing (null or NaN) and 0 infinite values"),
        error.getMessage());
    assertEquals(List.of("version=1"), versions());
  }

  // ---- batches

  @ParameterizedTest
  @ValueSource(strings = {"exponential", "cumulative"})
  void runningStatisticsAreThoseOfTheSequenceOfUpdates(String mode) throws Exception {
    BatchNorm stage = stage().setRunningStatistics(mode);
    RunningBatchNorm running = running(stage);
    running.onBatch(Frames.doubles(FIRST), 0);
    running.onBatch(Frames.doubles(SECOND), 1);
    running.onBatch(Frames.doubles(THIRD), 2);
    BatchNormModel expected =
        stage
            .fit(Frames.doubles(FIRST))
            .update(Frames.doubles(SECOND))
            .update(Frames.doubles(THIRD));
    assertSameBits(expected, newest());
    assertEquals(3, newest().numBatchesTracked());
  }

  @Test
  void batchThatIsRepeatedChangesNothing() throws Exception {
    RunningBatchNorm running = running(stage());
    running.call(Frames.doubles(FIRST), 0L);
    running.call(Frames.doubles(SECOND), 1L);
    try (LogCapture log = LogCapture.of("batchnorm.spark.BatchNorm")) {
      running.call(Frames.doubles(SECOND), 1L);
      running(stage()).call(Frames.doubles(FIRST), 0L);
      assertEquals(
          List.of(
              "INFO Batch 1 is already in the model and changes nothing",
              "WARN Batch 0 changes nothing, since batch 1 of its query is already in the model; "
                  + "if its rows are new, start the query with a new checkpoint"),
          log.messages());
    }
    assertEquals(5, newest().count());
    assertEquals(List.of("version=1", "version=2"), versions());
  }

  @Test
  void repeatedBatchDeletesWhatADeadProcessKept() throws Exception {
    RunningBatchNorm died = running(stage()).setKeptVersions(10);
    for (long batch = 0; batch < 3; batch++) {
      died.onBatch(Frames.doubles(FIRST), batch);
    }
    running(stage()).setKeptVersions(2).onBatch(Frames.doubles(FIRST), 2);
    assertEquals(List.of("version=2", "version=3"), versions());
  }

  @Test
  void batchWithoutRowsWritesNoVersion() throws Exception {
    RunningBatchNorm running = running(stage()).setNormalized("after", this::keep);
    running.onBatch(Frames.doubles(FIRST).limit(0), 0);
    assertEquals(List.of(), versions());
    running.onBatch(Frames.doubles(FIRST), 1);
    running.onBatch(Frames.doubles(SECOND).limit(0), 2);
    running.onBatch(Frames.doubles(SECOND).limit(0), 2);
    running.onBatch(Frames.doubles(SECOND), 3);
    assertEquals(List.of("version=1", "version=2"), versions());
    assertSameBits(fitOf(FIRST, SECOND), newest());
    assertEquals(List.of(), normalized.get(0L));
    assertEquals(List.of(), normalized.get(2L));
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "v"})
  void pooledStatisticsTakeInASingleRow(String column) throws Exception {
    BatchNorm stage = stageOf(column);
    RunningBatchNorm running = running(stage).setNormalized("after", this::keep);
    running.onBatch(frame(column, ONE_ROW), 0);
    assertEquals(1, newest().count());
    running.onBatch(frame(column, ONE_ROW), 1);
    running.onBatch(frame(column, FIRST), 2);
    assertSameBits(
        stage.fit(frame(column, ONE_ROW).union(frame(column, ONE_ROW)).union(frame(column, FIRST))),
        newest());
    // One row has no variance to speak of, so that it goes through a fresh layer.
    Row row = fresh().transform(Frames.doubles(ONE_ROW)).first();
    assertEquals(out(row), out(normalized.get(0L).get(0)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "v"})
  void runningStatisticsLeaveOutASingleRowAndSaySo(String column) throws Exception {
    BatchNorm stage = stageOf(column).setRunningStatistics("exponential");
    RunningBatchNorm running = running(stage).setNormalized("after", this::keep);
    try (LogCapture log = LogCapture.of("batchnorm.spark.BatchNorm")) {
      running.onBatch(frame(column, ONE_ROW), 0);
      assertTrue(
          log.messages()
              .contains(
                  "WARN Batch 0 is skipped in the exponential running statistics: its total "
                      + "weight is 1.0; a variance needs more than 1. Use larger batches, such as "
                      + "those of a longer trigger interval"),
          log.messages().toString());
    }
    assertEquals(List.of(), versions());
    assertEquals(1, normalized.get(0L).size());
    running.onBatch(frame(column, FIRST), 1);
    running.onBatch(frame(column, ONE_ROW), 2);
    running.onBatch(frame(column, SECOND), 3);
    assertSameBits(stage.fit(frame(column, FIRST)).update(frame(column, SECOND)), newest());
    assertEquals(List.of("version=1", "version=2"), versions());
  }

  @Test
  void aModelOfOneRowIsNotAppliedButGoesOn() throws Exception {
    running(stage()).onBatch(Frames.doubles(ONE_ROW), 0);
    BatchNormModel model = newest();
    IllegalStateException error =
        assertThrows(IllegalStateException.class, () -> model.transform(Frames.doubles(FIRST)));
    assertEquals(
        "Model "
            + model.uid()
            + " has learned from rows of weight 1, which have no variance; expected more than 1. "
            + "Update it with more data first.",
        error.getMessage());
    BatchNormModel updated = model.update(Frames.doubles(FIRST));
    assertEquals(Frames.doubles(FIRST).count(), updated.transform(Frames.doubles(FIRST)).count());
  }

  @Test
  void groupsAreLearnedFromBatchesOfAnySize() throws Exception {
    BatchNorm stage = stage().setGroupCols("g");
    RunningBatchNorm running = running(stage);
    running.onBatch(grouped(FIRST).limit(0), 0);
    running.onBatch(grouped(ONE_ROW), 1);
    running.onBatch(grouped(FIRST).limit(0), 2);
    running.onBatch(grouped(SECOND), 3);
    running.onBatch(grouped(THIRD), 4);
    BatchNormModel expected =
        stage.fit(grouped(ONE_ROW).union(grouped(SECOND)).union(grouped(THIRD)));
    assertSameBits(expected, newest());
    assertEquals(List.of("version=1", "version=2", "version=3"), versions());
  }

  @ParameterizedTest
  @ValueSource(strings = {"before", "after"})
  void batchesOfGroupsAreNormalizedAlsoTheFirst(String with) throws Exception {
    BatchNorm stage = stage().setGroupCols("g").setUnseenGroup("global");
    RunningBatchNorm running = running(stage).setNormalized(with, this::keep);
    running.onBatch(grouped(FIRST).limit(0), 0);
    running.onBatch(grouped(FIRST), 1);
    running.onBatch(grouped(SECOND), 2);
    BatchNormModel one = stage.fit(grouped(FIRST));
    BatchNormModel two = one.update(grouped(SECOND));
    assertEquals(List.of(), normalized.get(0L));
    assertEquals(
        rows((with.equals("before") ? fresh() : one).transform(grouped(FIRST))),
        normalized.get(1L));
    List<Row> second = normalized.remove(2L);
    assertEquals(rows((with.equals("before") ? one : two).transform(grouped(SECOND))), second);
    running.onBatch(grouped(SECOND), 2);
    assertEquals(second, normalized.get(2L));
  }

  @Test
  void noGroupsAreKeptByExecutorsAfterABatch() throws Exception {
    BatchNorm stage = stage().setGroupCols("g").setUnseenGroup("global");
    RunningBatchNorm running = running(stage);
    running.onBatch(grouped(FIRST), 0);
    Set<Integer> kept = keptByExecutors();
    running.setNormalized(
        "after",
        (batch, id) -> {
          throw new IOException("The sink is full.");
        });
    assertThrows(IOException.class, () -> running.onBatch(grouped(SECOND), 1));
    assertEquals(Set.of(), keptSince(kept), "after a sink that failed");
    for (String with : List.of("before", "after")) {
      running.setNormalized(with, this::keep).onBatch(grouped(SECOND), 1);
      assertEquals(Set.of(), keptSince(kept), "after a batch that is repeated");
    }
    BatchNorm initial = stage.copy(ParamMap.empty()).setInitialModel(models());
    new RunningBatchNorm(initial, directory.resolve("others").toString())
        .setNormalized("before", this::keep)
        .onBatch(grouped(SECOND), 0);
    assertEquals(Set.of(), keptSince(kept), "after the first batch beyond an initial model");
  }

  private Set<Integer> keptSince(Set<Integer> before) {
    Set<Integer> kept = keptByExecutors();
    kept.removeAll(before);
    return kept;
  }

  private Set<Integer> keptByExecutors() {
    return new HashSet<>(
        JavaSparkContext.fromSparkContext(session.sparkContext()).getPersistentRDDs().keySet());
  }

  @Test
  void theSessionOfTheBatchDecidesWhichNamesAreEqual() throws Exception {
    SparkSession sensitive = session.newSession();
    sensitive.conf().set("spark.sql.caseSensitive", true);
    Dataset<Row> batch = sensitive.range(3).selectExpr("id as a", "-id as A");
    BatchNorm stage = new BatchNorm().setInputCols("a", "A").setOutputCols("a", "A");
    RunningBatchNorm running = running(stage).setNormalized("before", this::keep);
    running.onBatch(batch, 0);
    running.onBatch(batch, 1);
    assertEquals(6, newest().count());
    assertEquals(List.of(0L, 1L), List.copyOf(normalized.keySet()));
  }

  @Test
  void anEmptyBatchOfVectorsIsNormalizedWhateverTheirSize() throws Exception {
    BatchNorm stage = stageOf("v").setGamma(1, 2);
    running(stage)
        .setNormalized("after", this::keep)
        .onBatch(Frames.doubleArrays(FIRST).limit(0), 0);
    assertEquals(List.of(), normalized.get(0L));
  }

  @Test
  void aModelThatCannotBeAppliedIsNoVersion() throws Exception {
    RunningBatchNorm running = running(stageOf("v").setGamma(1, 2, 3));
    for (int attempt = 0; attempt < 2; attempt++) {
      assertRefused(
          "gamma has 3 values and the data has 2 features; expected one value per feature. Set "
              + "gamma to 2 values.",
          () -> running.onBatch(Frames.doubleArrays(FIRST), 0));
    }
    assertEquals(List.of(), versions());
  }

  @Test
  void versionsAreNotReplacedByAModel() throws Exception {
    running(stage()).onBatch(Frames.doubles(FIRST), 0);
    BatchNormModel model = newest();
    for (String path : List.of(models(), models() + "/version=1")) {
      assertRefused(
          "Path "
              + path
              + " holds versions of a model that a stream continues; expected the folder of a "
              + "model that may be replaced. Save the model to another path.",
          () -> model.write().overwrite().save(path));
    }
    assertSameBits(model, newest());
  }

  private static Dataset<Row> grouped(double[][] table) {
    return Frames.doubles(table).withColumn("g", functions.expr("cast(b as int) % 2"));
  }

  @Test
  void batchOfMissingVectorsBeforeAnyVectorIsLeftOut() throws Exception {
    BatchNorm stage = stageOf("v").setHandleInvalid("keep");
    Dataset<Row> missing = frame("v", FIRST).selectExpr("nullif(v, v) as v");
    try (LogCapture log = LogCapture.of("batchnorm.spark.BatchNorm")) {
      running(stage).onBatch(missing, 0);
      assertTrue(
          log.messages()
              .contains(
                  "WARN Batch 0 is skipped: no vector was seen yet, and its 3 rows have none"),
          log.messages().toString());
    }
    running(stage).onBatch(frame("v", SECOND), 1);
    running(stage).onBatch(missing, 2);
    assertSameBits(stage.fit(frame("v", SECOND)).update(missing), newest());
  }

  @Test
  void repeatedBatchIsNormalizedAsItWas() throws Exception {
    for (String with : List.of("before", "after")) {
      RunningBatchNorm running = new RunningBatchNorm(stage(), directory.resolve(with).toString());
      running.setNormalized(with, this::keep).setKeptVersions(2);
      for (long batch = 0; batch < 4; batch++) {
        running.onBatch(Frames.doubles(batch % 2 == 0 ? FIRST : SECOND), batch);
      }
      Map<Long, List<Row>> first = new TreeMap<>(normalized);
      assertEquals(
          List.of("version=3", "version=4"), versions(directory.resolve(with)), "kept versions");
      normalized.clear();
      running.onBatch(Frames.doubles(SECOND), 3);
      assertEquals(first.get(3L), normalized.get(3L));
      assertRefused(
          "Batch 0 is to be normalized again, and model directory "
              + directory.resolve(with)
              + " no longer has the statistics it was normalized with; expected the last batch of "
              + "the query. Go on from the newest checkpoint, or from a new one, and set "
              + "keptVersions to more.",
          () -> running.onBatch(Frames.doubles(FIRST), 0));
    }
  }

  @Test
  void repeatedFirstBatchIsNormalizedByAFreshLayer() throws Exception {
    RunningBatchNorm running = running(stageOf("v")).setNormalized("before", this::keep);
    running.onBatch(frame("v", FIRST), 0);
    List<Row> first = normalized.remove(0L);
    running.onBatch(frame("v", FIRST), 0);
    assertEquals(first, normalized.get(0L));
    assertEquals(1, out(first.get(0)).apply(0)); // mean 0, variance 1
  }

  @Test
  void batchIsCachedWhileItIsReadTwiceAndNoLonger() throws Exception {
    List<StorageLevel> levels = new ArrayList<>();
    Dataset<Row> batch = Frames.doubles(FIRST);
    RunningBatchNorm running =
        running(stage()).setNormalized("after", (out, id) -> levels.add(batch.storageLevel()));
    running.onBatch(batch, 0);
    assertTrue(levels.get(0).useMemory());
    assertEquals(StorageLevel.NONE(), batch.storageLevel());
    batch.persist(StorageLevel.MEMORY_ONLY());
    running.onBatch(batch, 1);
    assertEquals(StorageLevel.MEMORY_ONLY(), batch.storageLevel());
    batch.unpersist();
  }

  @Test
  void parametersAreThoseOfTheStage() throws Exception {
    running(stage()).onBatch(Frames.doubles(FIRST), 0);
    running(stage().setEps(0.5).setCorrection(1)).onBatch(Frames.doubles(SECOND), 1);
    assertEquals(0.5, newest().getEps());
    assertSameBits(fitOf(FIRST, SECOND).copy(newest().extractParamMap()), newest());
  }

  @Test
  void theStageIsTakenAsItIs() throws Exception {
    BatchNorm stage = stage();
    RunningBatchNorm running = running(stage);
    stage.setEps(0.5);
    running.onBatch(Frames.doubles(FIRST), 0);
    assertEquals(new BatchNorm().getEps(), newest().getEps());
  }

  @Test
  void firstBatchGoesOnFromTheInitialModel() throws Exception {
    BatchNormModel initial = stage().fit(Frames.doubles(FIRST));
    BatchNorm stage = stage().setInitialModel(initial);
    RunningBatchNorm running = running(stage).setNormalized("before", this::keep);
    running.onBatch(Frames.doubles(SECOND), 0);
    running.onBatch(Frames.doubles(THIRD), 1);
    assertSameBits(stage().fit(Frames.doubles(ALL)), newest());
    assertEquals(rows(initial.transform(Frames.doubles(SECOND))), normalized.get(0L));
  }

  @Test
  void ofTwoThatLearnAtOnceOneIsRefusedAndNothingIsLost() throws Exception {
    running(stage()).onBatch(Frames.doubles(FIRST), 0);
    Meeting.BARRIER.reset();
    Dataset<Row> slow =
        Frames.doubles(SECOND).filter((FilterFunction<Row>) row -> Meeting.bothAreHere(row));
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      Callable<Void> learns =
          () -> {
            running(stage()).onBatch(slow, 1);
            return null;
          };
      int refused = 0;
      for (Future<Void> one : threads.invokeAll(List.of(learns, learns))) {
        try {
          one.get();
        } catch (ExecutionException e) {
          refused++;
          assertEquals(
              "Model directory "
                  + models()
                  + " has version=2 from another writer, written while this one was writing; "
                  + "expected one writer at a time. Nothing is lost: that version stays, and "
                  + "nothing of this one is in it. Stop one of the two, and start the other again: "
                  + "a query from its checkpoint, the fit of a table as it was.",
              e.getCause().getMessage());
        }
      }
      assertEquals(1, refused);
    } finally {
      threads.shutdownNow();
    }
    assertSameBits(fitOf(FIRST, SECOND), newest());
    assertEquals(List.of("version=1", "version=2"), versions());
  }

  /** Barrier at which the tasks of two batches wait until both have read the newest version. */
  static final class Meeting {
    static final CyclicBarrier BARRIER = new CyclicBarrier(2);

    static boolean bothAreHere(Row row) throws Exception {
      if (row.getDouble(0) == SECOND[0][0]) {
        BARRIER.await(1, TimeUnit.MINUTES);
      }
      return true;
    }
  }

  // ---- mistakes

  /** The checkpoint is there before the first version is. */
  @ParameterizedTest
  @ValueSource(strings = {"version=1", "_checkpoint"})
  void directoryWithoutACompleteVersion(String begun) throws Exception {
    Files.createDirectories(directory.resolve("models").resolve(begun));
    assertRefused(
        "Model directory "
            + models()
            + " has no complete version; expected one or more. Wait until the first batch is "
            + "learned, or check the path.",
        this::newest);
  }

  @Test
  void directoryOfASavedModel() throws Exception {
    stage().fit(Frames.doubles(FIRST)).save(models());
    assertRefused(
        "Path "
            + models()
            + " is a saved model; expected a directory for versions of a model, or none yet. Give "
            + "another directory, and start from that model with BatchNorm.setInitialModel.",
        () -> running(stage()).onBatch(Frames.doubles(SECOND), 0));
  }

  @Test
  void directoryOfAModelOfOtherFeaturesOrStatistics() throws Exception {
    running(stage()).onBatch(Frames.doubles(FIRST), 0);
    assertRefused(
        "The model was fitted on the features 'a', 'b' and the data has 'b', 'a'; expected the same "
            + "in the same order. Set inputCols to those of the model.",
        () -> running(stage().setInputCols("b", "a")).onBatch(Frames.doubles(SECOND), 1));
    assertRefused(
        "The statistics of the model are pooled and runningStatistics is 'exponential'; expected "
            + "'pooled'. Set it, or fit a model of the other kind from the start.",
        () ->
            running(stage().setRunningStatistics("exponential"))
                .onBatch(Frames.doubles(SECOND), 1));
    assertEquals(List.of("version=1"), versions());
  }

  @Test
  void valuesThatCannotBe() {
    assertRefused(
        "batchNorm is null; expected a value. Give one.",
        () -> new RunningBatchNorm(null, models()));
    assertRefused(
        "modelDirectory is null; expected a value. Give one.",
        () -> new RunningBatchNorm(stage(), null));
    assertRefused(
        "modelDirectory is empty; expected the path of a directory for the versions of the model. "
            + "Name one.",
        () -> new RunningBatchNorm(stage(), " "));
    assertRefused(
        "keptVersions is 1; expected at least 2, as a batch that is repeated needs the version "
            + "before its own. Set 2 or more.",
        () -> running(stage()).setKeptVersions(1));
    assertRefused(
        "normalized is 'between'; expected 'before' or 'after': with which statistics, those before "
            + "the batch or those after it. Set one of them.",
        () -> running(stage()).setNormalized("between", this::keep));
    assertRefused(
        "sink is null; expected a value. Give one.",
        () -> running(stage()).setNormalized("after", null));
  }

  @Test
  void streamsAndDatasetsInEachOthersPlace() throws Exception {
    Dataset<Row> stream = stream(1, FIRST);
    String text =
        "The dataset is a stream, which has no end; expected one that has. Learn from it with "
            + "RunningBatchNorm, or read the data without readStream.";
    assertRefused(text, () -> stage().fit(stream));
    assertRefused(text, () -> stage().fit(Frames.doubles(FIRST)).update(stream));
    assertRefused(
        "The dataset is not a stream; expected one, made with readStream. Use BatchNorm.fit, or "
            + "give this batch and its number to onBatch.",
        () -> running(stage()).start(Frames.doubles(FIRST)));
    assertRefused(
        "Column 'x' does not exist; the dataset has 'a', 'b'. Set the name of an existing column.",
        () -> running(stage().setInputCols("x")).start(stream));
  }

  private static BatchNorm stage() {
    return stageOf("a");
  }

  private static BatchNorm stageOf(String column) {
    BatchNorm stage = new BatchNorm("id").setOutputCol("out");
    return column.equals("v") ? stage.setInputCol("v") : stage.setInputCols("a", "b");
  }

  private static Dataset<Row> frame(String column, double[][] table) {
    return column.equals("v") ? Frames.dense(table) : Frames.doubles(table);
  }

  private static BatchNormModel fitOf(double[][] one, double[][] other) {
    return stage().fit(Frames.doubles(one).union(Frames.doubles(other)));
  }

  private static BatchNormModel fresh() {
    return BatchNormModel.of(Vectors.dense(0, 0), Vectors.dense(1, 1))
        .setInputCols("a", "b")
        .setOutputCol("out");
  }

  private RunningBatchNorm running(BatchNorm stage) {
    return new RunningBatchNorm(stage, models());
  }

  private String models() {
    return directory.resolve("models").toString();
  }

  private BatchNormModel newest() {
    return BatchNormModel.load(models());
  }

  private List<String> versions() throws IOException {
    return versions(directory.resolve("models"));
  }

  private static List<String> versions(Path models) throws IOException {
    if (!Files.exists(models)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(models)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.contains("version="))
          .sorted()
          .toList();
    }
  }

  private void keep(Dataset<Row> batch, Long batchId) {
    normalized.put(batchId, rows(batch));
  }

  private static List<Row> rows(Dataset<Row> frame) {
    return frame.collectAsList();
  }

  private static Vector out(Row row) {
    return row.getAs("out");
  }

  /** A stream of files, one for each table, so many in a batch; further calls add files. */
  private Dataset<Row> stream(int filesPerBatch, double[][]... tables) throws IOException {
    Path input = Files.createDirectories(directory.resolve("input"));
    for (double[][] table : tables) {
      StreamRun.addFile(input, table);
    }
    return StreamRun.stream(session, input, filesPerBatch);
  }

  private static void process(StreamingQuery query) throws Exception {
    try {
      query.processAllAvailable();
    } finally {
      query.stop();
    }
  }

  private static void assertRefused(String text, Executable action) {
    assertEquals(text, assertThrows(RuntimeException.class, action).getMessage());
  }
}
