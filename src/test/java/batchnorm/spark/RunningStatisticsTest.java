package batchnorm.spark;

import static batchnorm.spark.SameFit.assertSameBits;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import batchnorm.spark.testing.Frames;
import batchnorm.spark.testing.LogCapture;
import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** Statistics as a batch-normalization layer keeps them of one batch after the other. */
class RunningStatisticsTest {
  private static final double NAN = Double.NaN;
  private static final double[][] FIRST = {{1, 10}, {2, 10}, {6, 10}}; // mean 3, 10; n - 1: 7, 0
  private static final double[][] SECOND = {{0, 1}, {4, 3}}; // mean 2, 2; n - 1: 8, 2

  @TempDir Path directory;

  @Test
  void exponentialStatisticsStartAtMean0AndVariance1() {
    BatchNormModel model = stage("exponential").setMomentum(0.25).fit(Frames.doubles(FIRST));
    assertEquals(Vectors.dense(0.75, 2.5), model.mean());
    // 0.75 * 1 + 0.25 * 7 and 0.75 * 1 + 0.25 * 0
    assertEquals(Vectors.dense(2.5, 0.75), model.variance());
    assertEquals(1, model.numBatchesTracked());
  }

  @Test
  void everyFurtherBatchWeighsTheMomentum() {
    BatchNormModel model =
        stage("exponential").setMomentum(0.25).fit(Frames.doubles(FIRST)).update(second());
    // 0.75 * 0.75 + 0.25 * 2 and 0.75 * 2.5 + 0.25 * 2
    assertEquals(Vectors.dense(1.0625, 2.375), model.mean());
    // 0.75 * 2.5 + 0.25 * 8 and 0.75 * 0.75 + 0.25 * 2
    assertEquals(Vectors.dense(3.875, 1.0625), model.variance());
    assertEquals(2, model.numBatchesTracked());
    assertEquals(5, model.count());
  }

  @Test
  void theDefaultMomentumIsThatOfPyTorch() {
    BatchNormModel model = stage("exponential").fit(Frames.doubles(FIRST));
    assertEquals(Vectors.dense(0.1 * 3, 0.1 * 10), model.mean());
    assertEquals(Vectors.dense(0.9 + 0.1 * 7, 0.9), model.variance());
  }

  @Test
  void momentum0KeepsAndMomentum1Replaces() {
    BatchNormModel kept = stage("exponential").setMomentum(0).fit(Frames.doubles(FIRST));
    assertEquals(Vectors.dense(0, 0), kept.mean());
    assertEquals(Vectors.dense(1, 1), kept.variance());
    BatchNormModel replaced =
        stage("exponential").setMomentum(1).fit(Frames.doubles(FIRST)).update(second());
    assertEquals(Vectors.dense(2, 2), replaced.mean());
    assertEquals(Vectors.dense(8, 2), replaced.variance());
  }

  @Test
  void cumulativeStatisticsAreThePlainAverageOfTheBatches() {
    BatchNormModel model = stage("cumulative").fit(Frames.doubles(FIRST));
    assertEquals(Vectors.dense(3, 10), model.mean());
    assertEquals(Vectors.dense(7, 0), model.variance());
    BatchNormModel both = model.update(second());
    assertEquals(Vectors.dense(2.5, 6), both.mean());
    assertEquals(Vectors.dense(7.5, 1), both.variance());
    assertEquals(2, both.numBatchesTracked());
    assertArrayEquals(both.variance(0), both.variance(1));
  }

  /** The average of many batches is rounded once, not once a batch. */
  @Test
  void cumulativeStatisticsAreRoundedOnce() {
    BatchNormModel model = stage("cumulative").fit(Frames.doubles(batch(0)));
    BigDecimal sum = BigDecimal.ZERO;
    for (int k = 0; k < 7; k++) {
      model = k == 0 ? model : model.update(Frames.doubles(batch(k)));
      BatchNormModel alone = stage("cumulative").fit(Frames.doubles(batch(k)));
      sum = sum.add(new BigDecimal(alone.mean().apply(0)));
    }
    assertEquals(
        sum.divide(BigDecimal.valueOf(7), new MathContext(40)).doubleValue(),
        model.mean().apply(0));
  }

  private static double[][] batch(int k) {
    return new double[][] {{0.1 + k, k}, {0.3 * k, 1e10 * k}, {k / 7.0, 1}};
  }

  @Test
  void cumulativeModelsMergeInAnyOrder() throws Exception {
    BatchNormModel one = stage("cumulative").fit(Frames.doubles(batch(1)));
    BatchNormModel two = stage("cumulative").fit(Frames.doubles(batch(2)));
    BatchNormModel three = stage("cumulative").fit(Frames.doubles(batch(3)));
    BatchNormModel updated = one.update(Frames.doubles(batch(2))).update(Frames.doubles(batch(3)));
    for (BatchNormModel merged :
        List.of(
            one.merge(two).merge(three),
            three.merge(loaded(one).merge(two)),
            BatchNormModel.merge(List.of(two, loaded(three), one)))) {
      assertSameBits(updated, merged);
      assertEquals(3, merged.numBatchesTracked());
    }
  }

  @Test
  void transformUsesTheRunningStatistics() {
    BatchNormModel model =
        stage("exponential").setMomentum(0.25).setEps(0).fit(Frames.doubles(FIRST));
    Vector out = model.transform(Frames.doubles(new double[][] {{2, 3}})).first().getAs("out");
    assertEquals((2 - 0.75) * (1 / Math.sqrt(2.5)), out.apply(0));
    assertEquals((3 - 2.5) * (1 / Math.sqrt(0.75)), out.apply(1));
  }

  @Test
  void runningModelsComeBackAndGoOn() throws Exception {
    for (String mode : List.of("exponential", "cumulative")) {
      BatchNormModel model = stage(mode).fit(Frames.doubles(FIRST)).update(second());
      BatchNormModel loaded = loaded(model);
      assertSameBits(model, loaded);
      assertEquals(2, loaded.numBatchesTracked());
      assertEquals(mode, loaded.getRunningStatistics());
      assertSameBits(model.update(second()), loaded.update(second()));
    }
  }

  @Test
  void pooledStatisticsCountNoBatches() {
    BatchNormModel model = stage("pooled").fit(Frames.doubles(FIRST)).update(second());
    assertEquals(0, model.numBatchesTracked());
    assertSameBits(stage("pooled").fit(Frames.doubles(FIRST).union(second())), model);
  }

  @Test
  void aFeatureThatABatchHasTooFewValuesOfStaysAsItIs() throws Exception {
    Dataset<Row> gaps = Frames.doubles(new double[][] {{NAN, 1}, {5, 3}, {NAN, 5}});
    Dataset<Row> none = Frames.numbers(new double[][] {{NAN, 1}, {NAN, 3}}, DataTypes.DoubleType);
    BatchNormModel model = stage("exponential").setMomentum(0.5).setHandleInvalid("keep").fit(gaps);
    assertEquals(Vectors.dense(0, 1.5), model.mean());
    assertEquals(Vectors.dense(1, 2.5), model.variance());
    BatchNormModel cumulative = stage("cumulative").setHandleInvalid("keep").fit(none);
    assertEquals(Vectors.dense(0, 2), cumulative.mean());
    assertEquals(Vectors.dense(1, 2), cumulative.variance());
    BatchNormModel next = loaded(cumulative).update(Frames.doubles(FIRST));
    assertEquals(Vectors.dense(3, 6), next.mean());
    assertEquals(Vectors.dense(7, 1), next.variance());
    Row summary = next.summary().first();
    assertEquals(3, summary.<Long>getAs("count"));
    assertEquals(2, summary.<Long>getAs("missing"));
  }

  @Test
  void noWarningSaysThatAFeatureThatStaysAsItIsIsMissing() {
    Dataset<Row> none = Frames.numbers(new double[][] {{NAN, 1}, {NAN, 3}}, DataTypes.DoubleType);
    try (LogCapture log = LogCapture.of("batchnorm.spark.BatchNorm")) {
      stage("exponential").setHandleInvalid("keep").fit(none);
      stage("exponential")
          .setHandleInvalid("keep")
          .fit(Frames.doubles(new double[][] {{NAN, 1}, {5, 3}}));
      assertEquals(
          List.of(),
          log.messages().stream().filter(message -> message.contains("to fit on")).toList());
    }
  }

  @Test
  void knownStatisticsAreWhereExponentialOnesMayStart() {
    BatchNormModel model =
        BatchNormModel.of(Vectors.dense(4, 8), Vectors.dense(1, 2))
            .setInputCol("v")
            .setOutputCol("out")
            .setRunningStatistics("exponential")
            .setMomentum(0.5)
            .update(Frames.dense(FIRST));
    assertEquals(Vectors.dense(3.5, 9), model.mean());
    assertEquals(Vectors.dense(4, 1), model.variance());
    assertEquals(1, model.numBatchesTracked());
    assertEquals(3, model.count());
  }

  @Test
  void anInfiniteVarianceStaysInfinite() {
    double[][] huge = {{1e200, 1}, {-1e200, 2}};
    BatchNormModel kept = stage("exponential").setMomentum(0).fit(Frames.doubles(huge));
    assertEquals(1, kept.variance().apply(0));
    BatchNormModel cumulative =
        stage("cumulative").fit(Frames.doubles(huge)).update(Frames.doubles(FIRST));
    assertEquals(Double.POSITIVE_INFINITY, cumulative.variance().apply(0));
    assertEquals(1.5, cumulative.mean().apply(0));
  }

  @Test
  void aBatchOfOneRowHasNoVariance() {
    Dataset<Row> one = Frames.doubles(new double[][] {{1, 2}});
    String text =
        "Expected more than 1 value per channel when training, got input size [1, 2] (columns 'a', "
            + "'b'). Fit on two rows or more, or on weights that sum to more than 1.";
    BatchNormModel model = stage("exponential").fit(Frames.doubles(FIRST));
    assertEquals(text, refusal(() -> model.update(one)));
    assertEquals(text, refusal(() -> stage("cumulative").fit(one)));
  }

  @Test
  void momentumGoesWithExponentialStatistics() {
    String text =
        "momentum is set and runningStatistics is '%s'; momentum goes with 'exponential'. Set "
            + "runningStatistics to 'exponential', or clear momentum.";
    for (String mode : List.of("pooled", "cumulative")) {
      BatchNorm stage = stage(mode).setMomentum(0.1);
      assertEquals(text.formatted(mode), refusal(() -> stage.fit(Frames.doubles(FIRST))));
      BatchNormModel model = stage(mode).fit(Frames.doubles(FIRST)).setMomentum(0.1);
      assertEquals(text.formatted(mode), refusal(() -> model.update(second())));
    }
  }

  @Test
  void statisticsOfOneKindDoNotBecomeThoseOfAnother() {
    BatchNormModel pooled = stage("pooled").fit(Frames.doubles(FIRST));
    String text =
        "The statistics of the model are pooled and runningStatistics is 'exponential'; expected "
            + "'pooled'. Set it, or fit a model of the other kind from the start.";
    assertEquals(
        text,
        refusal(() -> stage("exponential").setInitialModel(pooled).fit(Frames.doubles(FIRST))));
    assertEquals(text, refusal(() -> pooled.setRunningStatistics("exponential").update(second())));
  }

  private static String refusal(Executable call) {
    return assertThrows(IllegalArgumentException.class, call).getMessage();
  }

  private static Dataset<Row> second() {
    return Frames.doubles(SECOND);
  }

  private static BatchNorm stage(String mode) {
    return new BatchNorm().setInputCols("a", "b").setOutputCol("out").setRunningStatistics(mode);
  }

  private BatchNormModel loaded(BatchNormModel model) throws Exception {
    String path = directory.resolve("model").toString();
    model.write().overwrite().save(path);
    return BatchNormModel.load(path);
  }
}
