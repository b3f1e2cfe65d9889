package batchnorm.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;

import batchnorm.spark.testing.SharedSession;
import java.util.List;
import org.apache.spark.ml.linalg.Vectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Params as they are shown in a report and passed to other systems. */
class ShownParamsTest {
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
        shown(model()));
  }

  @Test
  void momentumIsToldWhereItCounts() {
    assertEquals(
        List.of(
            "runningStatistics Running statistics exponential \"exponential\"",
            "momentum Momentum 0.1 0.1"),
        shownBeyondDefaults(model().setRunningStatistics("exponential")));
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
        shownBeyondDefaults(model));
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
                .shown()
                .stream()
                .filter(
                    shown ->
                        shown.param().name().endsWith("Col")
                            || shown.param().name().endsWith("Cols"))
                .map(ShownParamsTest::line)
                .toList());
  }

  private static BatchNormModel model() {
    return BatchNormModel.of(Vectors.dense(1, 2), Vectors.dense(3, 4)).setInputCol("v");
  }

  private static List<String> shown(BatchNormModel model) {
    return model.shared().shown().stream().map(ShownParamsTest::line).toList();
  }

  private static List<String> shownBeyondDefaults(BatchNormModel model) {
    List<String> defaults = shown(model());
    return shown(model).stream().filter(line -> !defaults.contains(line)).toList();
  }

  private static String line(ShownParam shown) {
    return shown.param().name() + " " + shown.label() + " " + shown.words() + " " + shown.json();
  }
}
