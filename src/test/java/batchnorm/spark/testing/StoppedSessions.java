package batchnorm.spark.testing;

import static org.apache.spark.sql.functions.col;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import batchnorm.spark.BatchNorm;
import batchnorm.spark.BatchNormModel;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.function.Executable;

/** A program that uses models before a session, after it was stopped, and in the next one. */
public final class StoppedSessions {
  private static final StructType SCHEMA =
      new StructType().add("x", DataTypes.DoubleType).add("shop", DataTypes.LongType);

  private final String directory;

  private StoppedSessions(String directory) {
    this.directory = directory;
  }

  /** Works in the directory that is given. */
  public static void main(String[] arguments) throws Exception {
    new StoppedSessions(arguments[0]).run();
  }

  private void run() throws Exception {
    withoutASession();
    BatchNormModel plain;
    BatchNormModel fitted;
    BatchNormModel loaded;
    List<Row> expected;
    List<Row> updated;
    try (SparkSession first = session()) {
      plain = new BatchNorm().setInputCol("x").setOutputCol("y").fit(rows(first));
      fitted = stage().fit(rows(first));
      fitted.save(directory + "groups");
      loaded = BatchNormModel.load(directory + "groups");
      expected = normalized(loaded, first);
      updated = normalized(loaded.update(rows(first).limit(20)), first);
    }
    afterTheSession(plain, fitted, loaded);
    try (SparkSession second = session()) {
      assertEquals(90, plain.transform(rows(second)).distinct().count());
      assertEquals(expected, normalized(loaded, second));
      assertEquals(updated, normalized(loaded.update(rows(second).limit(20)), second));
      assertEquals(3, loaded.copy(ParamMap.empty()).summary().count());
      loaded.merge(loaded).write().overwrite().save(directory + "merged");
      assertEquals(180, BatchNormModel.load(directory + "merged").count());
      BatchNormModel continued = stage().setInitialModel(loaded).fit(rows(second));
      assertEquals(180, continued.count());
      for (Executable use : usesOfGroups(fitted, second)) {
        assertWentWithTheSession(use);
      }
    }
    stoppedDuringAFit(stage());
    stoppedDuringAFit(new BatchNorm().setInputCol("x").setOutputCol("y"));
    try (SparkSession last = session()) {
      assertEquals(expected, normalized(loaded, last));
      assertEquals(expected, normalized(stage().fit(rows(last)), last));
    }
  }

  private static void stoppedDuringAFit(BatchNorm stage) throws Exception {
    ExecutorService thread = Executors.newSingleThreadExecutor();
    HeldRows held = HeldRows.untilReleased();
    SparkSession session = session();
    Dataset<Row> rows = rows(session);
    try {
      Future<BatchNormModel> fit = thread.submit(() -> stage.fit(held.of(rows)));
      held.awaitTasks(2);
      session.stop();
      String text =
          assertThrows(ExecutionException.class, () -> fit.get(1, TimeUnit.MINUTES)).toString();
      assertTrue(text.contains("SparkContext was shut down"), text);
    } finally {
      held.release();
      session.stop();
      thread.shutdownNow();
    }
    assertEquals(
        "The Spark session of the data is stopped; expected one that runs. Read the data again in a "
            + "session that runs.",
        assertThrows(IllegalStateException.class, () -> stage.fit(rows)).getMessage());
  }

  /** Names are resolved, and files of other systems read and written, before there is Spark. */
  private void withoutASession() throws IOException {
    BatchNormModel model =
        BatchNormModel.of(Vectors.dense(3), Vectors.dense(4)).setInputCol("X").setOutputCol("y");
    assertArrayEquals(new String[] {"x", "shop", "y"}, model.transformSchema(SCHEMA).fieldNames());
    model.toJson(directory + "model.json");
    model.toTorch(directory + "model.safetensors");
    model.toOnnx(directory + "model.onnx");
    assertEquals(model.std(), BatchNormModel.fromJson(directory + "model.json").std());
    assertEquals(model.mean(), BatchNormModel.fromTorch(directory + "model.safetensors").mean());
    assertNeedsASession(model::summary);
  }

  private void afterTheSession(BatchNormModel plain, BatchNormModel fitted, BatchNormModel loaded)
      throws IOException {
    plain.toJson(directory + "plain.json");
    assertEquals(plain.mean(), BatchNormModel.fromJson(directory + "plain.json").mean());
    for (BatchNormModel groups : List.of(fitted, loaded)) {
      assertArrayEquals(
          new String[] {"x", "shop", "y"}, groups.transformSchema(SCHEMA).fieldNames());
    }
    assertNeedsASession(plain::summary);
    assertNeedsASession(loaded::summary);
    assertNeedsASession(fitted::summary);
  }

  private static List<Executable> usesOfGroups(BatchNormModel fitted, SparkSession session) {
    Dataset<Row> rows = rows(session);
    return List.of(
        () -> fitted.transform(rows),
        () -> fitted.update(rows),
        fitted::summary,
        () -> fitted.merge(fitted),
        () -> stage().setInitialModel(fitted).fit(rows),
        () -> fitted.write().save("nowhere"));
  }

  private static void assertWentWithTheSession(Executable use) {
    assertEquals(
        "The groups of model UID were kept by a Spark session that is stopped; expected one that "
            + "runs, or a model that was loaded. Save a model before its session is stopped, and load it in the next "
            + "one.",
        assertThrows(IllegalStateException.class, use)
            .getMessage()
            .replaceFirst("batchNorm_[0-9a-f]+", "UID"));
  }

  private static void assertNeedsASession(Executable use) {
    assertEquals(
        "There is no Spark session that runs; expected one. Create it first, with "
            + "SparkSession.builder().getOrCreate().",
        assertThrows(IllegalStateException.class, use).getMessage());
  }

  private static BatchNorm stage() {
    return new BatchNorm().setInputCol("x").setOutputCol("y").setGroupCols("shop");
  }

  private static List<Row> normalized(BatchNormModel model, SparkSession session) {
    return model.transform(rows(session)).orderBy("x").collectAsList();
  }

  private static Dataset<Row> rows(SparkSession session) {
    return session
        .range(0, 90, 1, 2)
        .select(col("id").multiply(0.1).as("x"), col("id").mod(3).as("shop"));
  }

  private static SparkSession session() {
    return SparkSession.builder()
        .master("local[2]")
        .config("spark.ui.enabled", false)
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.sql.shuffle.partitions", 2)
        .getOrCreate();
  }
}
