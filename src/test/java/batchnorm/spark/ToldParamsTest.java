package batchnorm.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;

import batchnorm.spark.testing.SharedSession;
import java.util.List;
import org.apache.spark.ml.linalg.Vectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The params that a report and other systems are told of. */
class ToldParamsTest {
  @BeforeAll
  static void startSession() {
    SharedSession.get();
  }

  @Test
  void defaultsOfTheFormulaAreTold() {
    assertEquals(
        List.of(
            "withMean Mean null true",
            "withStd Standard deviation null true",
            "eps eps 0.0 0.0",
            "correction Variance divided by n 0",
            "handleInvalid Missing values refused \"error\"",
            "runningStatistics Running statistics null \"pooled\""),
        told(model()));
  }

  @Test
  void momentumIsToldWhereItCounts() {
    assertEquals(
        List.of(
            "runningStatistics Running statistics exponential \"exponential\"",
            "momentum Momentum 0.1 0.1"),
        toldBeyondDefaults(model().setRunningStatistics("exponential")));
  }

  @Test
  void otherParamsAreToldWhereTheyDifferFromTheirDefaults() {
    BatchNormModel model =
        model()
            .setWithMean(false)
            .setWithStd(false)
            .setCorrection(1)
            .setEps(0.5)
            .setGamma(2, 3)
            .setBeta(4, 5)
            .setHandleInvalid("keep")
            .setSmallGroup("unit")
            .setUnseenGroup("error");
    assertEquals(
        List.of(
            "withMean Mean not subtracted false",
            "withStd Standard deviation not divided by false",
            "eps eps 0.5 0.5",
            "correction Variance divided by n − 1 1",
            "gamma gamma one for each feature [2.0,3.0]",
            "beta beta one for each feature [4.0,5.0]",
            "handleInvalid Missing values keep \"keep\"",
            "smallGroup smallGroup unit \"unit\""),
        toldBeyondDefaults(model));
  }

  @Test
  void columnsOfWeightsAndGroupsAreTold() {
    assertEquals(
        List.of("weightCol Weights w \"w\"", "groupCols Groups g, h [\"g\",\"h\"]"),
        new BatchNorm()
                .setInputCol("v")
                .setOutputCol("out")
                .setWeightCol("w")
                .setGroupCols("g", "h")
                .setAggregationDepth(3)
                .shared()
                .told()
                .stream()
                .filter(
                    told ->
                        told.param().name().endsWith("Col") || told.param().name().endsWith("Cols"))
                .map(ToldParamsTest::line)
                .toList());
  }

  private static BatchNormModel model() {
    return BatchNormModel.of(Vectors.dense(1, 2), Vectors.dense(3, 4)).setInputCol("v");
  }

  private static List<String> told(BatchNormModel model) {
    return model.shared().told().stream().map(ToldParamsTest::line).toList();
  }

  private static List<String> toldBeyondDefaults(BatchNormModel model) {
    List<String> defaults = told(model());
    return told(model).stream().filter(line -> !defaults.contains(line)).toList();
  }

  private static String line(ToldParam told) {
    return told.param().name() + " " + told.label() + " " + told.words() + " " + told.json();
  }
}
