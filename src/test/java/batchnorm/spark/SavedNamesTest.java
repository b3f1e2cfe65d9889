package batchnorm.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import batchnorm.spark.testing.Frames;
import batchnorm.spark.testing.SharedSession;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A saved model or stage loads under its exact name, even if Hadoop or Spark would interpret it as
 * a pattern or an address.
 */
class SavedNamesTest {
  private final SparkSession session = SharedSession.get();

  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "2026-01-05T12:30:00",
        "run[1]",
        "lr={0.1}",
        "lr={0.1,0.2},eps=0",
        "what? all*",
        "a\\b",
        "50% of #1"
      })
  void modelsAndStagesAreSavedTwiceAndLoad(String name) throws Exception {
    String path = directory.resolve(name).toString();
    model(1).save(path);
    model(2).write().overwrite().save(path);
    assertEquals(Vectors.dense(2), BatchNormModel.load(path).mean());
    assertEquals(List.of(name), names());

    new BatchNorm().setEps(0.5).write().overwrite().save(path);
    assertEquals(0.5, BatchNorm.load(path).getEps());
  }

  @ParameterizedTest
  @ValueSource(strings = {"12:30:00.json", "lr={0.1}[2].json"})
  void exportsAreWrittenTwiceAndRead(String name) throws Exception {
    String path = directory.resolve(name).toString();
    model(1).toJson(path);
    model(2).export().overwrite().toJson(path);
    assertEquals(Vectors.dense(2), BatchNormModel.fromJson(path).mean());
    model(3).export().overwrite().toTorch(path);
    assertEquals(Vectors.dense(3), BatchNormModel.fromTorch(path).mean());
    model(4).export().overwrite().toOnnx(path);
    assertEquals(List.of(name), names());
  }

  @Test
  void groupsAndVersionsAreBelowAnyName() throws Exception {
    String path = directory.resolve("12:30/store=[7]").toString();
    BatchNormModel grouped =
        new BatchNorm()
            .setInputCols("a")
            .setGroupCols("b")
            .fit(Frames.doubles(new double[][] {{1, 0}, {3, 0}, {4, 1}, {9, 1}}));
    grouped.save(path);
    assertEquals(
        grouped.summary().collectAsList().toString(),
        BatchNormModel.load(path).summary().collectAsList().toString());

    String versions = directory.resolve("{versions}").toString();
    RunningBatchNorm running = new RunningBatchNorm(new BatchNorm().setInputCols("a"), versions);
    running.onBatch(Frames.doubles(new double[][] {{1, 0}, {3, 0}}), 0L);
    assertEquals(Vectors.dense(2), BatchNormModel.load(versions).mean());
  }

  @Test
  void groupColumnsThatDifferInCaseAloneLoadInAUsualSession() throws Exception {
    String path = directory.resolve("groups").toString();
    String setting = "spark.sql.caseSensitive";
    Dataset<Row> frame =
        Frames.doubles(new double[][] {{0, 1}, {0, 3}, {1, 4}, {1, 9}})
            .selectExpr("b as x", "a as k", "1 - a as K");
    BatchNorm stage = new BatchNorm().setInputCols("x").setGroupCols("k", "K").setOutputCol("out");
    String normalized;
    try {
      session.conf().set(setting, "true");
      BatchNormModel model = stage.fit(frame);
      model.save(path);
      normalized = model.transform(frame).collectAsList().toString();
    } finally {
      session.conf().unset(setting);
    }
    BatchNormModel loaded = BatchNormModel.load(path);
    assertEquals(4, loaded.count());
    try {
      session.conf().set(setting, "true");
      assertEquals(normalized, loaded.transform(frame).collectAsList().toString());
    } finally {
      session.conf().unset(setting);
    }
  }

  /** Relative to the working directory, where the first colon would end a scheme. */
  @Test
  void relativeNamesMayHaveColons() throws Exception {
    Configuration configuration = session.sessionState().newHadoopConf();
    FileSystem files = FileSystem.getLocal(configuration);
    org.apache.hadoop.fs.Path before = files.getWorkingDirectory();
    try {
      files.setWorkingDirectory(new org.apache.hadoop.fs.Path(directory.toUri()));
      model(1).save("run_12:30");
      model(2).write().overwrite().save("run_12:30");
      assertEquals(Vectors.dense(2), BatchNormModel.load("run_12:30").mean());
      new BatchNorm().setEps(0.5).save("12:30");
      assertEquals(0.5, BatchNorm.load("12:30").getEps());
    } finally {
      files.setWorkingDirectory(before);
    }
    assertEquals(List.of("12:30", "run_12:30"), names());
  }

  /** State of the files after a process has died between the two renames of an overwrite. */
  @Test
  void anOverwriteThatWasInterruptedIsFinishedByTheNextLoadOrSave() throws Exception {
    String id = "0f8fad5b-d9cb-469f-a165-70867728950e";
    String path = directory.resolve("12:30").toString();
    String fresh = directory.resolve(".12:30.new-" + id).toString();
    String text =
        "Path "
            + fresh
            + " was left by a save that was interrupted; expected the path that was saved to. Load "
            + "that one, or save again.";
    model(1).save(directory.resolve(".12:30.old-" + id).toString());
    model(2).save(fresh);
    assertEquals(text, message(() -> BatchNormModel.load(fresh)));
    assertEquals(Vectors.dense(2), BatchNormModel.load(path).mean());
    assertEquals(List.of("12:30"), names());

    Files.move(directory.resolve("12:30"), directory.resolve(".12:30.old-" + id));
    model(3).save(fresh);
    // It is there, so that it is replaced only when asked.
    assertThrows(IOException.class, () -> model(4).save(path));
    assertEquals(Vectors.dense(3), BatchNormModel.load(path).mean());
    model(5).save(fresh);
    model(4).write().overwrite().save(path);
    assertEquals(Vectors.dense(4), BatchNormModel.load(path).mean());
    assertEquals(List.of("12:30"), names());
  }

  @Test
  void noPathIsSaid() {
    String isNull = "path is null; expected a value. Give one.";
    String isEmpty = "path is empty; expected a path. Name the folder of a saved model.";
    assertEquals(isNull, message(() -> BatchNormModel.load(null)));
    assertEquals(isNull, message(() -> BatchNorm.load(null)));
    assertEquals(isNull, message(() -> model(1).save(null)));
    assertEquals(isNull, message(() -> new BatchNorm().save(null)));
    assertEquals(isNull, message(() -> BatchNormModel.fromJson(null)));
    assertEquals(
        isNull.replace("path", "mean"),
        message(() -> BatchNormModel.of((Vector) null, Vectors.dense(1))));
    assertEquals(
        isNull.replace("path", "variance"),
        message(() -> BatchNormModel.of(Vectors.dense(1), (Vector) null)));
    assertEquals(isEmpty, message(() -> BatchNormModel.load("")));
    assertEquals(isEmpty, message(() -> model(1).write().overwrite().save(" ")));
  }

  @Test
  void jsonOf2GiBIsRefused() throws Exception {
    Path file = directory.resolve("long.json");
    try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
      sparse.setLength(1L << 31);
    }
    String text = message(() -> BatchNormModel.fromJson(file.toString()));
    assertTrue(text.contains(file + " ") && text.contains("2147483648 bytes"), text);
  }

  private static String message(org.junit.jupiter.api.function.Executable call) {
    return assertThrows(IllegalArgumentException.class, call).getMessage();
  }

  private static BatchNormModel model(double mean) {
    return BatchNormModel.of(Vectors.dense(mean), Vectors.dense(1))
        .setInputCol("v")
        .setOutputCol("out");
  }

  private List<String> names() throws Exception {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }
}
