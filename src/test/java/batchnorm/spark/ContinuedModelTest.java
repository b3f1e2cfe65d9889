package batchnorm.spark;

import static batchnorm.spark.SameFit.assertSameBits;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.monotonically_increasing_id;
import static org.apache.spark.sql.functions.rand;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import batchnorm.spark.moments.Moments;
import batchnorm.spark.moments.SavedSums;
import batchnorm.spark.moments.Tables;
import batchnorm.spark.testing.Frames;
import batchnorm.spark.testing.InterpretedExpressions;
import batchnorm.spark.testing.SharedSession;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Models that take in other models, or more data, are those of one fit on all of it. */
@ExtendWith(InterpretedExpressions.class)
class ContinuedModelTest {
  private static final double[][] TABLE = {
    {1e15, 2, 0}, {3, -4e-300, 0}, {0.1, 1e300, 5}, {-1e15, 8, 0}, {7, 1e-310, 0}, {0.3, 6, 1}
  };
  private static final double[][] WITH_GAPS = {
    {1, Double.NaN, 3}, {Double.NaN, 2, 4}, {5, 4, Double.NaN}, {8, 0.1, 9}, {0.7, 3, Double.NaN}
  };

  private final SparkSession session = SharedSession.get();

  @TempDir Path directory;

  /** A stage, and rows with a number {@code n} to divide them by. */
  static Stream<Arguments> data() {
    BatchNorm columns = new BatchNorm().setInputCols("a", "b", "c").setOutputCol("out");
    BatchNorm vectors = new BatchNorm().setInputCol("v").setOutputCol("out");
    BatchNorm weighted = vectors.copy(ParamMap.empty()).setWeightCol("w");
    BatchNorm kept = columns.copy(ParamMap.empty()).setHandleInvalid("keep");
    BatchNorm skipped = columns.copy(ParamMap.empty()).setHandleInvalid("skip");
    return Stream.of(
        Arguments.of("columns", columns, Frames.doubles(TABLE)),
        Arguments.of("dense", vectors, Frames.dense(TABLE)),
        Arguments.of("sparse", vectors, Frames.sparse(TABLE)),
        Arguments.of("arrays", vectors, Frames.doubleArrays(TABLE)),
        Arguments.of("floats", vectors, Frames.floatArrays(new double[][] {{1}, {2}, {4}, {7}})),
        Arguments.of("weights", weighted, Frames.dense(TABLE).withColumn("w", rand(5).plus(1))),
        Arguments.of("keep", kept, Frames.numbers(WITH_GAPS, DataTypes.DoubleType)),
        Arguments.of("skip", skipped, Frames.doubles(WITH_GAPS).union(Frames.doubles(TABLE))));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("data")
  void mergedModelsAreTheModelOfAllTheirData(String name, BatchNorm stage, Dataset<Row> frame)
      throws Exception {
    Dataset<Row> rows = numbered(frame);
    BatchNormModel all = stage.fit(rows);
    BatchNormModel one = stage.fit(rows.filter("n % 2 = 0"));
    BatchNormModel other = stage.fit(rows.filter("n % 2 = 1"));
    assertSameState(all, one.merge(other));
    assertSameState(all, other.merge(one));
    assertSameState(all, loaded(one, "one").merge(loaded(other, "other")));
    assertSameState(all, loaded(one.merge(loaded(other, "again")), "merged"));
    assertEquals(
        all.transform(rows).collectAsList(), one.merge(other).transform(rows).collectAsList());
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("data")
  void anUpdatedModelIsTheModelOfAllItsData(String name, BatchNorm stage, Dataset<Row> frame)
      throws Exception {
    Dataset<Row> rows = numbered(frame);
    BatchNormModel all = stage.fit(rows);
    BatchNormModel one = stage.fit(rows.filter("n % 2 = 0"));
    double[] before = one.variance(0);
    Dataset<Row> rest = rows.filter("n % 2 = 1");
    assertSameState(all, one.update(rest));
    assertSameState(all, loaded(one, "one").update(rest));
    assertSameState(all, one.update(rest.limit(0)).update(rest.limit(1)).update(tail(rest)));
    assertArrayEquals(before, one.variance(0));
    assertSame(one.parent(), one.update(rest).parent());
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("data")
  void aFitContinuesItsInitialModel(String name, BatchNorm stage, Dataset<Row> frame)
      throws Exception {
    Dataset<Row> rows = numbered(frame);
    BatchNormModel all = stage.fit(rows);
    BatchNormModel one = stage.fit(rows.filter("n % 2 = 0"));
    Dataset<Row> rest = rows.filter("n % 2 = 1");
    BatchNorm inMemory = stage.copy(ParamMap.empty()).setInitialModel(one);
    assertSameState(all, inMemory.fit(rest));
    assertSameState(all, inMemory.copy(ParamMap.empty()).fit(rest));

    String path = directory.resolve("initial").toString();
    one.save(path);
    BatchNorm fromDisk = stage.copy(ParamMap.empty()).setInitialModel(path);
    assertSame(fromDisk, fromDisk.fit(rest).parent());
    PipelineStage[] stages = {fromDisk};
    String pipeline = directory.resolve("pipeline").toString();
    new Pipeline().setStages(stages).save(pipeline);
    PipelineModel fitted = Pipeline.load(pipeline).fit(rest);
    assertSameState(all, (BatchNormModel) fitted.stages()[0]);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("data")
  void whatIsTakenOutLeavesTheModelOfTheRest(String name, BatchNorm stage, Dataset<Row> frame)
      throws Exception {
    Dataset<Row> rows = numbered(frame);
    Dataset<Row> even = rows.filter("n % 2 = 0");
    Dataset<Row> odd = rows.filter("n % 2 = 1");
    BatchNormModel all = stage.fit(rows);
    BatchNormModel one = stage.fit(even);
    BatchNormModel other = stage.fit(odd);
    assertRemains(other, all.subtract(one));
    assertRemains(other, loaded(all, "all").subtract(loaded(one, "one")));
    assertRemains(one, loaded(all.subtract(other), "rest"));
    assertRemains(other, one.update(odd, even));
    assertRemains(all, all.update(odd, odd));
    assertRemains(all, all.update(odd.limit(0), odd.limit(0)));
    assertEquals(
        other.transform(rows).collectAsList(), all.subtract(one).transform(rows).collectAsList());
    assertSame(all.parent(), all.subtract(one).parent());
  }

  @Test
  void whatIsNoPartIsNotTakenOut() {
    BatchNormModel model = stage().fit(Frames.doubles(TABLE));
    String cannot = "The models cannot be subtracted: ";
    String expected =
        "; expected a model of rows that the first was fitted on. Subtract one whose rows were added "
            + "before.";
    assertRefused(
        cannot + "the first has the count 6 and the other 12, which is no part of it" + expected,
        () -> model.subtract(model.merge(model)));
    Dataset<Row> others = Frames.doubles(new double[][] {{1, 1e301, 2}, {0, 0, 1}});
    assertRefused(
        cannot
            + "the values of feature 'b' in the second are no part of those in the first, as its "
            + "counts or its squares would be negative"
            + expected,
        () -> model.subtract(stage().fit(others)));
    assertRefused(
        cannot
            + "they have the same rows, and none would remain; expected one row or more. Subtract "
            + "less.",
        () -> model.subtract(model));
    BatchNormModel cumulative =
        stage().setRunningStatistics("cumulative").fit(Frames.doubles(TABLE));
    String running =
        cannot
            + "their running statistics are cumulative, averages of batches that are not known any "
            + "more; expected pooled ones. Fit with runningStatistics 'pooled'.";
    assertRefused(running, () -> cumulative.subtract(cumulative));
    assertRefused(running, () -> cumulative.update(others, others));
    assertRefused(
        "The models cannot be merged: eps is 0.0 in one and 0.5 in the other; expected the same. Set "
            + "it to the same value in both, or fit both alike.",
        () -> model.subtract(stage().setEps(0.5).fit(others)));
    assertRefused("other is null; expected a value. Give one.", () -> model.subtract(null));
  }

  @Test
  void theParamsOfAContinuedFitAreThoseOfTheStage() {
    BatchNormModel initial = stage().setEps(1).fit(Frames.doubles(TABLE));
    BatchNormModel model = stage().setEps(0.5).setInitialModel(initial).fit(Frames.doubles(TABLE));
    assertEquals(0.5, model.getEps());
    assertEquals(12, model.count());
  }

  @Test
  void thousandsOfModelsMerge() {
    BatchNormModel one = stage().fit(Frames.doubles(TABLE));
    BatchNormModel merged = BatchNormModel.merge(Collections.nCopies(1000, one));
    assertEquals(6000, merged.count());
    assertEquals(one.mean(), merged.mean());
    assertArrayEquals(one.variance(0), merged.variance(0));
    assertSameBits(one, BatchNormModel.merge(List.of(one)));
    assertNotSame(one, BatchNormModel.merge(List.of(one)));
    assertSameBits(one.merge(one), BatchNormModel.merge(List.of(one, one)));
  }

  @Test
  void countsAreExactBeyondWhatADoubleCounts() throws Exception {
    Dataset<Row> rows =
        Frames.doubles(new double[][] {{1, 9007199254740992.0}, {2, 1}, {Double.NaN, 3}});
    BatchNormModel model =
        new BatchNorm()
            .setInputCols("a")
            .setOutputCol("out")
            .setWeightCol("b")
            .setHandleInvalid("keep")
            .fit(rows);
    assertEquals(9007199254740996L, model.count());
    assertEquals(9007199254740993L, model.summary().first().<Long>getAs("count"));
    assertEquals(3, model.summary().first().<Long>getAs("missing"));
    BatchNormModel twice = loaded(model, "m").merge(model);
    assertEquals(18014398509481992L, twice.count());
    assertEquals(18014398509481986L, twice.summary().first().<Long>getAs("count"));
  }

  @Test
  void modelsThatDifferSayInWhat() {
    Dataset<Row> frame = Frames.doubles(TABLE);
    BatchNormModel model = stage().fit(frame);
    String cannot = "The models cannot be merged: ";
    String same = "; expected the same. Set it to the same value in both, or fit both alike.";
    assertRefused(
        cannot + "eps is 0.0 in one and 0.5 in the other" + same,
        () -> model.merge(stage().setEps(0.5).fit(frame)));
    assertRefused(
        cannot + "gamma is not set in one and [1.0,2.0,3.0] in the other" + same,
        () -> model.merge(stage().setGamma(1, 2, 3).fit(frame)));
    assertRefused(
        cannot + "outputCol is \"out\" in one and \"z\" in the other" + same,
        () -> model.merge(stage().setOutputCol("z").fit(frame)));
    assertRefused(
        cannot + "handleInvalid is \"error\" in one and \"keep\" in the other" + same,
        () -> model.merge(stage().setHandleInvalid("keep").fit(frame)));
    assertRefused(
        cannot
            + "feature 1 is 'b' in one and 'c' in the other; expected the same. Fit both on the "
            + "same columns in the same order.",
        () -> model.merge(stage().setInputCols("a", "c", "b").fit(frame)));
    assertRefused(
        cannot
            + "the first alone has 'b'; expected the same features. Fit both on the same columns.",
        () -> model.merge(stage().setInputCols("a", "c").fit(frame)));
    assertRefused(
        cannot
            + "the first alone has 'a', 'b', and the second alone has 'd', 'e'; expected the same "
            + "features. Fit both on the same columns.",
        () -> model.merge(stage().setInputCols("d", "c", "e").fit(frame.toDF("d", "e", "c"))));
    assertRefused(
        cannot + "runningStatistics is pooled in one and cumulative in the other" + same,
        () -> model.merge(stage().setRunningStatistics("cumulative").fit(frame)));
    BatchNormModel exponential = stage().setRunningStatistics("exponential").fit(frame);
    assertRefused(
        cannot
            + "their running statistics are exponential and depend on the order of the batches; "
            + "expected pooled or cumulative ones. Update one model with the data of the other, or "
            + "fit with another runningStatistics.",
        () -> exponential.merge(exponential));
    assertRefused(
        "There are no models to merge; expected one or more. Give them.",
        () -> BatchNormModel.merge(List.of()));
  }

  @Test
  void modelsMergeWhateverTheirUidsTheShapeOfTheirFitsAndWhatTheyTell() {
    Dataset<Row> frame = Frames.doubles(TABLE);
    BatchNorm one = new BatchNorm().setInputCols("a", "b", "c").setAggregationDepth(3);
    BatchNorm other = new BatchNorm().setInputCols("a", "b", "c").setMaxSliceBytes(1 << 20);
    BatchNormModel merged = one.fit(frame).merge(other.fit(frame).setOutput("summary"));
    assertEquals(one.uid(), merged.uid());
    assertEquals(12, merged.count());
  }

  @Test
  void aModelWithoutExactSumsIsNotContinued() {
    BatchNormModel known =
        BatchNormModel.of(Vectors.dense(1, 2), Vectors.dense(4, 0)).setInputCol("v");
    String text =
        "Model "
            + known.uid()
            + " has no exact sums to continue: it was made of known statistics, or saved in format "
            + "1; expected a model that BatchNorm.fit made. Fit one on its data, or set "
            + "runningStatistics to 'exponential' to update known statistics.";
    Dataset<Row> batch = Frames.dense(new double[][] {{1, 2}, {3, 4}});
    assertEquals(
        text, assertThrows(IllegalStateException.class, () -> known.update(batch)).getMessage());
    assertEquals(
        text, assertThrows(IllegalStateException.class, () -> known.merge(known)).getMessage());
    assertEquals(
        text, assertThrows(IllegalStateException.class, () -> known.subtract(known)).getMessage());
    assertEquals(
        text,
        assertThrows(IllegalStateException.class, () -> known.update(batch, batch)).getMessage());
  }

  @Test
  void batchesOfOtherFeaturesAreRefused() {
    BatchNormModel model = stage().fit(Frames.doubles(TABLE));
    Dataset<Row> others = Frames.doubles(TABLE).toDF("x", "b", "c");
    assertRefused(
        "Column 'a' does not exist; the dataset has 'x', 'b', 'c'. Set the name of an existing "
            + "column.",
        () -> model.update(others));
    String text =
        "The model was fitted on the features 'a', 'b', 'c' and the data has 'x', 'b', 'c'; expected "
            + "the same in the same order. Set inputCols to those of the model.";
    assertRefused(
        text, () -> model.copy(ParamMap.empty()).setInputCols("x", "b", "c").update(others));
    assertRefused(
        text, () -> stage().setInputCols("x", "b", "c").setInitialModel(model).fit(others));

    BatchNormModel vectors =
        new BatchNorm().setInputCol("v").setOutputCol("out").fit(Frames.dense(TABLE));
    assertRefused(
        "Column 'v' has vectors of size 2; the model was fitted on 3 features. Apply it to vectors "
            + "of size 3, or fit a model on this data.",
        () -> vectors.update(Frames.dense(new double[][] {{1, 2}, {3, 4}})));
  }

  @Test
  void aStageGoesOnWithWhatTheModelWasFittedOn() {
    Dataset<Row> vectors = Frames.dense(TABLE).withColumn("u", col("v"));
    BatchNormModel model = new BatchNorm().setInputCol("v").setOutputCol("out").fit(vectors);
    assertRefused(
        "The model was fitted on the column 'v' and inputCol is 'u'; expected the same. Set "
            + "inputCol to that of the model, or rename the column.",
        () ->
            new BatchNorm()
                .setInputCol("u")
                .setOutputCol("out")
                .setInitialModel(model)
                .fit(vectors));
    assertRefused(
        "The model was fitted with inputCol and inputCols is set; expected the same. Set inputCol.",
        () -> stage().setInitialModel(model).fit(Frames.doubles(TABLE)));
    BatchNormModel columns = stage().fit(Frames.doubles(TABLE));
    assertRefused(
        "The model was fitted with inputCols and inputCol is set; expected the same. Set inputCols.",
        () -> new BatchNorm().setInputCol("v").setInitialModel(columns).fit(vectors));
    BatchNormModel weighted =
        stage().setWeightCol("c").fit(Frames.doubles(new double[][] {{1, 2, 0.5}, {3, 4, 1.5}}));
    assertRefused(
        "The model was fitted on weights and weightCol is not set; expected the column of the "
            + "batch's weights. Set weightCol, to a column of 1 if the rows have no weights.",
        () -> stage().setInitialModel(weighted).fit(Frames.doubles(TABLE)));
  }

  @Test
  void nullIsNoModel() {
    BatchNormModel model = stage().fit(Frames.doubles(TABLE));
    assertRefused(
        "One of the models is null; expected a value. Give one.",
        () -> model.merge((BatchNormModel) null));
    assertRefused(
        "models is null; expected a value. Give one.",
        () -> BatchNormModel.merge((List<BatchNormModel>) null));
  }

  @Test
  void paramsThatDoNotGoTogetherAreRefusedBeforeTheData() {
    assertRefused(
        "momentum is set and runningStatistics is 'pooled'; momentum goes with 'exponential'. Set "
            + "runningStatistics to 'exponential', or clear momentum.",
        () -> stage().setMomentum(0.5).transformSchema(Frames.doubles(TABLE).schema()));
  }

  @Test
  void whatFitRefusesUpdateRefuses() {
    BatchNormModel model = stage().fit(Frames.doubles(TABLE));
    assertRefused(
        "Column 'a' has 1 missing (null or NaN) and 0 infinite values; handleInvalid is 'error'. "
            + "Other columns with such values: 2. Set handleInvalid to 'skip' to drop such rows or "
            + "to 'keep' to ignore such values, or clean the data.",
        () -> model.update(Frames.doubles(WITH_GAPS)));
  }

  @Test
  void weightsAreNotForgotten() {
    Dataset<Row> frame = Frames.doubles(TABLE);
    BatchNormModel model = stage().setWeightCol("w").fit(frame.withColumn("w", lit(2)));
    assertEquals("w", model.getWeightCol());
    assertEquals(18, model.update(frame.withColumn("w", lit(1))).count());
    model.clear(model.weightCol());
    assertRefused(
        "The model was fitted on weights and weightCol is not set; expected the column of the "
            + "batch's weights. Set weightCol, to a column of 1 if the rows have no weights.",
        () -> model.update(frame));
  }

  @Test
  void anInitialModelInMemoryIsNotSaved() {
    BatchNorm stage = stage().setInitialModel(stage().fit(Frames.doubles(TABLE)));
    IllegalStateException error =
        assertThrows(
            IllegalStateException.class, () -> stage.save(directory.resolve("stage").toString()));
    assertEquals(
        "The initial model of "
            + stage.uid()
            + " is in memory only; expected a saved one, whose path is saved. Save the model, and "
            + "give setInitialModel its path.",
        error.getMessage());
    assertRefused(
        "initialModel is null; expected a value. Clear the parameter to leave it unset.",
        () -> stage().setInitialModel((BatchNormModel) null));
    assertRefused(
        "initialModel is null; expected a value. Clear the parameter to leave it unset.",
        () -> stage().setInitialModel((String) null));
    assertRefused(
        "initialModel is empty; expected a path. Name the folder of a saved model.",
        () -> stage().setInitialModel(" "));
    String gone = directory.resolve("gone").toString();
    assertRefused(
        "Path " + gone + " does not exist; expected a saved BatchNormModel. Check the path.",
        () -> stage().setInitialModel(gone).fit(Frames.doubles(TABLE)));
  }

  private static BatchNorm stage() {
    return new BatchNorm().setInputCols("a", "b", "c").setOutputCol("out");
  }

  /** The rows with their number in {@code n}, at rest, so that each filter sees the same. */
  private Dataset<Row> numbered(Dataset<Row> frame) {
    Dataset<Row> numbered = frame.withColumn("n", monotonically_increasing_id());
    return session.createDataFrame(numbered.collectAsList(), numbered.schema());
  }

  private static Dataset<Row> tail(Dataset<Row> rows) {
    long first = rows.select("n").first().getLong(0);
    return rows.filter(col("n").notEqual(first));
  }

  private BatchNormModel loaded(BatchNormModel model, String name) throws Exception {
    String path = directory.resolve(name).toString();
    model.write().overwrite().save(path);
    return BatchNormModel.load(path);
  }

  /** The exact sums of the two models are the same, and not only their statistics. */
  private static void assertSameState(BatchNormModel expected, BatchNormModel found) {
    assertSameBits(expected, found);
    assertSameSums(expected, found, UnaryOperator.identity());
  }

  /** Requires the same state but for minimum and maximum, which may be unknown. */
  private static void assertRemains(BatchNormModel expected, BatchNormModel found) {
    SameFit.assertSameBitsOfTheRest(expected, found);
    assertSameSums(expected, found, Tables::withoutExtremes);
  }

  private static void assertSameSums(
      BatchNormModel expected, BatchNormModel found, UnaryOperator<SavedSums> compared) {
    assertArrayEquals(expected.featureNames(), found.featureNames());
    Moments all = expected.state().learned().moments().orElseThrow();
    Moments moments = found.state().learned().moments().orElseThrow();
    assertEquals(all.rows(), moments.rows());
    assertEquals(all.rowWeight(), moments.rowWeight());
    for (int j = 0; j < all.size(); j++) {
      assertEquals(compared.apply(all.feature(j)), compared.apply(moments.feature(j)));
    }
  }

  private static void assertRefused(String text, Executable call) {
    assertEquals(text, assertThrows(IllegalArgumentException.class, call).getMessage());
  }
}
