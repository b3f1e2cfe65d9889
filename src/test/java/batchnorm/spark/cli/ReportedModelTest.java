package batchnorm.spark.cli;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import batchnorm.spark.BatchNorm;
import batchnorm.spark.BatchNormModel;
import batchnorm.spark.report.Comparison;
import batchnorm.spark.report.Drift;
import batchnorm.spark.report.Feature;
import batchnorm.spark.report.Report;
import batchnorm.spark.report.Sample;
import batchnorm.spark.testing.Frames;
import batchnorm.spark.testing.SharedSession;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.ml.param.Param;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Content of a report about models and data. */
class ReportedModelTest {
  private static final double NAN = Double.NaN;

  /** Means 2 and 30, population variances 1 and 100. */
  private static final double[][] TABLE = {{1, 20}, {3, 40}};

  private static final double[][] OTHER = {{2, 20}, {4, NAN}, {6, 60}};

  @BeforeAll
  static void startSession() {
    SharedSession.get();
  }

  @Test
  void featuresHaveTheStatisticsOfTheModel() {
    Report report = new ReportedModel("models/may", columns().fit(Frames.doubles(TABLE))).report();
    assertEquals("may", report.title());
    assertEquals(
        List.of(
            new Feature("a", 2, 0, 2, 1, 1, 1, 3, false, false, 1),
            new Feature("b", 2, 0, 30, 100, 10, 20, 40, false, false, 1)),
        report.features());
    assertEquals(List.of(), report.notes());
    assertEquals("2", value(report, "Rows"));
    assertEquals("n", value(report, "Variance divided by"));
    assertEquals("a, b", value(report, "Columns"));
    assertEquals("refused", value(report, "Missing values"));
  }

  @Test
  void modelComparedWithAnotherShowsASampleOfDataToo() {
    BatchNormModel first = columns().fit(Frames.doubles(TABLE));
    BatchNormModel second = columns().setHandleInvalid("keep").fit(Frames.doubles(OTHER));
    Report report =
        new ReportedModel("/tmp/may/model", first)
            .comparedWith(new ReportedModel("/tmp/june/model", second))
            .appliedTo("data.csv", Frames.doubles(TABLE))
            .report();
    Comparison comparison = report.comparison().orElseThrow();
    assertEquals("may/model", comparison.first());
    assertEquals("june/model", comparison.second());
    assertEquals(4, comparison.drifts().get(0).second().mean());
    assertEquals(2, report.sample().orElseThrow().rows());
    assertFalse(report.origin().contains("/"), report.origin());
  }

  @Test
  void headNamesTheFirstTenColumns() {
    String[] names = IntStream.range(0, 1012).mapToObj(j -> "c" + j).toArray(String[]::new);
    BatchNormModel wide =
        BatchNormModel.of(
                Vectors.dense(new double[names.length]), Vectors.dense(new double[names.length]))
            .setInputCols(names);
    assertEquals(
        "c0, c1, c2, c3, c4, c5, c6, c7, c8, c9 and 1,002 more",
        value(new ReportedModel("m", wide).report(), "Columns"));
  }

  @Test
  void dataAreMeasuredAsTheModelReadsAndCountsThem() {
    BatchNorm fitted =
        columns()
            .setEps(0.5)
            .setCorrection(1)
            .setHandleInvalid("keep")
            .setWeightCol("w")
            .setAggregationDepth(3)
            .setMaxSliceBytes(1 << 20)
            .setWithMean(false)
            .setGamma(2, 3)
            .setRunningStatistics("exponential")
            .setMomentum(0.5)
            .setGroupCols("g");
    BatchNorm expected =
        new BatchNorm()
            .setEps(0)
            .setCorrection(1)
            .setHandleInvalid("keep")
            .setWeightCol("w")
            .setAggregationDepth(3)
            .setMaxSliceBytes(1 << 20);
    assertEquals(set(expected), set(Measurement.like(fitted)));
  }

  @Test
  void otherModelGetsTheDivisorOfTheFirst() {
    BatchNormModel first = columns().setCorrection(1).fit(Frames.doubles(TABLE));
    BatchNormModel second = columns().setCorrection(0).fit(Frames.doubles(TABLE));
    Comparison comparison =
        new ReportedModel("A", first)
            .comparedWith(new ReportedModel("B", second))
            .report()
            .comparison()
            .orElseThrow();
    assertEquals("A", comparison.first());
    assertEquals("B", comparison.second());
    for (Drift drift : comparison.drifts()) {
      assertEquals(0, drift.meanDifference());
      assertEquals(1, drift.varianceRatio());
      assertEquals(drift.first(), drift.second());
    }
  }

  @Test
  void modelWithGroupsIsThatOfAllRowsAndSaysSo() {
    Dataset<Row> data = Frames.doubles(TABLE).withColumn("store", col("b"));
    BatchNormModel model = columns().setGroupCols("store").fit(data);
    Report report = new ReportedModel("m", model).report();
    assertEquals(List.of("a", "b"), report.features().stream().map(Feature::name).toList());
    assertEquals(30, report.features().get(1).mean());
    assertEquals("store", value(report, "Groups"));
    assertEquals(
        List.of(
            "Of the model, every group of store has statistics of its own; the statistics here are "
                + "those of all rows together. batchnorm describe lists the groups."),
        report.notes());
  }

  @Test
  void rowsOfGroupsAreNormalizedByTheirGroups() {
    double[][] table = {{1, 20}, {3, 20}, {5, 40}, {7, 40}};
    Dataset<Row> data = Frames.doubles(table).withColumn("store", col("b"));
    BatchNormModel model = columns().setGroupCols("store").setEps(0).fit(data);
    Sample sample =
        new ReportedModel("m", model).appliedTo("d", data).report().sample().orElseThrow();
    Sample.OfFeature a = sample.features().get(0);
    for (int i = 0; i < 4; i++) {
      // The means of the groups are 2 and 6, their deviations 1.
      double mean = a.firstBefore()[i] < 4 ? 2 : 6;
      assertEquals(a.firstBefore()[i] - mean, a.firstAfter()[i]);
    }
    Dataset<Row> unseen = data.withColumn("store", lit(50.0));
    Sample without =
        new ReportedModel("m", model).appliedTo("d", unseen).report().sample().orElseThrow();
    assertEquals(4, without.features().get(0).after().others());
  }

  @Test
  void knownStatisticsHaveNoCounts() {
    BatchNormModel known =
        BatchNormModel.of(Vectors.dense(1, 2), Vectors.dense(3, 4)).setInputCols("a", "b");
    Report report = new ReportedModel("m", known).report();
    assertFalse(report.counted());
    assertEquals("not counted", value(report, "Rows"));
    assertEquals(
        List.of("The statistics of the model were given, not counted: it knows no rows."),
        report.notes());
  }

  @Test
  void runningStatisticsAreSaidToBeSuch() {
    BatchNormModel model = columns().setRunningStatistics("exponential").fit(Frames.doubles(TABLE));
    Report report = new ReportedModel("m", model).report();
    assertEquals("exponential", value(report, "Running statistics"));
    assertEquals("0.1", value(report, "Momentum"));
    assertEquals("1", value(report, "Batches tracked"));
    assertEquals(
        List.of(
            "The mean and variance of the model are running statistics, not those of all rows "
                + "together."),
        report.notes());
  }

  static Stream<Dataset<Row>> inputs() {
    Dataset<Row> columns = Frames.doubles(OTHER);
    return Stream.of(
        columns,
        Frames.dense(OTHER),
        Frames.sparse(OTHER),
        Frames.doubleArrays(OTHER),
        columns.select(array(col("a").cast("float"), col("b").cast("float")).as("v")));
  }

  @ParameterizedTest
  @MethodSource("inputs")
  void dataAreMeasuredAndSampledWhateverFormTheyHave(Dataset<Row> data) {
    boolean isOneColumn = data.columns().length == 1;
    BatchNormModel model = BatchNormModel.of(Vectors.dense(2, 30), Vectors.dense(1, 100)).setEps(0);
    if (isOneColumn) {
      model.setInputCol("v").setOutputCol("v");
    } else {
      model.setInputCols("a", "b").setOutputCols("a", "b");
    }
    Report report = new ReportedModel("m", model).appliedTo("d", data).report();
    List<Drift> drifts = report.comparison().orElseThrow().drifts();
    // The data's means are 4 and 40, their variances 8 / 3 and 400.
    assertEquals(2 / Math.sqrt((1 + 8.0 / 3) / 2), drifts.get(0).meanDifference(), 1e-15);
    assertEquals(10 / Math.sqrt(250), drifts.get(1).meanDifference(), 1e-15);
    assertEquals(4, drifts.get(1).varianceRatio());
    assertEquals(1, drifts.get(1).second().missing());
    Sample sample = report.sample().orElseThrow();
    assertEquals(3, sample.rows());
    assertArrayEquals(new double[] {2, 4, 6}, sorted(sample.features().get(0).firstBefore()));
    assertArrayEquals(new double[] {0, 2, 4}, sorted(sample.features().get(0).firstAfter()));
    assertArrayEquals(new double[] {20, 60, NAN}, sorted(sample.features().get(1).firstBefore()));
    assertArrayEquals(new double[] {-1, 3, NAN}, sorted(sample.features().get(1).firstAfter()));
  }

  @Test
  void dataOfAnInverseAreRefused() {
    BatchNormModel inverse = columns().fit(Frames.doubles(TABLE)).inverse();
    IllegalArgumentException refused =
        assertThrows(
            IllegalArgumentException.class,
            () -> new ReportedModel("m", inverse).appliedTo("d", Frames.doubles(TABLE)).report());
    assertEquals(
        "Model m maps normalized values back, so that --input cannot be compared with its "
            + "statistics; expected the model it is the inverse of. Report that one.",
        refused.getMessage());
  }

  private static BatchNorm columns() {
    return new BatchNorm().setInputCols("a", "b").setOutputCols("a", "b");
  }

  private static String value(Report report, String parameter) {
    return Optional.ofNullable(report.parameters().get(parameter)).orElseThrow();
  }

  private static double[] sorted(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted;
  }

  /** The params that are set, by name, as they are saved. */
  private static Map<String, String> set(BatchNorm stage) {
    return Arrays.stream(stage.params())
        .filter(stage::isSet)
        .collect(Collectors.toMap(Param::name, param -> encoded(stage, param)));
  }

  private static <T> String encoded(BatchNorm stage, Param<T> param) {
    return param.jsonEncode(stage.getOrDefault(param));
  }
}
