package batchnorm.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import batchnorm.spark.testing.Frames;
import batchnorm.spark.testing.InterpretedExpressions;
import batchnorm.spark.testing.SharedSession;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.ServiceLoader;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.ml.Estimator;
import org.apache.spark.ml.Transformer;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Offloading of models, called here as the server of Spark Connect calls it from 4.1 on. */
@ExtendWith(InterpretedExpressions.class)
class PutAsideTest {
  private static final double[][] TABLE = {{1, 2}, {3, 5}, {5, 4}, {8, 8}};

  /** Property with the root of a file system of that name. */
  private static final String ROOT = "fs.viewfs.mounttable.elsewhere.linkMergeSlash";

  private final SparkSession session = SharedSession.get();

  @TempDir Path directory;

  static Stream<BatchNormModel> models() {
    Dataset<Row> grouped =
        Frames.doubles(TABLE)
            .withColumn("day", functions.expr("date '1500-01-01' + int(a / 4)"))
            .withColumn("at", functions.expr("timestamp '1800-01-01 00:00:00.123456'"))
            .withColumn("amount", functions.expr("decimal(a * 1.5)"))
            .withColumn("name", functions.expr("if(a < 4, null, 'x')"));
    return Stream.of(
        stage().fit(Frames.doubles(TABLE)),
        stage().setRunningStatistics("cumulative").fit(Frames.doubles(TABLE)),
        stage().setGroupCols("day", "at", "amount", "name").fit(grouped),
        BatchNormModel.of(Vectors.dense(0.1, -0.0), Vectors.dense(Double.MIN_VALUE, 1e308))
            .setInputCol("v"),
        BatchNormModel.load("src/test/resources/fixtures/model-format-1"));
  }

  private static BatchNorm stage() {
    return new BatchNorm().setInputCols("a", "b").setOutputCol("out");
  }

  @ParameterizedTest
  @MethodSource("models")
  void aModelThatIsPutAsideComesBackToTheLastBit(BatchNormModel model) throws IOException {
    String path = directory.resolve("aside").toString();
    model.write().saveToLocal(path);
    BatchNormModel back = BatchNormModel.read().loadFromLocal(path);
    assertEquals(model.uid(), back.uid());
    assertEquals(sorted(model), sorted(back));
    assertEquals(saved(model, "one"), saved(back, "other"));
  }

  /** Tasks on other machines do not have the driver's disk. */
  @ParameterizedTest
  @MethodSource("models")
  void itIsTheDriverThatWritesAndReads(BatchNormModel model) throws IOException {
    Path aside = directory.resolve("aside");
    model.write().saveToLocal(aside.toString());
    try (Stream<Path> files = Files.walk(aside)) {
      List<String> names = files.map(file -> file.getFileName().toString()).toList();
      assertTrue(names.contains("rows"), names.toString());
      assertTrue(names.stream().noneMatch(name -> name.endsWith(".parquet")), names.toString());
    }
  }

  @Test
  void itIsTheDriversDiskWhateverTheFileSystemOfTheClusterIs() throws IOException {
    Configuration configuration = session.sparkContext().hadoopConfiguration();
    String before = configuration.get("fs.defaultFS");
    String path = directory.resolve("aside").toString();
    BatchNormModel model = models().findFirst().orElseThrow();
    configuration.set("fs.defaultFS", "viewfs://elsewhere/");
    Path elsewhere = Files.createDirectory(directory.resolve("elsewhere"));
    configuration.set(ROOT, elsewhere.toUri().toString());
    try {
      model.write().saveToLocal(path);
      assertEquals(model.mean(), BatchNormModel.read().loadFromLocal(path).mean());
    } finally {
      configuration.set("fs.defaultFS", before == null ? "file:///" : before);
      configuration.unset(ROOT);
    }
    try (Stream<Path> files = Files.list(elsewhere)) {
      assertEquals(List.of(), files.toList());
    }
  }

  @Test
  void theSizeIsThatOfTheStatisticsAndNotOfTheSession() {
    models()
        .forEach(
            model -> {
              long size = model.estimatedSize();
              assertTrue(size > 100 && size < 1 << 20, () -> model + " " + size);
            });
  }

  @Test
  void connectFindsTheStages() {
    assertTrue(found(Estimator.class).contains(BatchNorm.class));
    assertTrue(found(Transformer.class).contains(BatchNormModel.class));
  }

  private static List<Class<?>> found(Class<?> kind) {
    return ServiceLoader.load(kind).stream().<Class<?>>map(ServiceLoader.Provider::type).toList();
  }

  private static List<String> sorted(BatchNormModel model) {
    return model.summary().collectAsList().stream().map(Row::toString).sorted().toList();
  }

  private List<String> saved(BatchNormModel model, String name) throws IOException {
    String path = directory.resolve(name).toString();
    model.save(path);
    return session.read().parquet(path + "/data").toJSON().collectAsList().stream()
        .sorted()
        .toList();
  }
}
