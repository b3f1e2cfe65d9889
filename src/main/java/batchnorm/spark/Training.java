package batchnorm.spark;

import batchnorm.spark.columns.FeatureColumns;
import batchnorm.spark.columns.FeatureNames;
import batchnorm.spark.columns.GroupColumns;
import batchnorm.spark.errors.Errors;
import batchnorm.spark.fit.Aggregation;
import batchnorm.spark.fit.Fit;
import batchnorm.spark.fit.FitChecks;
import batchnorm.spark.fit.FitSummary;
import batchnorm.spark.fit.Fitted;
import batchnorm.spark.model.Groups;
import batchnorm.spark.moments.Moments;
import batchnorm.spark.normalize.Learned;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.types.StructType;

/** Learns from data with the params of a stage: of all rows together and, if asked, of groups. */
final class Training {
  private final SharedParams params;
  private final FeatureColumns features;
  private final FitChecks checks;
  private final Fit fit;

  /** Prepares to learn from data of {@code schema}. */
  Training(SharedParams params, StructType schema) {
    params.requireConsistent();
    this.params = params;
    features = FeatureColumns.of(schema, params.columnNames());
    checks = new FitChecks(features, params.weightColumn(), params.handling());
    fit = new Fit(checks, plan(params), params.groupColumns(schema).map(this::grouping));
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
    Fitted fitted = fit.fit(data);
    Moments all = fitted.moments();
    return outcome(
        fitted,
        needed.areIn(checks, params, all, all),
        () -> Learned.first(all, params.runningMode(), params.momentum()));
  }

  /** Learns from more data, beyond what was learned before. */
  Optional<Outcome> next(
      Dataset<?> batch, Learned before, Optional<Groups> groups, RowsNeeded needed) {
    if (groups.isPresent()) {
      Moments known = before.moments().orElseThrow();
      Fitted fitted = fit.update(batch, known, groups.get().moments());
      Moments all = fitted.moments();
      return outcome(
          fitted,
          needed.areIn(checks, params, all.rowsAfter(known), all),
          () -> Learned.pooled(all));
    }
    Fitted fitted = fit.fit(batch);
    Moments read = fitted.moments();
    requireSameSize(read, before.statistics().size());
    Learned learned = before.after(read, params.momentum());
    return outcome(
        fitted, needed.areIn(checks, params, read, learned.moments().orElseThrow()), () -> learned);
  }

  private static Aggregation.Plan plan(SharedParams params) {
    return new Aggregation.Plan(params.aggregationDepth(), params.maxSliceBytes());
  }

  private Fit.Grouping grouping(GroupColumns groups) {
    return new Fit.Grouping(groups, params.smallGroup(), params.correction());
  }

  /** Requires that the rows of a batch, if they have told their size, are as wide as the model. */
  private void requireSameSize(Moments batch, int expected) {
    if (batch.size() > 0 && batch.size() != expected) {
      throw features.areNumbers()
          ? Errors.wrongColumnCount(batch.size(), expected)
          : Errors.wrongWidth(features.columnNames()[0], batch.size(), expected);
    }
  }

  private static Optional<Outcome> outcome(
      Fitted fitted, boolean isEnough, Supplier<Learned> learned) {
    if (!isEnough) {
      fitted.release();
      return Optional.empty();
    }
    Optional<Groups> groups = fitted.groups().map(some -> Groups.of(fitted));
    return Optional.of(new Outcome(learned.get(), groups, fitted.summary()));
  }
}
