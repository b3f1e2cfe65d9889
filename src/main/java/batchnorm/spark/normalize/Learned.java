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
 * What a model has learned: the statistics it applies, and what they are made of, so that more data
 * and other models can be taken in.
 *
 * <ul>
 *   <li>Pooled: exact moments of all rows; the statistics are theirs.
 *   <li>Running: the statistics are those of {@link RunningStatistics}; the moments of all rows are
 *       kept beside them and say what was counted.
 *   <li>Known: statistics alone, which were given, or saved by format 1 with rounded sums; or
 *       exponential ones alone, such as those of a layer that another system trained.
 * </ul>
 *
 * <p>It never changes: what takes in more is a new value.
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

  /** Returns running statistics of batches whose rows have these moments. */
  public static Learned running(Moments moments, RunningStatistics running) {
    return new Learned(
        moments.statistics().running(running::mean, running::variance), moments, running);
  }

  /** Returns statistics that are known without what they are made of. */
  public static Learned known(Statistics statistics) {
    return new Learned(statistics, null, null);
  }

  /** Returns running statistics that are known without the rows they were computed from. */
  public static Learned known(ExponentialAverage running) {
    return new Learned(Statistics.known(running.means(), running.variances()), null, running);
  }

  /**
   * Returns what the first batch teaches.
   *
   * @param momentum what the batch weighs in exponential statistics
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
   * Returns what is known after one more batch, which has rows. Pooled and cumulative statistics
   * need moments; exponential ones may start from known statistics.
   *
   * @param momentum what the batch weighs in exponential statistics
   */
  public Learned after(Moments batch, double momentum) {
    return afterAll(Moments.of(statistics.size(), 0, Dyadic.ZERO).merge(batch), momentum);
  }

  /** The same of a batch that knows its number of features. */
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

  /** Returns what is known of the rows of all; they are pooled, or all of them cumulative. */
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

  /** What a model applies. */
  public Statistics statistics() {
    return statistics;
  }

  /** The moments of all rows; none of known statistics. */
  public Optional<Moments> moments() {
    return Optional.ofNullable(moments);
  }

  /** The running statistics, if these are running ones. */
  public Optional<RunningStatistics> running() {
    return Optional.ofNullable(running);
  }

  /** Returns how many batches running statistics are of; 0 of others. */
  public long batches() {
    return running().map(RunningStatistics::batches).orElse(0L);
  }

  /** How batches are taken in. */
  public RunningMode mode() {
    return running == null ? RunningMode.POOLED : running.mode();
  }

  /** What the rows weigh as a whole number; 0 for known statistics. */
  public long count() {
    return moments == null ? Math.round(statistics.totalWeight()) : moments.count();
  }

  /** What the values of feature {@code j} weigh, likewise. */
  public long count(int j) {
    return moments == null ? Math.round(statistics.weight(j)) : moments.count(j);
  }

  /** What the rows that miss feature {@code j} weigh, likewise. */
  public long missing(int j) {
    return moments == null ? Math.round(statistics.missingWeight(j)) : moments.missing(j);
  }
}
