package batchnorm.spark.normalize;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import batchnorm.spark.moments.Moments;
import batchnorm.spark.moments.Statistics;
import batchnorm.spark.moments.Tables;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Running means and variances of batches; each expected number is by hand. */
class RunningStatisticsTest {
  /** Mean 2; m2 = 1 + 1 = 2, so the sample variance is 2. */
  private static final Moments ONE_AND_THREE = Tables.dense(new double[] {1, 3});

  /** Mean 6; m2 = 4 + 4 = 8, so the sample variance is 8. */
  private static final Moments FOUR_AND_EIGHT = Tables.dense(new double[] {4, 8});

  /** The mean is 0; the sample variance is beyond the range of double. */
  private static final Moments HUGE = Tables.dense(new double[] {-1e300, 1e300});

  @ParameterizedTest(name = "momentum {0}")
  @CsvSource({
    // 0.25 * 2; 0.75 * 1 + 0.25 * 2
    "0.25, 0.5, 1.25",
    "0, 0, 1",
    "1, 2, 2",
  })
  void exponentialStatisticsBeginWithMeanZeroAndVarianceOne(
      double momentum, double mean, double variance) {
    Learned learned = Learned.first(ONE_AND_THREE, RunningMode.EXPONENTIAL, momentum);
    assertRunning(learned, RunningMode.EXPONENTIAL, 1, mean, variance);
  }

  @ParameterizedTest(name = "momentum {0}")
  @CsvSource({
    // 0.75 * 0.5 + 0.25 * 6; 0.75 * 1.25 + 0.25 * 8
    "0.25, 1.875, 2.9375",
    "0, 0.5, 1.25",
    "1, 6, 8",
  })
  void aBatchHasTheWeightOfTheMomentum(double momentum, double mean, double variance) {
    Learned first = Learned.first(ONE_AND_THREE, RunningMode.EXPONENTIAL, 0.25);
    Learned learned = first.after(FOUR_AND_EIGHT, momentum);
    assertRunning(learned, RunningMode.EXPONENTIAL, 2, mean, variance);
    assertEquals(4, learned.count());
  }

  @Test
  void anAverageOmitsATermOfWeightZero() {
    Learned infinite = Learned.first(HUGE, RunningMode.EXPONENTIAL, 1);
    assertRunning(infinite, RunningMode.EXPONENTIAL, 1, 0, Double.POSITIVE_INFINITY);
    Learned replaced = infinite.after(ONE_AND_THREE, 1);
    assertRunning(replaced, RunningMode.EXPONENTIAL, 2, 2, 2);
    Learned kept = replaced.after(HUGE, 0);
    assertRunning(kept, RunningMode.EXPONENTIAL, 3, 2, 2);
  }

  @Test
  void cumulativeStatisticsAreThePlainAverageOfBatches() {
    Learned learned =
        Learned.first(ONE_AND_THREE, RunningMode.CUMULATIVE, 0.5).after(FOUR_AND_EIGHT, 0.5);
    // (2 + 6) / 2; (2 + 8) / 2
    assertRunning(learned, RunningMode.CUMULATIVE, 2, 4, 5);
    assertEquals(4, learned.count());
  }

  @Test
  void oneInfiniteVarianceMakesTheCumulativeOneInfinite() {
    Learned learned = Learned.first(ONE_AND_THREE, RunningMode.CUMULATIVE, 1).after(HUGE, 1);
    assertRunning(learned, RunningMode.CUMULATIVE, 2, 1, Double.POSITIVE_INFINITY);
  }

  /** A weight of 1 is not enough for the divisor n - 1. */
  @Test
  void aBatchWithoutSampleVarianceOnlyCounts() {
    Moments little = Tables.denseWeighted(new double[] {0.25, 0.75}, new double[] {5, 9});
    assertRunning(
        Learned.first(little, RunningMode.EXPONENTIAL, 0.5), RunningMode.EXPONENTIAL, 1, 0, 1);
    assertRunning(
        Learned.first(little, RunningMode.CUMULATIVE, 0.5), RunningMode.CUMULATIVE, 1, 0, 1);
    Learned learned = Learned.first(ONE_AND_THREE, RunningMode.CUMULATIVE, 0.5).after(little, 0.5);
    assertRunning(learned, RunningMode.CUMULATIVE, 2, 2, 2);
  }

  @Test
  void eachFeatureHasItsOwnAverages() {
    Moments batch = Tables.dense(new double[] {1, 3}, new double[] {4, 8});
    for (RunningMode mode : new RunningMode[] {RunningMode.EXPONENTIAL, RunningMode.CUMULATIVE}) {
      Learned learned = Learned.first(batch, mode, 1);
      assertEquals(2, learned.statistics().mean(0));
      assertEquals(6, learned.statistics().mean(1));
      assertEquals(2, learned.statistics().variance(0, 0));
      assertEquals(8, learned.statistics().variance(1, 1));
    }
  }

  /** As of a layer that another system trained: 3 batches, mean 4 and variance 16. */
  @Test
  void knownRunningStatisticsGoOnWithoutMoments() {
    double[] mean = {4};
    double[] variance = {16};
    ExponentialAverage trained = new ExponentialAverage(mean, variance, 3);
    mean[0] = 0;
    variance[0] = 0;
    Learned known = Learned.known(trained);
    assertRunning(known, RunningMode.EXPONENTIAL, 3, 4, 16);
    assertEquals(Optional.empty(), known.moments());
    assertEquals(0, known.count());
    Learned learned = known.after(ONE_AND_THREE, 0.5);
    assertRunning(learned, RunningMode.EXPONENTIAL, 4, 3, 9);
    assertEquals(2, learned.count());
    assertArrayEquals(new double[] {4}, trained.means());
    assertArrayEquals(new double[] {16}, trained.variances());
  }

  @Test
  void knownStatisticsBecomeExponentialOnesOfNoBatch() {
    Statistics statistics = Statistics.known(new double[] {4, 10}, new double[] {16, 1});
    Learned known = Learned.known(statistics);
    assertEquals(RunningMode.POOLED, known.mode());
    assertEquals(0, known.batches());
    Learned learned = known.after(Tables.dense(new double[] {1, 3}, new double[] {4, 8}), 0.5);
    assertRunning(learned, RunningMode.EXPONENTIAL, 1, 3, 9);
    assertEquals(8, learned.statistics().mean(1));
    assertEquals(4.5, learned.statistics().variance(1, 1));
  }

  @Test
  void pooledStatisticsHaveNoBatches() {
    Learned pooled = Learned.first(ONE_AND_THREE, RunningMode.POOLED, 0.5);
    assertEquals(RunningMode.POOLED, pooled.mode());
    assertEquals(Optional.empty(), pooled.running());
    assertEquals(0, pooled.batches());
    assertEquals(ONE_AND_THREE, pooled.moments().orElseThrow());
  }

  private static void assertRunning(
      Learned learned, RunningMode mode, long batches, double mean, double variance) {
    assertEquals(mode, learned.mode());
    assertEquals(batches, learned.batches());
    RunningStatistics running = learned.running().orElseThrow();
    assertEquals(mode, running.mode());
    assertEquals(mean, running.mean(0));
    assertEquals(variance, running.variance(0));
    assertEquals(mean, learned.statistics().mean(0));
    assertEquals(variance, learned.statistics().variance(0, 0));
    assertEquals(variance, learned.statistics().variance(0, 1));
  }
}
