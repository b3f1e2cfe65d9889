package batchnorm.spark;

import batchnorm.spark.columns.FeatureColumns;
import batchnorm.spark.columns.FeatureNames;
import batchnorm.spark.columns.GroupColumns;
import batchnorm.spark.errors.Errors;
import batchnorm.spark.fit.Fit;
import batchnorm.spark.fit.FitChecks;
import batchnorm.spark.fit.FitSummary;
import batchnorm.spark.fit.Fitted;
import batchnorm.spark.fit.GroupFit;
import batchnorm.spark.model.Groups;
import batchnorm.spark.moments.Moments;
import batchnorm.spark.normalize.Learned;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.types.StructType;

/** Learns from data with the params of a stage: of all rows together and, if asked, of groups. */
final class Training {
  private final SharedParams params;
  private final FeatureColumns features;
  private final FitChecks checks;
  private final Optional<GroupColumns> groupColumns;

  /** Prepares to learn from data of {@code schema}. */
  Training(SharedParams params, StructType schema) {
    params.requireConsistent();
    this.params = params;
    features = FeatureColumns.of(schema, params.columnNames());
    checks = new FitChecks(features, params.weightColumn(), params.handling());
    groupColumns = params.groupColumns(schema);
  }

  /**
   * What was learned.
   *
   * @param learned of all rows together
   * @param groups of the groups, if there are any
   * @param summary how the data was read
   */
  record Outcome(Learned learned, Optional<Groups> groups, FitSummary summary) {}

  /** The columns that are learned from. */
  FeatureColumns features() {
    return features;
  }

  FeatureNames featureNames() {
    return features.names();
  }

  /** Learns from the first data; nothing if it has too few rows and that is no mistake. */
  Optional<Outcome> first(Dataset<?> data, RowsNeeded needed) {
    if (groupColumns.isPresent()) {
      return grouped(groupFit().fit(data), Moments.empty(), needed);
    }
    Fitted fitted = fit().fit(data);
    if (!needed.areIn(checks, params, fitted.moments(), fitted.moments())) {
      return Optional.empty();
    }
    Learned learned = Learned.first(fitted.moments(), params.runningMode(), params.momentum());
    return Optional.of(new Outcome(learned, Optional.empty(), fitted.summary()));
  }

  /** Learns from more data, beyond what was learned before. */
  Optional<Outcome> next(
      Dataset<?> batch, Learned before, Optional<Groups> groups, RowsNeeded needed) {
    if (groupColumns.isPresent()) {
      Moments known = before.moments().orElseThrow();
      GroupFit.Result result = groupFit().update(batch, known, groups.orElseThrow().moments());
      return grouped(result, known, needed);
    }
    Fitted fitted = fit().fit(batch);
    requireSameSize(fitted.moments(), before.statistics().size());
    Learned learned = before.after(fitted.moments(), params.momentum());
    Moments all = learned.moments().orElseThrow();
    return needed.areIn(checks, params, fitted.moments(), all)
        ? Optional.of(new Outcome(learned, Optional.empty(), fitted.summary()))
        : Optional.empty();
  }

  /** Requires that the rows of a batch, if they have told their size, are as wide as the model. */
  private void requireSameSize(Moments batch, int expected) {
    if (batch.size() > 0 && batch.size() != expected) {
      throw features.areNumbers()
          ? Errors.wrongColumnCount(batch.size(), expected)
          : Errors.wrongWidth(features.columnNames()[0], batch.size(), expected);
    }
  }

  private Optional<Outcome> grouped(GroupFit.Result result, Moments before, RowsNeeded needed) {
    Moments all = result.moments();
    if (!needed.areIn(checks, params, all.rowsAfter(before), all)) {
      result.groups().moments().unpersist();
      return Optional.empty();
    }
    Groups groups = Groups.of(result);
    return Optional.of(new Outcome(Learned.pooled(all), Optional.of(groups), result.summary()));
  }

  private Fit fit() {
    return new Fit(
        features,
        params.weightColumn(),
        params.handling(),
        params.aggregationDepth(),
        params.maxSliceBytes());
  }

  private GroupFit groupFit() {
    return new GroupFit(
        features,
        groupColumns.orElseThrow(),
        params.weightColumn(),
        params.handling(),
        params.smallGroup(),
        params.correction(),
        params.aggregationDepth());
  }
}
