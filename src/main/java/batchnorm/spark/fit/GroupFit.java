package batchnorm.spark.fit;

import batchnorm.spark.columns.FeatureColumns;
import batchnorm.spark.columns.GroupColumns;
import batchnorm.spark.errors.Errors;
import batchnorm.spark.moments.Moments;
import batchnorm.spark.normalize.HandleInvalid;
import batchnorm.spark.normalize.SmallGroup;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.Dataset;

/**
 * One dataset in, its statistics and those of every group out: one pass over the data and one
 * shuffle.
 */
public final class GroupFit {
  /** What a task may collect before it sends it. */
  private static final long TASK_BYTES = 64L << 20;

  private final FeatureColumns features;
  private final GroupColumns groupColumns;
  private final Optional<String> weightCol;
  private final HandleInvalid handleInvalid;
  private final SmallGroup smallGroup;
  private final int correction;
  private final int aggregationDepth;
  private final long taskBytes;

  /**
   * Prepares a fit.
   *
   * @param features the columns to fit on
   * @param weightCol the column of the rows' weights, if they have any
   * @param smallGroup what is made of groups whose rows are not enough for a variance
   * @param correction subtracted from n in the variance's divisor: 0 or 1
   * @param aggregationDepth the depth of the tree in which the moments of all rows are merged
   */
  public GroupFit(
      FeatureColumns features,
      GroupColumns groupColumns,
      Optional<String> weightCol,
      HandleInvalid handleInvalid,
      SmallGroup smallGroup,
      int correction,
      int aggregationDepth) {
    this(
        features,
        groupColumns,
        weightCol,
        handleInvalid,
        smallGroup,
        correction,
        aggregationDepth,
        TASK_BYTES);
  }

  GroupFit(
      FeatureColumns features,
      GroupColumns groupColumns,
      Optional<String> weightCol,
      HandleInvalid handleInvalid,
      SmallGroup smallGroup,
      int correction,
      int aggregationDepth,
      long taskBytes) {
    this.features = features;
    this.groupColumns = groupColumns;
    this.weightCol = weightCol;
    this.handleInvalid = handleInvalid;
    this.smallGroup = smallGroup;
    this.correction = correction;
    this.aggregationDepth = aggregationDepth;
    this.taskBytes = taskBytes;
  }

  /**
   * What a fit found.
   *
   * @param moments the moments of all rows, with those that there were before
   * @param groups the groups, with those that there were before
   * @param summary how the data was read
   * @param job what jobs of this fit are described as
   */
  public record Result(
      Moments moments, GroupedMoments.Merged groups, FitSummary summary, JobDescription job) {}

  /**
   * Fits on {@code dataset}, or raises what is wrong with its rows; that they may be too few is for
   * {@link FitChecks#requireEnough} to say.
   */
  public Result fit(Dataset<?> dataset) {
    return fit(dataset, Optional.empty());
  }

  /**
   * Adds {@code dataset} to what was fitted, or raises what is wrong with its rows.
   *
   * @param moments the moments of all rows that were fitted on
   * @param groups their groups, which stay as they are
   */
  public Result update(Dataset<?> dataset, Moments moments, GroupedMoments groups) {
    groupColumns.requireTypesOf(groups.keys());
    return fit(dataset, Optional.of(new Fitted(moments, groups)));
  }

  /** What was fitted before. */
  private record Fitted(Moments moments, GroupedMoments groups) {}

  private Result fit(Dataset<?> dataset, Optional<Fitted> before) {
    Selection selection = new Selection(dataset, features, weightCol, groupColumns.fields());
    Sources sources =
        features.areNumbers()
            ? new Sources(selection)
            : new Sources(selection).withoutColumns("groups of vectors or arrays");
    JobDescription job =
        new JobDescription(
            "BatchNorm fit: mean and variance of "
                + features.described()
                + " in groups of "
                + groupColumns.described());
    return job.of(
        dataset.sparkSession().sparkContext(), () -> fit(selection, sources, before, job));
  }

  private Result fit(
      Selection selection, Sources sources, Optional<Fitted> before, JobDescription job) {
    Sources.Outcome<GroupedMoments.Merged> read =
        sources.read(
            source ->
                merged(
                    source.groups(
                        selection.layout(), groupColumns.keys(), handleInvalid, taskBytes),
                    before),
            GroupFit::unreadable);
    GroupedMoments.Merged merged = read.value();
    boolean done = false;
    try {
      Moments moments = checked(merged.totals(), before);
      done = true;
      return new Result(moments, merged, read.summary(), job);
    } finally {
      if (!done) {
        merged.moments().unpersist();
      }
    }
  }

  private static Optional<String> unreadable(GroupedMoments.Merged merged) {
    Optional<String> why = merged.totals().rows().unreadable();
    if (why.isPresent()) {
      merged.moments().unpersist();
    }
    return why;
  }

  private GroupedMoments.Merged merged(GroupedMoments collected, Optional<Fitted> before) {
    List<GroupedMoments> parts = new ArrayList<>(List.of(collected));
    before.ifPresent(fitted -> parts.add(fitted.groups.withoutFaults()));
    return GroupedMoments.merge(parts, aggregationDepth);
  }

  private Moments checked(GroupTotals totals, Optional<Fitted> before) {
    before.ifPresent(fitted -> requireWidth(totals, fitted.moments.size()));
    FitChecks checks = new FitChecks(features, weightCol, handleInvalid);
    Moments moments =
        checks.checked(totals.rows(), before.map(Fitted::moments).orElseGet(Moments::empty));
    GroupTotals.SmallGroups small = totals.small(correction);
    if (smallGroup == SmallGroup.ERROR && small.count() > 0) {
      checks.requireEnough(moments, correction);
      throw Errors.smallGroups(
          small.count(),
          totals.groups(),
          GroupColumns.described(GroupKey.row(small.key().orElseThrow(), groupColumns.keys())),
          small.weight(),
          moments.size(),
          correction);
    }
    return moments;
  }

  private void requireWidth(GroupTotals totals, int fitted) {
    totals
        .rows()
        .size()
        .filter(seen -> seen.size() != fitted)
        .ifPresent(
            seen -> {
              throw Errors.wrongWidth(features.columnNames()[0], seen.size(), fitted);
            });
  }
}
