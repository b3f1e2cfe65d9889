package batchnorm.spark;

import static org.apache.spark.sql.functions.col;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import batchnorm.spark.testing.Frames;
import batchnorm.spark.testing.InterpretedExpressions;
import batchnorm.spark.testing.SharedSession;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.commons.io.FileUtils;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A model with groups is, group by group, the model of the group's rows alone. */
@ExtendWith(InterpretedExpressions.class)
class GroupedModelTest {
  private static final double[][] TABLE = {
    {1e15, 2, 0}, {3, -4e-300, 0}, {0.1, 1e300, 5}, {-1e15, 8, 0}, {7, 1e-310, 0}, {0.3, 6, 1},
    {4, 4, 4}, {0.1, 0.2, 0.3}, {9, 9, 1}, {2, 7, 1}, {8, 3, 2}, {-5, 1, 1}
  };

  private final SparkSession session = SharedSession.get();

  @TempDir Path directory;

  /** A stage, and rows with their number {@code n} and the groups {@code store} and {@code day}. */
  static Stream<Arguments> data() {
    BatchNorm columns = new BatchNorm().setInputCols("a", "b", "c").setOutputCols("a", "b", "c");
    BatchNorm toVector = new BatchNorm().setInputCols("a", "b", "c").setOutputCol("out");
    BatchNorm vectors = new BatchNorm().setInputCol("v").setOutputCol("out").setEps(0);
    BatchNorm weighted = vectors.copy(ParamMap.empty()).setWeightCol("w");
    double[][] gaps = TABLE.clone();
    gaps[4] = new double[] {Double.NaN, 3, 4};
    gaps[7] = new double[] {1, Double.POSITIVE_INFINITY, 4};
    BatchNorm kept = columns.copy(ParamMap.empty()).setHandleInvalid("keep");
    BatchNorm skipped = toVector.copy(ParamMap.empty()).setHandleInvalid("skip");
    BatchNorm affine =
        columns.copy(ParamMap.empty()).setGamma(2, 3, 4).setBeta(1, 0, -1).setCorrection(1);
    return Stream.of(
        Arguments.of("columns in place", columns, rows(Frames.doubles(TABLE))),
        Arguments.of("columns to a vector", toVector, rows(Frames.doubles(TABLE))),
        Arguments.of("gamma and beta", affine, rows(Frames.doubles(TABLE))),
        Arguments.of("dense", vectors, rows(Frames.dense(TABLE))),
        Arguments.of("sparse", vectors, rows(Frames.sparse(TABLE))),
        Arguments.of("arrays", vectors, rows(Frames.doubleArrays(TABLE))),
        Arguments.of("floats", vectors, rows(Frames.floatArrays(ordinary()))),
        Arguments.of("weights", weighted, rows(Frames.dense(TABLE))),
        Arguments.of("keep", kept, rows(Frames.doubles(gaps))),
        Arguments.of("skip", skipped, rows(Frames.doubles(gaps))));
  }

  private static double[][] ordinary() {
    double[][] table = new double[TABLE.length][];
    for (int i = 0; i < table.length; i++) {
      table[i] = new double[] {i, 0.5 * i * i, 7};
    }
    return table;
  }

  /** Persisted rows, so that every filter sees the same ones. */
  private static Dataset<Row> rows(Dataset<Row> frame) {
    Dataset<Row> rows =
        frame
            .withColumn("n", functions.monotonically_increasing_id())
            .withColumn("store", functions.expr("if(n % 4 = 3, null, int(n % 4))"))
            .withColumn("day", functions.expr("if(n < 4, 'mon', 'tue')"))
            .withColumn("w", functions.expr("1 + n / 8"));
    return frame.sparkSession().createDataFrame(rows.collectAsList(), rows.schema());
  }

  @Test
  void aGroupWithoutVectorsComesBack() throws Exception {
    Dataset<Row> rows =
        Frames.dense(TABLE)
            .withColumn("n", functions.monotonically_increasing_id().mod(2))
            .withColumn("v", functions.when(functions.col("n").equalTo(0), functions.col("v")));
    BatchNormModel model =
        new BatchNorm()
            .setInputCol("v")
            .setOutputCol("out")
            .setGroupCols("n")
            .setHandleInvalid("keep")
            .fit(rows);
    String path = directory.resolve("without").toString();
    model.save(path);
    BatchNormModel loaded = BatchNormModel.load(path);
    SameFit.assertSameBits(model, loaded);
    assertEquals(texts(model.summary()), texts(loaded.summary()));
    assertEquals(
        List.of(0L, 0L, 0L),
        loaded.summary().filter("n = 1").select("count").as(Encoders.LONG()).collectAsList());
    assertEquals(texts(model.transform(rows)), texts(loaded.transform(rows)));
  }

  private static List<String> texts(Dataset<Row> rows) {
    return rows.collectAsList().stream().map(Row::toString).sorted().toList();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("data")
  void everyGroupIsNormalizedAsIfItWereAlone(String name, BatchNorm stage, Dataset<Row> rows) {
    BatchNormModel model = grouped(stage, "store").fit(rows);
    List<String> expected = new ArrayList<>();
    for (Column group : groups()) {
      Dataset<Row> alone = rows.filter(group);
      expected.addAll(shown(stage.fit(alone).transform(alone)));
    }
    assertEquals(expected.stream().sorted().toList(), shown(model.transform(rows)));
    assertEquals(stage.fit(rows).mean(), model.mean());
    assertEquals(stage.fit(rows).variance(), model.variance());
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("data")
  void theSummaryHasTheFeaturesOfEveryGroup(String name, BatchNorm stage, Dataset<Row> rows) {
    BatchNormModel model = grouped(stage, "store").fit(rows);
    List<String> expected = new ArrayList<>();
    for (Column group : groups()) {
      Dataset<Row> alone = rows.filter(group);
      Object key = alone.select("store").first().get(0);
      stage.fit(alone).summary().collectAsList().stream()
          .map(row -> "[" + key + "," + row.mkString(",") + ",group]")
          .forEach(expected::add);
    }
    assertEquals(expected.stream().sorted().toList(), shown(model.summary()));
    assertEquals(
        "store, name, count, missing, mean, variance, std, min, max, constant, smallerThanEps, "
            + "stdAfter, uses",
        String.join(", ", model.summary().columns()));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("data")
  void groupsMergeAndGoOn(String name, BatchNorm stage, Dataset<Row> rows) throws Exception {
    Parts parts = new Parts(grouped(stage, "store"), rows);
    BatchNormModel merged = parts.one.merge(parts.other);
    parts.assertAll(merged);
    parts.assertAll(loaded(parts.one).update(parts.rest));
    assertRemains(parts.other, merged.subtract(parts.one));
    assertEquals(shown(parts.all.transform(rows)), shown(merged.transform(rows)));
  }

  @Test
  void groupsMergeInAnyOrderLoadedOrNot() throws Exception {
    BatchNorm stage = grouped(columns(), "store");
    Parts parts = new Parts(stage, rows(Frames.doubles(TABLE)));
    parts.assertAll(parts.other.merge(parts.one));
    parts.assertAll(loaded(parts.one).merge(parts.other));
    parts.assertAll(parts.one.update(parts.rest));
    parts.assertAll(stage.copy(ParamMap.empty()).setInitialModel(parts.one).fit(parts.rest));
    assertRemains(parts.other, loaded(parts.one).update(parts.rest, parts.first));
  }

  /** Models of all rows and of two parts of them; some groups are only in one of the parts. */
  private static final class Parts {
    final BatchNormModel all;
    final BatchNormModel one;
    final BatchNormModel other;
    final Dataset<Row> first;
    final Dataset<Row> rest;

    Parts(BatchNorm stage, Dataset<Row> rows) {
      first = rows.filter("n < 7");
      rest = rows.filter("n >= 7");
      all = stage.fit(rows);
      one = stage.fit(first);
      other = stage.fit(rest);
    }

    void assertAll(BatchNormModel found) {
      assertSameGroups(all, found);
    }
  }

  private static void assertSameGroups(BatchNormModel expected, BatchNormModel found) {
    assertEquals(shown(expected.summary()), shown(found.summary()));
    assertEquals(expected.mean(), found.mean());
    assertEquals(expected.variance(), found.variance());
    assertEquals(expected.count(), found.count());
  }

  /** Requires the same groups but for minimum and maximum, which may be unknown. */
  private static void assertRemains(BatchNormModel expected, BatchNormModel found) {
    SameFit.assertSameBitsOfTheRest(expected, found);
    SameFit.assertSameSummaryOfTheRest(expected.summary(), found.summary());
  }

  @Test
  void groupsThatAreNoPartAreNotTakenOut() {
    BatchNorm stage = grouped(columns(), "store");
    Dataset<Row> rows = rows(Frames.doubles(TABLE));
    BatchNormModel model = stage.fit(rows.filter("store = 0 or store = 1"));
    String text =
        "The models cannot be subtracted: %d of the groups of the second are no part of the first, "
            + "such as %s; expected a model of rows that the first was fitted on. Subtract one whose "
            + "rows were added before.";
    // The first model has as many rows, but of other groups.
    BatchNormModel other =
        stage.fit(rows.filter("store = 0").limit(2).withColumn("store", functions.lit(5)));
    assertEquals(
        String.format(text, 1, "store=5"),
        assertThrows(IllegalArgumentException.class, () -> model.subtract(other)).getMessage());
    BatchNormModel swapped =
        stage.fit(rows.filter("store = 0").limit(2).withColumn("store", functions.lit(1)));
    assertEquals(
        String.format(text, 1, "store=1"),
        assertThrows(IllegalArgumentException.class, () -> model.subtract(swapped)).getMessage());
  }

  @Test
  void aGroupWithoutRowsIsNone() {
    BatchNorm stage = grouped(columns(), "store").setUnseenGroup("null");
    Dataset<Row> rows = rows(Frames.doubles(TABLE));
    BatchNormModel rest = stage.fit(rows).subtract(stage.fit(rows.filter("store=1")));
    assertRemains(stage.fit(rows.filter("store <> 1 or store is null")), rest);
    assertEquals(0, rest.summary().filter("store=1").count());
    assertEquals(3, rest.transform(rows).filter("store = 1 and a is null").count());
  }

  @Test
  void savedGroupsComeBackAlsoInAPipeline() throws Exception {
    Dataset<Row> rows = rows(Frames.doubles(TABLE));
    BatchNorm stage = grouped(columns(), "store", "day").setSmallGroup("unit");
    BatchNormModel model = stage.fit(rows);
    BatchNormModel loaded = loaded(model);
    assertEquals(shown(model.summary()), shown(loaded.summary()));
    assertEquals(shown(model.transform(rows)), shown(loaded.transform(rows)));
    assertEquals(shown(model.transform(rows)), shown(model.copy(ParamMap.empty()).transform(rows)));
    assertEquals(model.transform(rows).schema(), loaded.transformSchema(rows.schema()));

    PipelineModel fitted = new Pipeline().setStages(new PipelineStage[] {stage}).fit(rows);
    String path = directory.resolve("pipeline").toString();
    fitted.save(path);
    assertEquals(shown(model.transform(rows)), shown(PipelineModel.load(path).transform(rows)));
  }

  /** Spark deletes what is overwritten before it writes; the groups are read from there. */
  @Test
  void aModelMayReplaceTheOneItWasLoadedFrom() throws Exception {
    Dataset<Row> rows = rows(Frames.doubles(TABLE));
    BatchNorm stage = grouped(columns(), "store");
    BatchNormModel all = stage.fit(rows);
    String path = directory.resolve("model").toString();
    stage.fit(rows.filter("n < 7")).save(path);
    BatchNormModel.load(path).write().overwrite().save(path);
    BatchNormModel.load(path).update(rows.filter("n >= 7")).write().overwrite().save(path);
    assertEquals(shown(all.summary()), shown(BatchNormModel.load(path).summary()));
    assertEquals(List.of("model"), List.of(directory.toFile().list()));
  }

  @Test
  void aModelThatCannotBeSavedReplacesNothing() throws Exception {
    BatchNormModel model = grouped(columns(), "store").fit(rows(Frames.doubles(TABLE)));
    String path = directory.resolve("model").toString();
    model.save(path);
    BatchNormModel broken = model.copy(ParamMap.empty());
    broken.clear(broken.groupCols());
    assertRefused(
        "The model was fitted on groups of 'store' and groupCols is not set; expected the columns "
            + "that tell the groups apart. Set groupCols.",
        () -> broken.write().overwrite().save(path));
    assertEquals(shown(model.summary()), shown(BatchNormModel.load(path).summary()));
    assertEquals(List.of("model"), List.of(directory.toFile().list()));
  }

  @Test
  void theWayBackIsThatOfTheGroup() {
    Dataset<Row> rows = rows(Frames.doubles(ordinary()));
    BatchNormModel model = grouped(columns(), "store").setEps(0).fit(rows);
    Dataset<Row> back = model.inverse().transform(model.transform(rows)).orderBy("n");
    List<Row> expected = rows.orderBy("n").collectAsList();
    List<Row> found = back.collectAsList();
    for (int i = 0; i < expected.size(); i++) {
      for (String column : List.of("a", "b", "c")) {
        double x = expected.get(i).getAs(column);
        // Two roundings a way.
        assertEquals(x, found.get(i).getAs(column), 8 * Math.ulp(Math.max(1, Math.abs(x))));
      }
    }
  }

  @Test
  void smallGroupsUseWhatIsChosenAndSaySo() {
    Dataset<Row> rows = rows(Frames.doubles(TABLE)).withColumn("one", col("n"));
    Map<String, String> first = new TreeMap<>();
    for (String choice : List.of("global", "unit")) {
      BatchNormModel model = grouped(columns(), "one").setSmallGroup(choice).fit(rows);
      assertEquals(
          List.of(choice),
          model.summary().select("uses").distinct().collectAsList().stream()
              .map(row -> row.getString(0))
              .toList());
      first.put(choice, shown(model.transform(rows).drop("one")).get(0));
    }
    assertEquals(
        shown(columns().fit(rows).transform(rows).drop("one")).get(0), first.get("global"));
    BatchNormModel unit =
        BatchNormModel.of(Vectors.dense(0, 0, 0), Vectors.dense(1, 1, 1))
            .setInputCols("a", "b", "c")
            .setOutputCols("a", "b", "c");
    assertEquals(shown(unit.transform(rows).drop("one")).get(0), first.get("unit"));
    String error =
        assertThrows(
                IllegalArgumentException.class,
                () -> grouped(columns(), "one").setSmallGroup("error").fit(rows))
            .getMessage();
    assertTrue(
        error.matches(
            "Expected more than 1 value per channel when training, got input size \\[1, 3\\] in "
                + "group one=\\d+; smallGroup is 'error'. Groups of fewer than two rows: 12 of 12. "
                + "Set smallGroup to 'global' to use the statistics of all rows for them or to "
                + "'unit' to leave them as they are, or filter their rows."),
        error);
  }

  @Test
  void groupColumnsAreNoFeatures() {
    Dataset<Row> rows = rows(Frames.doubles(TABLE));
    assertRefused(
        "Column 'a' is in groupCols and is a feature, too; expected columns that tell the groups "
            + "apart and are not normalized. Remove it from one of them, or copy the column.",
        () -> grouped(columns(), "a").fit(rows));
    assertRefused(
        "Column 'gone' does not exist; the dataset has 'a', 'b', 'c', 'n', 'store', 'day', 'w'. Set "
            + "the name of an existing column.",
        () -> grouped(columns(), "gone").fit(rows));
    assertRefused(
        "groupCols is set and runningStatistics is 'exponential'; groups have pooled statistics. "
            + "Set runningStatistics to 'pooled', or clear groupCols.",
        () -> grouped(columns(), "store").setRunningStatistics("exponential").fit(rows));
  }

  @Test
  void modelsOfOtherGroupsDoNotMix() {
    Dataset<Row> rows = rows(Frames.doubles(TABLE));
    BatchNormModel stores = grouped(columns(), "store").fit(rows);
    BatchNormModel days = grouped(columns(), "day").fit(rows);
    BatchNormModel none = columns().fit(rows);
    assertRefused(
        "The models cannot be merged: groupCols is [\"store\"] in one and [\"day\"] in the other; "
            + "expected the same. Set it to the same value in both, or fit both alike.",
        () -> stores.merge(days));
    assertRefused(
        "The models cannot be merged: groupCols is [\"store\"] in one and not set in the other; "
            + "expected the same. Set it to the same value in both, or fit both alike.",
        () -> stores.merge(none));
    assertRefused(
        "The model was fitted on groups of 'store' and groupCols is 'day'; expected the same in the "
            + "same order. Set groupCols to those of the model.",
        () -> grouped(columns(), "day").setInitialModel(stores).fit(rows));
    assertRefused(
        "The model was fitted on groups of 'store' and groupCols is not set; expected the columns "
            + "that tell the groups apart. Set groupCols.",
        () -> columns().setInitialModel(stores).fit(rows));
    IllegalStateException error =
        assertThrows(IllegalStateException.class, () -> none.setGroupCols("store").transform(rows));
    assertEquals(
        "Model "
            + none.uid()
            + " has no statistics of groups and groupCols is set; expected a model that was fitted "
            + "with groupCols. Fit one, or clear groupCols.",
        error.getMessage());
  }

  @Test
  void groupsOfOtherTypesDoNotMerge() {
    Dataset<Row> rows = rows(Frames.doubles(TABLE));
    BatchNormModel ints = grouped(columns(), "store").fit(rows);
    BatchNormModel longs =
        grouped(columns(), "store").fit(rows.withColumn("store", col("store").cast("long")));
    assertRefused(
        "The models cannot be merged: the type of groupCols is struct<store:int> in one and "
            + "struct<store:bigint> in the other; expected the same. Set it to the same value in "
            + "both, or fit both alike.",
        () -> ints.merge(longs));
    assertRefused(
        "Group column 'store' has type bigint; the model was fitted on groups of type int. Cast it.",
        () -> ints.update(rows.withColumn("store", col("store").cast("long"))));
  }

  /** Without a checkpoint directory the executors keep the groups. */
  @Test
  void groupsAreAtRestInACheckpointDirectoryWhereThereIsOne() throws Exception {
    Dataset<Row> rows = rows(Frames.doubles(TABLE));
    BatchNorm stage = grouped(columns(), "store");
    BatchNormModel expected = stage.fit(rows);
    session.sparkContext().setCheckpointDir(directory.resolve("checkpoints").toString());
    try {
      BatchNormModel model = stage.fit(rows);
      model.state().release();
      assertEquals(shown(expected.summary()), shown(loaded(model).summary()));
    } finally {
      session.sparkContext().checkpointDir_$eq(scala.Option.empty());
    }
  }

  @Test
  void groupsThatExecutorsNoLongerKeepAreSaidToBeLost() {
    Dataset<Row> rows = rows(Frames.doubles(TABLE));
    BatchNormModel model = grouped(columns(), "store").fit(rows);
    List<Row> normalized = model.transform(rows).collectAsList();
    // As if the executors were lost.
    model.state().release();
    assertLost(() -> model.update(rows));
    assertLost(() -> loaded(model));
    // Few groups are looked up in the statistics, which the model has.
    assertEquals(normalized.toString(), model.transform(rows).collectAsList().toString());
  }

  /** Spark 3.5 has the text of a task's error in its own. */
  private static void assertLost(Executable use) {
    StringBuilder texts = new StringBuilder();
    for (Throwable e = assertThrows(Exception.class, use); e != null; e = e.getCause()) {
      texts.append(e.getMessage());
    }
    assertTrue(
        texts
            .toString()
            .contains(
                "The groups of a fitted model are lost: executors that kept them are gone, or they "
                    + "were released at the end of a micro-batch; expected groups that are at rest. "
                    + "Save the model after the fit and load it, or call "
                    + "SparkContext.setCheckpointDir before the fit. In a sink of RunningBatchNorm "
                    + "use the dataset before the call ends."),
        texts::toString);
  }

  @Test
  void aModelThatLostItsGroupsDoesNotLoad() throws Exception {
    Dataset<Row> rows = rows(Frames.doubles(TABLE));
    String path = directory.resolve("model").toString();
    grouped(columns(), "store").fit(rows).save(path);
    FileUtils.deleteDirectory(Path.of(path, "groups").toFile());
    assertRefused(
        "Path "
            + path
            + " is not a saved BatchNormModel: it has no folder 'groups'. Give the path that "
            + "BatchNormModel.save wrote.",
        () -> BatchNormModel.load(path));
  }

  private static BatchNorm columns() {
    return new BatchNorm().setInputCols("a", "b", "c").setOutputCols("a", "b", "c");
  }

  private static BatchNorm grouped(BatchNorm stage, String... groupCols) {
    return stage.copy(ParamMap.empty()).setGroupCols(groupCols);
  }

  private static List<Column> groups() {
    return List.of(
        col("store").isNull(),
        col("store").equalTo(0),
        col("store").equalTo(1),
        col("store").equalTo(2));
  }

  private BatchNormModel loaded(BatchNormModel model) throws Exception {
    String path = directory.resolve("model-" + System.nanoTime()).toString();
    model.save(path);
    return BatchNormModel.load(path);
  }

  /** Rows come in no order. */
  private static List<String> shown(Dataset<Row> rows) {
    return rows.collectAsList().stream().map(Row::toString).sorted().toList();
  }

  private static void assertRefused(String text, Executable call) {
    assertEquals(text, assertThrows(IllegalArgumentException.class, call).getMessage());
  }
}
