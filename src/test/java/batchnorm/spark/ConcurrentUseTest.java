package batchnorm.spark;

import static batchnorm.spark.SameFit.assertSameBits;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import batchnorm.spark.testing.HeldRows;
import batchnorm.spark.testing.Remains;
import batchnorm.spark.testing.SharedSession;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.spark.SparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerStageSubmitted;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Models and fits in many threads, and fits whose jobs are cancelled. */
class ConcurrentUseTest {
  private static final SparkSession SESSION = SharedSession.get();
  private static final SparkContext CONTEXT = SESSION.sparkContext();
  private static final int THREADS = 16;
  private static final int ROWS = 90;

  @TempDir private Path directory;
  private final ExecutorService threads = Executors.newFixedThreadPool(THREADS);

  @AfterEach
  void endThreads() throws InterruptedException {
    threads.shutdownNow();
    assertTrue(threads.awaitTermination(1, TimeUnit.MINUTES));
  }

  private enum Source {
    COLUMNS,
    GROUPS,
    LOADED_GROUPS
  }

  /** All that a model gives, as values with an equals. */
  private record Uses(
      List<Row> normalized, List<Row> summary, List<Row> loaded, List<Integer> exported) {}

  @ParameterizedTest
  @EnumSource
  void sixteenThreadsUseOneModel(Source source) throws Exception {
    Dataset<Row> rows = rows(SESSION);
    Uses expected = uses(model(source, rows), rows, "alone");
    BatchNormModel model = model(source, rows);
    CyclicBarrier together = new CyclicBarrier(THREADS);
    List<Future<Uses>> running = new ArrayList<>();
    for (int thread = 0; thread < THREADS; thread++) {
      String name = "thread" + thread;
      running.add(
          threads.submit(
              () -> {
                together.await(1, TimeUnit.MINUTES);
                return uses(model, rows, name);
              }));
    }
    for (Future<Uses> one : running) {
      assertEquals(expected, one.get(2, TimeUnit.MINUTES));
    }
  }

  private BatchNormModel model(Source source, Dataset<Row> rows) throws IOException {
    return switch (source) {
      case COLUMNS -> columns().fit(rows);
      case GROUPS -> groups().fit(rows);
      case LOADED_GROUPS -> {
        String path = directory.resolve("groups").toString();
        groups().fit(rows).write().overwrite().save(path);
        yield BatchNormModel.load(path);
      }
    };
  }

  private Uses uses(BatchNormModel model, Dataset<Row> rows, String name) throws IOException {
    Path path = directory.resolve(name);
    model.write().overwrite().save(path.toString());
    List<Integer> exported = new ArrayList<>();
    if (!model.isSet(model.groupCols())) {
      model.toJson(path + ".json");
      model.toOnnx(path + ".onnx");
      model.toTorch(path + ".safetensors");
      for (String type : List.of(".json", ".onnx", ".safetensors")) {
        exported.add(Arrays.hashCode(Files.readAllBytes(Path.of(path + type))));
      }
    }
    return new Uses(
        sorted(model.transform(rows)),
        sorted(model.summary()),
        sorted(BatchNormModel.load(path.toString()).transform(rows)),
        exported);
  }

  /** The tasks of both fits meet, so that neither ends before the other has begun. */
  @ParameterizedTest
  @CsvSource({"false,false", "false,true", "true,false", "true,true"})
  void twoFitsAtOnceGiveTheBitsOfEachAlone(boolean inTwoSessions, boolean inGroups)
      throws Exception {
    BatchNorm stage = inGroups ? groups() : columns();
    SparkSession other = inTwoSessions ? SESSION.newSession() : SESSION;
    BatchNormModel first = stage.fit(rows(SESSION));
    BatchNormModel second = stage.fit(rows(other).limit(70));
    HeldRows held = HeldRows.meeting(2);
    Future<BatchNormModel> one =
        threads.submit(() -> stage.fit(held.of(rows(SESSION).coalesce(1))));
    Future<BatchNormModel> two =
        threads.submit(() -> stage.fit(held.of(rows(other).limit(70).coalesce(1))));
    assertSame(first, one.get(1, TimeUnit.MINUTES));
    assertSame(second, two.get(1, TimeUnit.MINUTES));
  }

  private static void assertSame(BatchNormModel expected, BatchNormModel found) {
    assertSameBits(expected, found);
    assertEquals(sorted(expected.summary()), sorted(found.summary()));
  }

  private enum End {
    JOB_GROUP {
      @Override
      void of(Thread fit) {
        CONTEXT.cancelJobGroup(NAME);
      }
    },
    ALL_JOBS {
      @Override
      void of(Thread fit) {
        CONTEXT.cancelAllJobs();
      }
    },
    INTERRUPT {
      @Override
      void of(Thread fit) {
        fit.interrupt();
      }
    };

    static final String NAME = "cancelled";

    abstract void of(Thread fit);
  }

  @ParameterizedTest
  @CsvSource({
    "JOB_GROUP,columns", "ALL_JOBS,columns", "INTERRUPT,columns",
    "JOB_GROUP,groups", "ALL_JOBS,groups", "INTERRUPT,groups",
    "JOB_GROUP,update", "INTERRUPT,update"
  })
  void aFitThatIsCancelledLeavesNothing(End end, String form) throws Exception {
    BatchNormModel before = groups().fit(rows(SESSION));
    fit(form, rows(SESSION), before);
    Remains remains = Remains.of(SESSION);
    HeldRows held = HeldRows.untilReleased();
    try {
      Fitting fitting = start(() -> fit(form, held.of(rows(SESSION)), before));
      held.awaitTasks(2);
      end.of(fitting.thread);
      assertCancelled(end, fitting);
      remains.assertNone();
    } finally {
      held.release();
    }
  }

  /**
   * The tasks of another job take the place of those that merge groups, so that these have not run
   * when the fit is cancelled.
   */
  @ParameterizedTest
  @EnumSource
  void aFitThatIsCancelledBeforeItsGroupsAreMergedLeavesNothing(End end) throws Exception {
    groups().fit(rows(SESSION));
    Remains remains = Remains.of(SESSION);
    HeldRows reading = HeldRows.untilReleased();
    HeldRows others = HeldRows.untilReleased();
    Stages stages = new Stages();
    try {
      Fitting fitting = start(() -> groups().fit(reading.of(rows(SESSION))));
      reading.awaitTasks(2);
      CONTEXT.listenerBus().waitUntilEmpty();
      CONTEXT.addSparkListener(stages);
      Future<Long> other = threads.submit(() -> others.of(rows(SESSION)).count());
      stages.await(1);
      reading.release();
      others.awaitTasks(2);
      stages.await(2);
      end.of(fitting.thread);
      assertCancelled(end, fitting);
      others.release();
      if (end != End.ALL_JOBS) {
        assertEquals(ROWS, other.get(1, TimeUnit.MINUTES));
      }
    } finally {
      reading.release();
      others.release();
      CONTEXT.removeSparkListener(stages);
    }
    remains.assertNone();
  }

  /** Counts the stages that are submitted. */
  private static final class Stages extends SparkListener {
    private final CountDownLatch first = new CountDownLatch(1);
    private final CountDownLatch second = new CountDownLatch(2);

    @Override
    public void onStageSubmitted(SparkListenerStageSubmitted stage) {
      first.countDown();
      second.countDown();
    }

    void await(int stages) throws InterruptedException {
      assertTrue((stages == 1 ? first : second).await(1, TimeUnit.MINUTES));
    }
  }

  private record Fitting(Thread thread, Future<BatchNormModel> result) {}

  private Fitting start(Callable<BatchNormModel> fit) throws Exception {
    CompletableFuture<Thread> thread = new CompletableFuture<>();
    Future<BatchNormModel> result =
        threads.submit(
            () -> {
              CONTEXT.setJobGroup(End.NAME, "to be cancelled", false);
              thread.complete(Thread.currentThread());
              try {
                return fit.call();
              } finally {
                CONTEXT.clearJobGroup();
              }
            });
    return new Fitting(thread.get(1, TimeUnit.MINUTES), result);
  }

  private static void assertCancelled(End end, Fitting fitting) {
    ExecutionException error =
        assertThrows(ExecutionException.class, () -> fitting.result.get(1, TimeUnit.MINUTES));
    String text = error.getCause().toString();
    assertTrue(text.contains(end == End.INTERRUPT ? "InterruptedException" : "cancelled"), text);
  }

  private static BatchNormModel fit(String form, Dataset<Row> rows, BatchNormModel before) {
    return switch (form) {
      case "columns" -> columns().fit(rows);
      case "groups" -> groups().fit(rows);
      default -> before.update(rows);
    };
  }

  private static BatchNorm columns() {
    return new BatchNorm("id").setInputCols("a", "b").setOutputCol("out");
  }

  private static BatchNorm groups() {
    return columns().setGroupCols("g");
  }

  private static Dataset<Row> rows(SparkSession session) {
    return session
        .range(0, ROWS, 1, 2)
        .selectExpr("id * 0.1D as a", "sqrt(id) as b", "id % 3 as g");
  }

  private static List<Row> sorted(Dataset<Row> rows) {
    List<Row> sorted = new ArrayList<>(rows.collectAsList());
    sorted.sort(Comparator.comparing(Row::toString));
    return sorted;
  }
}
