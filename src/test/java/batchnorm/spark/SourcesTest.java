package batchnorm.spark;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.udf;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import batchnorm.spark.testing.ForcedSource;
import batchnorm.spark.testing.Frames;
import batchnorm.spark.testing.LogCapture;
import batchnorm.spark.testing.SharedSession;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.spark.SparkException;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Fits and transforms on a Spark that lacks some classes take another path and give the same bits.
 */
class SourcesTest {
  private static final SparkSession SESSION = SharedSession.get();

  @TempDir static Path directory;

  @BeforeAll
  static void writeRows() {
    StructType schema =
        new StructType()
            .add("a", DataTypes.DoubleType)
            .add("b", DataTypes.IntegerType)
            .add("v", SQLDataTypes.VectorType())
            .add("d", DataTypes.createArrayType(DataTypes.DoubleType))
            .add("f", DataTypes.createArrayType(DataTypes.FloatType))
            .add("good", DataTypes.BooleanType);
    double inf = Double.POSITIVE_INFINITY;
    List<Row> rows =
        List.of(
            row(1.5, 3, Vectors.dense(0.1, 2), array(0.1, 2.0), array(0.1f, 2f), true),
            row(
                -7.25,
                4,
                Vectors.sparse(2, new int[] {1}, new double[] {0.3}),
                array(0.0, 0.3),
                array(0f, 0.3f),
                true),
            row(
                0.1,
                -9,
                Vectors.sparse(2, new int[] {}, new double[] {}),
                array(-3.5, 0.0),
                array(-3.5f, 0f),
                true),
            row(null, null, null, null, null, false),
            row(
                Double.NaN,
                5,
                Vectors.dense(Double.NaN, 1),
                array(null, 1.0),
                array(null, 1f),
                false),
            row(
                inf,
                6,
                Vectors.sparse(2, new int[] {0}, new double[] {inf}),
                array(inf, 1.0),
                array(Float.NaN, 1f),
                false));
    Frames.of(schema, rows).write().parquet(path());
  }

  private static Row row(Object... cells) {
    return RowFactory.create(cells);
  }

  private static Object[] array(Object... elements) {
    return elements;
  }

  private static String path() {
    return directory.resolve("rows").toString();
  }

  private static Dataset<Row> all() {
    return SESSION.read().parquet(path());
  }

  private static Dataset<Row> good() {
    return all().where("good");
  }

  static Stream<Arguments> stages() {
    return Stream.of("error", "skip", "keep")
        .flatMap(
            handling ->
                Stream.of(
                        new BatchNorm().setInputCols("a", "b").setOutputCol("out"),
                        new BatchNorm().setInputCols("a", "b"),
                        new BatchNorm().setInputCol("a").setOutputCol("out"),
                        new BatchNorm().setInputCol("v").setOutputCol("out"),
                        new BatchNorm().setInputCol("v").setOutputCol("out").setWithMean(false),
                        new BatchNorm().setInputCol("d").setOutputCol("out"),
                        new BatchNorm().setInputCol("f"))
                    .map(stage -> Arguments.of(stage.setHandleInvalid(handling))));
  }

  /** Expressions and functions of the public API, in both directions. */
  @ParameterizedTest
  @MethodSource("stages")
  void transformsGiveTheSameBits(BatchNorm stage) {
    Dataset<Row> frame = stage.getHandleInvalid().equals("error") ? good() : all();
    BatchNormModel model = stage.fit(frame);
    assertSameTransform(model, frame);
    if (stage.isSet(stage.outputCol()) && stage.isSet(stage.inputCols())) {
      Dataset<Row> normalized = model.transform(frame).drop("a", "b").localCheckpoint();
      assertSameTransform(model.inverse(), normalized);
    }
  }

  /** Also of groups that were not fitted on, of keys of several types and a column named so. */
  @ParameterizedTest
  @ValueSource(strings = {"error", "global", "null"})
  void transformsByGroupsGiveTheSameBits(String unseen) {
    Dataset<Row> keyed =
        all()
            .withColumn("k", expr("if(b > 3, null, b % 2)"))
            .withColumn("name", expr("if(b % 2 = 0, 'even', null)"))
            .withColumn("day", expr("date_add(date'1500-03-01', cast(b % 2 as int))"))
            .withColumn("time", expr("timestamp_micros(b % 2)"))
            .withColumn("place", expr("double(b % 2)"));
    String[] keys = {"k", "name", "day", "time", "place"};
    Dataset<Row> fitted = unseen.equals("error") ? keyed : keyed.where("b is null or b > -5");
    for (BatchNorm stage :
        List.of(
            new BatchNorm().setInputCols("a", "b"),
            new BatchNorm().setInputCols("a", "b").setOutputCol("out"),
            new BatchNorm().setInputCol("v").setOutputCol("out"),
            new BatchNorm().setInputCol("v").setOutputCol("out").setWithMean(false),
            new BatchNorm().setInputCol("d").setOutputCol("out"),
            new BatchNorm().setInputCol("f"))) {
      stage.setHandleInvalid("keep").setGroupCols(keys).setUnseenGroup(unseen);
      assertSameTransform(stage.fit(fitted), keyed);
    }
    BatchNormModel some =
        new BatchNorm()
            .setInputCol("b")
            .setOutputCol("y")
            .setHandleInvalid("keep")
            .setGroupCols(keys)
            .setUnseenGroup(unseen)
            .fit(keyed.where("b is null or b > -5"));
    if (unseen.equals("error")) {
      assertEquals(
          refusal(() -> some.transform(keyed).collectAsList()),
          refusal(
              () ->
                  ForcedSource.with(SESSION, "public", () -> some.transform(keyed))
                      .collectAsList()));
    }
  }

  private static void assertSameTransform(BatchNormModel model, Dataset<Row> frame) {
    Dataset<Row> expected = model.transform(frame);
    Dataset<Row> found = ForcedSource.with(SESSION, "public", () -> model.transform(frame));
    assertEquals(expected.schema(), found.schema());
    assertEquals(
        expected.collectAsList().toString(), found.collectAsList().toString(), model.toString());
  }

  @Test
  void transformsOfThePublicApiRefuseTheSameValues() {
    for (String column : List.of("a", "v", "d", "f")) {
      BatchNormModel model = new BatchNorm().setInputCol(column).setOutputCol("out").fit(good());
      assertEquals(
          refusal(() -> model.transform(all()).collectAsList()),
          refusal(
              () ->
                  ForcedSource.with(SESSION, "public", () -> model.transform(all()))
                      .collectAsList()));
    }
  }

  private static String refusal(Runnable action) {
    Throwable error = assertThrows(Exception.class, action::run);
    while (error.getCause() != null) {
      error = error.getCause();
    }
    return error.getMessage();
  }

  @Test
  void theSettingIsChecked() {
    BatchNorm stage = new BatchNorm().setInputCols("a", "b");
    assertEquals(
        "Setting spark.batchnorm.source is 'Rows'; expected 'columns', 'rows' or 'public'. Set one "
            + "of them, or unset it to let a fit take the best one.",
        ForcedSource.with(SESSION, "Rows", () -> SameFit.message(stage, good())));
    Dataset<Row> filtered = good();
    IllegalStateException refused =
        assertThrows(
            IllegalStateException.class,
            () -> ForcedSource.with(SESSION, "columns", () -> stage.fit(filtered)));
    assertEquals(
        "The data could not be read: 'Filter' gives rows. Unset spark.batchnorm.source, or write "
            + "the data to Parquet and fit on that.",
        refused.getMessage());
  }

  /** An exception of a user's function reaches the user, and the fit is not tried again. */
  @Test
  void errorsOfTheDataAreNotTakenForOnesOfTheSource() {
    UDF1<Double, Double> failing =
        x -> {
          throw new UnsupportedOperationException("mine");
        };
    Dataset<Row> frame = good().withColumn("a", udf(failing, DataTypes.DoubleType).apply(col("a")));
    try (LogCapture log = LogCapture.of("batchnorm.spark.BatchNorm")) {
      Exception error =
          assertThrows(Exception.class, () -> new BatchNorm().setInputCol("a").fit(frame));
      assertTrue(error instanceof SparkException, () -> String.valueOf(error));
      assertTrue(error.getMessage().contains("mine"), error.getMessage());
      assertEquals(List.of("INFO fitted on rows: the query computes columns"), log.messages());
    }
  }

  /** Classes that a vendor's Spark may lack, and what is done without them. */
  static Stream<Arguments> lacking() {
    String execution = "org.apache.spark.sql.execution.";
    return Stream.of(
        Arguments.of(true, List.of(execution + "FileSourceScanExec"), "rows", "FileSourceScanExec"),
        Arguments.of(
            false, List.of(execution + "ColumnarToRowTransition"), "rows", "ColumnarToRow"),
        Arguments.of(
            false, List.of(execution), "rows of the public API", "org/apache/spark/sql/execution"),
        Arguments.of(
            false,
            List.of(
                execution,
                "org.apache.spark.sql.catalyst.",
                "org.apache.spark.sql.classic.",
                "org.apache.spark.sql.vectorized.",
                "org.apache.spark.unsafe."),
            "rows of the public API",
            "org/apache/spark/sql/"));
  }

  @ParameterizedTest
  @MethodSource("lacking")
  void whatASparkLacksIsDoneWithout(
      boolean filtered, List<String> hidden, String source, String reason) throws Exception {
    BatchNorm ours = new BatchNorm().setInputCol("v").setOutputCol("out").setHandleInvalid("keep");
    Dataset<Row> frame = filtered ? all().where("isnull(b) or b < 100") : all();
    BatchNormModel expected = ours.fit(frame);
    try (URLClassLoader without = new Without(hidden)) {
      Object stage = without.loadClass(BatchNorm.class.getName()).getConstructor().newInstance();
      for (String[] set :
          new String[][] {
            {"setInputCol", "v"}, {"setOutputCol", "out"}, {"setHandleInvalid", "keep"}
          }) {
        stage.getClass().getMethod(set[0], String.class).invoke(stage, set[1]);
      }
      Object model = stage.getClass().getMethod("fit", Dataset.class).invoke(stage, frame);
      Optional<?> summary = (Optional<?>) model.getClass().getMethod("fitSummary").invoke(model);
      String told = summary.orElseThrow().toString();
      assertTrue(told.startsWith("fitted on " + source + ": "), told);
      assertTrue(told.contains("LinkageError") || told.contains("NoClassDefFound"), told);
      assertTrue(told.contains(reason), told);
      assertEquals(expected.mean(), model.getClass().getMethod("mean").invoke(model));
      Dataset<?> mapped =
          (Dataset<?>) model.getClass().getMethod("transform", Dataset.class).invoke(model, frame);
      assertEquals(
          expected.transform(frame).collectAsList().toString(), mapped.collectAsList().toString());
    }
  }

  /** Class loader that loads this library again, without some of Spark's classes. */
  private static final class Without extends URLClassLoader {
    private final List<String> hidden;

    Without(List<String> hidden) {
      super(
          new URL[] {BatchNorm.class.getProtectionDomain().getCodeSource().getLocation()},
          BatchNorm.class.getClassLoader());
      this.hidden = hidden;
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      if (hidden.stream().anyMatch(name::startsWith)) {
        throw new ClassNotFoundException(name);
      }
      if (!name.startsWith("batchnorm.spark.")) {
        return super.loadClass(name, resolve);
      }
      synchronized (getClassLoadingLock(name)) {
        Class<?> loaded = findLoadedClass(name);
        return loaded != null ? loaded : findClass(name);
      }
    }
  }
}
