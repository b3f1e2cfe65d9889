package batchnorm.spark.fit;

import batchnorm.spark.columns.DataSession;
import batchnorm.spark.columns.FeatureColumns;
import batchnorm.spark.columns.GroupColumns;
import batchnorm.spark.columns.InputColumn;
import batchnorm.spark.errors.FitErrors;
import batchnorm.spark.errors.TransformErrors;
import batchnorm.spark.moments.Moments;
import batchnorm.spark.normalize.SmallGroup;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.Dataset;

/**
 * Computes the moments of a dataset in one job and one pass over the data. Very wide rows need a
 * second job, see {@link Reduction}; groups need one shuffle, see {@link GroupedMoments}.
 */
public final class Fit {
  private final FitChecks checks;
  private final Reduction.Plan plan;
  private final Optional<Grouping> grouping;

  /**
   * Parameters of a fit by group.
   *
   * @param columns the columns whose values are the keys of the groups
   * @param smallGroup the treatment of groups with too few rows for a variance
   * @param correction subtracted from n in the variance's divisor: 0 or 1
   * @param taskBytes the memory at which a task flushes its groups
   */
  public record Grouping(
      GroupColumns columns, SmallGroup smallGroup, int correction, long taskBytes) {
    private static final long TASK_BYTES = 64L << 20;

    /** Returns a grouping whose tasks hold at most 64 MiB of groups. */
    public Grouping(GroupColumns columns, SmallGroup smallGroup, int correction) {
      this(columns, smallGroup, correction, TASK_BYTES);
    }
  }

  /**
   * Prepares a fit.
   *
   * @param checks the requirements for the rows and their columns
   * @param plan the plan of merging the moments of partitions
   * @param grouping the groups, if the fit is by group
   */
  public Fit(FitChecks checks, Reduction.Plan plan, Optional<Grouping> grouping) {
    this.checks = checks;
    this.plan = plan;
    this.grouping = grouping;
  }

  /**
   * Fits on {@code dataset}, or raises an error about its rows; their number is checked by {@link
   * FitChecks#requireEnough}.
   */
  public Fitted fit(Dataset<?> dataset) {
    return fit(dataset, Optional.empty());
  }

  /**
   * Adds {@code dataset} to fitted groups, or raises an error about its rows.
   *
   * @param moments the moments of all rows of the earlier data
   * @param groups the groups of these rows; they are not changed
   */
  public Fitted update(Dataset<?> dataset, Moments moments, GroupedMoments groups) {
    grouping.orElseThrow().columns.requireTypesOf(groups.keys());
    return fit(dataset, Optional.of(new Before(moments, groups)));
  }

  /** Groups that were fitted before. */
  private record Before(Moments moments, GroupedMoments groups) {}

  private Fitted fit(Dataset<?> dataset, Optional<Before> before) {
    DataSession.requireRunning(dataset);
    List<InputColumn> keys = grouping.map(some -> some.columns.fields()).orElseGet(List::of);
    Selection selection = new Selection(dataset, checks.features(), checks.weightCol(), keys);
    JobDescription job = new JobDescription(described());
    return job.of(
        dataset.sparkSession().sparkContext(),
        () ->
            grouping
                .map(some -> inGroups(selection, some, before, job))
                .orElseGet(() -> inAll(selection, job)));
  }

  private String described() {
    return "BatchNorm fit: mean and variance of "
        + checks.features().described()
        + grouping.map(some -> " in groups of " + some.columns.described()).orElse("");
  }

  private Fitted inAll(Selection selection, JobDescription job) {
    Sources.Outcome<DatasetMoments> read =
        new Sources(selection)
            .read(source -> reduction(source, selection).moments(plan), DatasetMoments::unreadable);
    return new Fitted(checks.checked(read.value()), Optional.empty(), read.summary(), job);
  }

  private Fitted inGroups(
      Selection selection, Grouping some, Optional<Before> before, JobDescription job) {
    Sources all = new Sources(selection);
    Sources sources =
        checks.features().areNumbers() ? all : all.withoutColumns("groups of vectors or arrays");
    Sources.Outcome<GroupedMoments.Merged> read =
        sources.read(
            source ->
                reduction(source, selection)
                    .groups(
                        selection.session(),
                        some.columns.keys(),
                        some.taskBytes,
                        before.map(fitted -> fitted.groups.withoutFaults()),
                        plan.depth()),
            Fit::unreadable);
    GroupedMoments.Merged merged = read.value();
    boolean done = false;
    try {
      Moments moments = checked(merged.totals(), some, before);
      done = true;
      return new Fitted(moments, Optional.of(merged), read.summary(), job);
    } finally {
      if (!done) {
        merged.moments().unpersist();
      }
    }
  }

  private Reduction<?> reduction(Source<?> source, Selection selection) {
    return Reduction.of(source, selection.layout(), checks.handleInvalid());
  }

  private static Optional<String> unreadable(GroupedMoments.Merged merged) {
    Optional<String> why = merged.totals().rows().unreadable();
    if (why.isPresent()) {
      merged.moments().unpersist();
    }
    return why;
  }

  private Moments checked(GroupTotals totals, Grouping some, Optional<Before> before) {
    before.ifPresent(fitted -> requireWidth(totals, fitted.moments.size()));
    Moments moments =
        checks.checked(totals.rows(), before.map(Before::moments).orElseGet(Moments::empty));
    GroupTotals.CountedGroups small = totals.small(some.correction);
    if (some.smallGroup == SmallGroup.ERROR && small.count() > 0) {
      checks.requireEnough(moments, some.correction);
      throw FitErrors.smallGroups(
          small.count(),
          totals.groups(),
          GroupColumns.described(GroupKey.row(small.key().orElseThrow(), some.columns.keys())),
          small.weight(),
          moments.size(),
          some.correction);
    }
    return moments;
  }

  private void requireWidth(GroupTotals totals, int fitted) {
    FeatureColumns features = checks.features();
    totals
        .rows()
        .size()
        .filter(seen -> seen.size() != fitted)
        .ifPresent(
            seen -> {
              throw TransformErrors.wrongWidth(features.columnNames()[0], seen.size(), fitted);
            });
  }
}
