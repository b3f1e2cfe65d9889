package batchnorm.spark.fit;

import batchnorm.spark.columns.FeatureColumns;
import batchnorm.spark.normalize.HandleInvalid;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.Dataset;

/**
 * One dataset in, its statistics out: one job, one pass over the data. Rows of very many features
 * take a second job, see {@link Aggregation}.
 */
public final class Fit {
  private final FeatureColumns features;
  private final Optional<String> weightCol;
  private final HandleInvalid handleInvalid;
  private final FitChecks checks;
  private final Aggregation.Plan plan;

  /**
   * Prepares a fit.
   *
   * @param features the columns to fit on
   * @param weightCol the column of the rows' weights, if they have any
   * @param aggregationDepth the depth of the tree in which partitions are merged
   * @param maxSliceBytes what the sums that one task merges may take, where features are very many
   */
  public Fit(
      FeatureColumns features,
      Optional<String> weightCol,
      HandleInvalid handleInvalid,
      int aggregationDepth,
      long maxSliceBytes) {
    this.features = features;
    this.weightCol = weightCol;
    this.handleInvalid = handleInvalid;
    checks = new FitChecks(features, weightCol, handleInvalid);
    plan = new Aggregation.Plan(aggregationDepth, maxSliceBytes);
  }

  /**
   * Fits on {@code dataset}, or raises what is wrong with its rows; that they may be too few is for
   * {@link FitChecks#requireEnough} to say.
   */
  public Fitted fit(Dataset<?> dataset) {
    Selection selection = new Selection(dataset, features, weightCol, List.of());
    Sources.Outcome<DatasetMoments> read =
        new JobDescription("BatchNorm fit: mean and variance of " + features.described())
            .of(
                dataset.sparkSession().sparkContext(),
                () ->
                    new Sources(selection)
                        .read(
                            source -> source.moments(selection.layout(), handleInvalid, plan),
                            DatasetMoments::unreadable));
    return new Fitted(checks.checked(read.value()), read.summary());
  }
}
