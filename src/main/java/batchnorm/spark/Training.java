package batchnorm.spark;

import batchnorm.spark.columns.FeatureColumns;
import batchnorm.spark.columns.GroupColumns;
import batchnorm.spark.errors.TransformErrors;
import batchnorm.spark.fit.Fit;
import batchnorm.spark.fit.FitChecks;
import batchnorm.spark.fit.Fitted;
import batchnorm.spark.fit.Reduction;
import batchnorm.spark.model.Groups;
import batchnorm.spark.moments.Dyadic;
import batchnorm.spark.moments.Moments;
import batchnorm.spark.normalize.Learned;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.types.StructType;

/**
 * Fits and updates models with the params of a stage: the statistics of all rows and, with group
 * columns, of each group.
 */
final class Training {
  private final SharedParams params;
  private final FeatureColumns features;
  private final FitChecks checks;
  private final Fit fit;

  /** Returns training on data with {@code schema}. */
  Training(SharedParams params, StructType schema) {
    params.requireConsistent();
    this.params = params;
    features = FeatureColumns.of(schema, params.columnNames());
    checks = new FitChecks(features, params.weightColumn(), params.handling());
    Reduction.Plan plan = new Reduction.Plan(params.aggregationDepth(), params.maxSliceBytes());
    fit = new Fit(checks, plan, grouping(params, schema));
  }

  /** The feature columns. */
  FeatureColumns features() {
    return features;
  }

  /** Fits on the first data; empty if it has too few rows and {@code minimum} allows that. */
  Optional<ModelState> first(Dataset<?> data, MinimumRows minimum) {
    Fitted fitted = fit.fit(data);
    Moments all = fitted.moments();
    if (!minimum.isMet(checks, params, all, all)) {
      fitted.release();
      return Optional.empty();
    }
    Learned learned = Learned.first(all, params.runningMode(), params.momentum());
    return Optional.of(
        new ModelState(params, learned, features.names(), fitted, data.sparkSession()));
  }

  /**
   * Updates {@code before} with more data; empty if it has too few rows and {@code minimum} allows
   * that.
   */
  Optional<ModelState> next(Dataset<?> batch, ModelState before, MinimumRows minimum) {
    Optional<Groups> groups = before.groups();
    Fitted fitted;
    Moments read;
    Learned learned;
    if (groups.isPresent()) {
      Moments known = before.learned().moments().orElseThrow();
      fitted = fit.update(batch, known, groups.get().moments());
      read = fitted.moments().rowsAfter(known);
      learned = Learned.pooled(fitted.moments());
    } else {
      fitted = fit.fit(batch);
      read = fitted.moments();
      requireSameSize(read, before.numFeatures());
      learned = before.learned().after(read, params.momentum());
    }
    if (!minimum.isMet(checks, params, read, learned.moments().orElseThrow())) {
      fitted.release();
      return Optional.empty();
    }
    return Optional.of(
        new ModelState(params, learned, before.names(), fitted, batch.sparkSession()));
  }

  /** Fits on rows to take out of {@code all}, of which there may be none. */
  ModelState part(Dataset<?> data, ModelState all) {
    Fitted fitted = fit.fit(data);
    requireSameSize(fitted.moments(), all.numFeatures());
    Moments sized = Moments.of(all.numFeatures(), 0, Dyadic.ZERO).merge(fitted.moments());
    return new ModelState(params, Learned.pooled(sized), all.names(), fitted, data.sparkSession());
  }

  /** Raises the errors of a fit if a model has too few rows. */
  void requireEnough(ModelState model) {
    Moments all = model.learned().moments().orElseThrow();
    MinimumRows.ENOUGH_FOR_A_VARIANCE.isMet(checks, params, all, all);
  }

  private static Optional<Fit.Grouping> grouping(SharedParams params, StructType schema) {
    Optional<GroupColumns> groups = params.groupColumns(schema);
    return groups.isPresent()
        ? Optional.of(new Fit.Grouping(groups.get(), params.smallGroup(), params.correction()))
        : Optional.empty();
  }

  /** Requires that the rows of a batch have the model's number of features, if it is known. */
  private void requireSameSize(Moments batch, int expected) {
    if (batch.size() > 0 && batch.size() != expected) {
      throw features.areNumbers()
          ? TransformErrors.wrongColumnCount(batch.size(), expected)
          : TransformErrors.wrongWidth(features.columnNames()[0], batch.size(), expected);
    }
  }
}
