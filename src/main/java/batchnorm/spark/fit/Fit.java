package batchnorm.spark.fit;

import batchnorm.spark.columns.FeatureColumns;
import batchnorm.spark.errors.Errors;
import batchnorm.spark.internal.Aggregation;
import batchnorm.spark.internal.ColumnarScan;
import batchnorm.spark.internal.InternalRows;
import batchnorm.spark.internal.RowLayout;
import batchnorm.spark.moments.DatasetMoments;
import batchnorm.spark.moments.DatasetMoments.SizeSeen;
import batchnorm.spark.moments.HandleInvalid;
import batchnorm.spark.moments.Moments;
import java.util.Optional;
import org.apache.spark.SparkContext;
import org.apache.spark.sql.Dataset;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One dataset in, its statistics out: one job, one pass over the data. Rows of very many features
 * take a second job, see {@link Aggregation}.
 */
public final class Fit {
  private static final Logger LOG = LoggerFactory.getLogger("batchnorm.spark.BatchNorm");
  private static final String JOB_DESCRIPTION = "spark.job.description";

  private final FeatureColumns features;
  private final Optional<String> weightCol;
  private final HandleInvalid handleInvalid;
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
    plan = new Aggregation.Plan(aggregationDepth, maxSliceBytes);
  }

  /**
   * Fits on {@code dataset}, or raises what is wrong with its rows; that they may be too few is for
   * {@link #requireMoreThanOneRow} to say.
   */
  public Fitted fit(Dataset<?> dataset) {
    Selection selection = new Selection(dataset, features, weightCol);
    ColumnarScan.Search search = ColumnarScan.under(selection.forBatches());
    FitSummary summary = new FitSummary(path(search), search.reason());
    LOG.info("{}", summary);
    DatasetMoments collected =
        describingJobs(
            dataset.sparkSession().sparkContext(), () -> collect(selection, search.scan()));
    requireValidRows(collected);
    Moments moments = collected.moments();
    if (handleInvalid == HandleInvalid.ERROR) {
      requireNothingMissing(moments);
    }
    return new Fitted(moments, summary);
  }

  private static FitSummary.Path path(ColumnarScan.Search search) {
    return search.scan().isPresent() ? FitSummary.Path.COLUMNS : FitSummary.Path.ROWS;
  }

  private DatasetMoments collect(Selection selection, Optional<ColumnarScan> scan) {
    RowLayout layout = selection.layout();
    return scan.isPresent()
        ? scan.get().moments(layout, handleInvalid, plan)
        : InternalRows.moments(selection.forRows(), layout, handleInvalid, plan);
  }

  private interface Job {
    DatasetMoments run();
  }

  /** Says in the Spark UI what the job is for, unless the user has said it. */
  private DatasetMoments describingJobs(SparkContext context, Job job) {
    String before = context.getLocalProperty(JOB_DESCRIPTION);
    if (before != null) {
      return job.run();
    }
    context.setJobDescription("BatchNorm fit: mean and variance of " + described());
    try {
      return job.run();
    } finally {
      context.setJobDescription(null);
    }
  }

  private String described() {
    String[] columns = features.columnNames();
    return columns.length == 1 ? "column " + columns[0] : columns.length + " columns";
  }

  private void requireValidRows(DatasetMoments collected) {
    if (collected.otherSize().isPresent()) {
      SizeSeen one = collected.size().orElseThrow();
      SizeSeen other = collected.otherSize().get();
      throw Errors.vectorSizesDiffer(
          features.columnNames()[0], one.size(), one.partition(), other.size(), other.partition());
    }
    if (collected.invalidWeights() > 0) {
      throw Errors.invalidWeights(
          weightCol.orElseThrow(),
          collected.invalidWeights(),
          collected.invalidWeight().orElseThrow());
    }
  }

  private void requireNothingMissing(Moments moments) {
    String[] columns = features.columnNames();
    if (moments.size() == 0 && moments.absentRows() > 0) {
      throw Errors.invalidValues(columns[0], moments.absentRows(), 0, 0);
    }
    int first = -1;
    int further = 0;
    for (int j = 0; j < moments.size(); j++) {
      if (moments.notANumber(j) + moments.infinite(j) > 0) {
        further += first < 0 ? 0 : 1;
        first = first < 0 ? j : first;
      }
    }
    if (first >= 0) {
      String where = features.areNumbers() ? columns[first] : columns[0] + "[" + first + "]";
      throw Errors.invalidValues(
          where, moments.notANumber(first), moments.infinite(first), further);
    }
  }

  /** Raises the error of rows that weigh no more than 1, or of vectors that nobody has seen. */
  public void requireMoreThanOneRow(Moments moments) {
    String[] columns = features.columnNames();
    double rows = moments.totalWeight();
    if (moments.size() == 0 && moments.absentRows() > 0) {
      throw Errors.noVectors(columns[0], moments.absentRows());
    }
    if (moments.size() == 0 && rows > 0) {
      throw Errors.emptyVectors(columns[0]);
    }
    if (rows == Double.POSITIVE_INFINITY) {
      throw Errors.weightsTooLarge(weightCol.orElseThrow());
    }
    if (!(rows > 1)) {
      int size = moments.size() > 0 ? moments.size() : features.size().orElse(0);
      throw Errors.tooFewRows(rows, size, columns, handleInvalid.text());
    }
  }
}
