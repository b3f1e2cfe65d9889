package batchnorm.spark.normalize;

import batchnorm.spark.moments.Dyadic;
import batchnorm.spark.moments.Moments;
import batchnorm.spark.moments.Statistics;
import java.io.Serializable;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;

/**
 * Learned state of a model: the statistics that it applies, and the exact moments into which more
 * data and other models are merged.
 *
 * <ul>
 *   <li>Pooled: exact moments of all rows, and the statistics computed from them.
 *   <li>Running: {@link RunningStatistics}; the moments of all rows are kept as well, for the
 *       counts.
 *   <li>Known: statistics without moments. They were given, saved in format 1 with rounded sums, or
 *       are exponential ones of a layer that another system trained.
 * </ul>
 *
 * <p>Instances are immutable: an update or a merge returns a new one.
 */
public final class Learned implements Serializable {
  private static final long serialVersionUID = 1L;

  private final Statistics statistics;

  /** Null for known statistics. */
  private final Moments moments;

  /** Null unless running. */
  private final RunningStatistics running;

  private Learned(Statistics statistics, Moments moments, RunningStatistics running) {
    this.statistics = statistics;
    this.moments = moments;
    this.running = running;
  }

  /** Returns the pooled statistics of rows. */
  public static Learned pooled(Moments moments) {
    return new Learned(moments.statistics(), moments, null);
  }

  /** Returns running statistics; {@code moments} are those of the rows of all batches. */
  public static Learned running(Moments moments, RunningStatistics running) {
    return new Learned(
        moments.statistics().running(running::mean, running::variance), moments, running);
  }

  /** Returns known statistics, without moments. */
  public static Learned known(Statistics statistics) {
    return new Learned(statistics, null, null);
  }

  /** Returns known running statistics, without moments. */
  public static Learned known(ExponentialAverage running) {
    return new Learned(Statistics.known(running.means(), running.variances()), null, running);
  }

  /**
   * Returns the state after the first batch.
   *
   * @param momentum the weight of the batch in exponential statistics
   */
  public static Learned first(Moments batch, RunningMode mode, double momentum) {
    if (mode == RunningMode.POOLED) {
      return pooled(batch);
    }
    RunningStatistics none =
        mode == RunningMode.EXPONENTIAL
            ? ExponentialAverage.fresh(batch.size())
            : CumulativeAverage.fresh(batch.size());
    return running(batch, none.after(batch.statistics(), momentum));
  }

  /**
   * Returns the state after one more batch, which is not empty. Pooled and cumulative statistics
   * need moments; exponential ones may continue known statistics.
   *
   * @param momentum the weight of the batch in exponential statistics
   */
  public Learned after(Moments batch, double momentum) {
    return afterAll(Moments.of(statistics.size(), 0, Dyadic.ZERO).merge(batch), momentum);
  }

  /** Returns the state after a batch whose number of features is known. */
  private Learned afterAll(Moments batch, double momentum) {
    if (running != null) {
      Moments all = moments == null ? batch : moments.plus(batch);
      return running(all, running.after(batch.statistics(), momentum));
    }
    if (moments != null) {
      return pooled(moments.plus(batch));
    }
    ExponentialAverage start =
        new ExponentialAverage(
            perFeature(statistics::mean), perFeature(j -> statistics.variance(j, 1)), 0);
    return running(batch, start.after(batch.statistics(), momentum));
  }

  private double[] perFeature(IntToDoubleFunction value) {
    return IntStream.range(0, statistics.size()).mapToDouble(value).toArray();
  }

  /** Returns the state of the rows of all parts; these are all pooled or all cumulative. */
  public static Learned merged(List<Learned> parts) {
    Moments all = merged(parts, part -> part.moments);
    return parts.get(0).mode() == RunningMode.POOLED
        ? pooled(all)
        : running(
            all,
            new CumulativeAverage(
                merged(parts, part -> ((CumulativeAverage) part.running).means()),
                merged(parts, part -> ((CumulativeAverage) part.running).variances())));
  }

  private static Moments merged(List<Learned> parts, Function<Learned, Moments> of) {
    Moments merged = Moments.empty();
    parts.forEach(part -> merged.merge(of.apply(part)));
    return merged;
  }

  /**
   * Returns the pooled statistics of these rows without those of {@code part}; both are pooled.
   *
   * @throws batchnorm.spark.moments.NotAPart if no rows could remain
   */
  public Learned minus(Learned part) {
    return pooled(moments.minus(part.moments));
  }

  /** The statistics that a model applies. */
  public Statistics statistics() {
    return statistics;
  }

  /** The moments of all rows; empty for known statistics. */
  public Optional<Moments> moments() {
    return Optional.ofNullable(moments);
  }

  /** The running statistics; empty for pooled and known ones. */
  public Optional<RunningStatistics> running() {
    return Optional.ofNullable(running);
  }

  /** Returns the number of batches of running statistics; 0 for others. */
  public long batches() {
    return running().map(RunningStatistics::batches).orElse(0L);
  }

  /** The kind of statistics: pooled or running. */
  public RunningMode mode() {
    return running == null ? RunningMode.POOLED : running.mode();
  }

  /** The total weight of the rows, rounded to an integer; 0 for known statistics. */
  public long count() {
    return moments == null ? Math.round(statistics.totalWeight()) : moments.count();
  }

  /** The total weight of the values of feature {@code j}, rounded to an integer; 0 if known. */
  public long count(int j) {
    return moments == null ? Math.round(statistics.weight(j)) : moments.count(j);
  }

  /** The total weight of the rows without a value of feature {@code j}; rounded, 0 if known. */
  public long missing(int j) {
    return moments == null ? Math.round(statistics.missingWeight(j)) : moments.missing(j);
  }

  /** The smallest value of feature {@code j}; NaN if it is not known or there is none. */
  public double min(int j) {
    return moments == null ? Double.NaN : moments.min(j);
  }

  /** The greatest value of feature {@code j}; NaN if it is not known or there is none. */
  public double max(int j) {
    return moments == null ? Double.NaN : moments.max(j);
  }
}
