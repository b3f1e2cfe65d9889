package batchnorm.spark.fit;

import batchnorm.spark.columns.FeatureColumns;
import batchnorm.spark.errors.FitErrors;
import batchnorm.spark.fit.DatasetMoments.SizeSeen;
import batchnorm.spark.moments.Moments;
import batchnorm.spark.moments.SampleSize;
import batchnorm.spark.normalize.HandleInvalid;
import batchnorm.spark.normalize.RunningMode;
import batchnorm.spark.normalize.RunningStatistics;
import java.util.Optional;

/**
 * Requirements for the rows that a fit reads.
 *
 * @param features the columns that were read
 * @param weightCol the weight column, if there is one
 */
public record FitChecks(
    FeatureColumns features, Optional<String> weightCol, HandleInvalid handleInvalid) {

  /** Returns the moments of the rows, or raises the error about their faults. */
  public Moments checked(DatasetMoments collected) {
    return checked(collected, Moments.empty());
  }

  /**
   * Returns the moments of the rows, or raises the error about their faults.
   *
   * @param before the moments of the earlier rows
   */
  public Moments checked(DatasetMoments collected, Moments before) {
    requireValidRows(collected);
    Moments moments = collected.moments();
    if (handleInvalid == HandleInvalid.ERROR) {
      requireNothingMissing(moments, before);
    }
    return moments;
  }

  private void requireValidRows(DatasetMoments collected) {
    collected
        .malformed()
        .ifPresent(
            seen -> {
              throw FitErrors.malformedVector(
                  features.columnNames()[0], seen.partition(), seen.fault());
            });
    if (collected.otherSize().isPresent()) {
      SizeSeen one = collected.size().orElseThrow();
      SizeSeen other = collected.otherSize().get();
      throw FitErrors.vectorSizesDiffer(
          features.columnNames()[0], one.size(), one.partition(), other.size(), other.partition());
    }
    collected
        .size()
        .filter(seen -> DriverMemory.isExceeded(seen.size()))
        .ifPresent(
            seen -> {
              throw FitErrors.tooManyFeatures(
                  features.columnNames()[0],
                  seen.size(),
                  seen.partition(),
                  DriverMemory.needed(seen.size()),
                  DriverMemory.heap());
            });
    if (collected.invalidWeights() > 0) {
      throw FitErrors.invalidWeights(
          weightCol.orElseThrow(),
          collected.invalidWeights(),
          collected.invalidWeight().orElseThrow());
    }
  }

  private void requireNothingMissing(Moments moments, Moments before) {
    String[] columns = features.columnNames();
    if (moments.size() == 0 && moments.absentRows() > before.absentRows()) {
      throw FitErrors.invalidValues(columns[0], moments.absentRows() - before.absentRows(), 0, 0);
    }
    int first = -1;
    int further = 0;
    for (int j = 0; j < moments.size(); j++) {
      if (notANumber(moments, before, j) + infinite(moments, before, j) > 0) {
        further += first < 0 ? 0 : 1;
        first = first < 0 ? j : first;
      }
    }
    if (first >= 0) {
      String where = features.areNumbers() ? columns[first] : columns[0] + "[" + first + "]";
      throw FitErrors.invalidValues(
          where, notANumber(moments, before, first), infinite(moments, before, first), further);
    }
  }

  private static long notANumber(Moments moments, Moments before, int j) {
    return moments.notANumber(j) - (before.size() == 0 ? 0 : before.notANumber(j));
  }

  private static long infinite(Moments moments, Moments before, int j) {
    return moments.infinite(j) - (before.size() == 0 ? 0 : before.infinite(j));
  }

  /**
   * Raises an error if the rows are too few for a variance, see {@link SampleSize}, or if no row
   * has a vector.
   *
   * @param correction subtracted from n in the variance's divisor: 0 or 1
   */
  public void requireEnough(Moments moments, int correction) {
    requireVectorsAndWeights(moments);
    SampleSize found = moments.sampleSize();
    if (!found.isEnough(0)) {
      throw tooFewRows(moments);
    }
    if (!found.isEnough(correction)) {
      throw FitErrors.weightsTooSmallForCorrection(
          weightCol.orElseThrow(), found.rows(), found.weight());
    }
  }

  /**
   * Raises the same errors for a batch of running statistics, whose variances have divisor n - 1.
   */
  public void requireEnough(Moments batch, RunningMode mode) {
    requireVectorsAndWeights(batch);
    SampleSize found = batch.sampleSize();
    if (!found.isEnough(0)) {
      throw tooFewRows(batch);
    }
    if (!found.isEnough(RunningStatistics.CORRECTION)) {
      throw FitErrors.weightsTooSmallForRunningStatistics(
          weightCol.orElseThrow(), found.rows(), found.weight(), mode.text());
    }
  }

  /**
   * Raises an error if no row has a vector, or if the total weight is beyond the range of double.
   */
  public void requireVectorsAndWeights(Moments moments) {
    String[] columns = features.columnNames();
    double rows = moments.totalWeight();
    if (moments.size() == 0 && moments.absentRows() > 0) {
      throw FitErrors.noVectors(columns[0], moments.absentRows());
    }
    if (moments.size() == 0 && rows > 0) {
      throw FitErrors.emptyVectors(columns[0]);
    }
    if (rows == Double.POSITIVE_INFINITY) {
      throw FitErrors.weightsTooLarge(weightCol.orElseThrow());
    }
  }

  private IllegalArgumentException tooFewRows(Moments moments) {
    int size = moments.size() > 0 ? moments.size() : features.size().orElse(0);
    return FitErrors.tooFewRows(
        moments.totalWeight(), size, features.columnNames(), handleInvalid.text());
  }
}
