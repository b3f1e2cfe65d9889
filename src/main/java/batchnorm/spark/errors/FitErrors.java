package batchnorm.spark.errors;

import static batchnorm.spark.errors.ErrorCondition.GROUPS_LOST;
import static batchnorm.spark.errors.ErrorCondition.INVALID_PARAMETER;
import static batchnorm.spark.errors.ErrorCondition.INVALID_VALUES;
import static batchnorm.spark.errors.ErrorCondition.INVALID_WEIGHTS;
import static batchnorm.spark.errors.ErrorCondition.MALFORMED_VECTOR;
import static batchnorm.spark.errors.ErrorCondition.SMALL_GROUP;
import static batchnorm.spark.errors.ErrorCondition.STREAMING_DATASET;
import static batchnorm.spark.errors.ErrorCondition.TOO_FEW_ROWS;
import static batchnorm.spark.errors.ErrorCondition.UNREADABLE_DATA;
import static batchnorm.spark.errors.ErrorCondition.VECTOR_SIZE;
import static batchnorm.spark.errors.ErrorText.error;
import static batchnorm.spark.errors.ErrorText.number;
import static batchnorm.spark.errors.ErrorText.quoted;
import static batchnorm.spark.errors.ErrorText.stateError;

import java.util.Locale;

/** Errors in the data that a fit reads. */
public final class FitErrors {
  private FitErrors() {}

  public static BatchNormException noVectors(String column, long rows) {
    return error(
        MALFORMED_VECTOR,
        "Column '%s' is null in all %d rows; expected vectors or arrays to fit on. Check how the "
            + "column is made.",
        column,
        rows);
  }

  public static BatchNormException emptyVectors(String column) {
    return error(
        MALFORMED_VECTOR,
        "Column '%s' has vectors of size 0; expected at least one feature. Check how the column is "
            + "made.",
        column);
  }

  public static BatchNormException weightsTooLarge(String column) {
    return error(
        INVALID_WEIGHTS,
        "The weights in column '%s' sum to Infinity; expected a sum within the range of double. "
            + "Divide the weights by a constant.",
        column);
  }

  /**
   * @param needed the bytes of the means and variances
   * @param heap the bytes of the driver's heap
   */
  public static BatchNormException tooManyFeatures(
      String column, int size, int partition, long needed, long heap) {
    return error(
        VECTOR_SIZE,
        "Column '%s' has vectors of size %d, first seen in partition %d: their means and variances "
            + "take %d MiB; expected at most the heap of the driver, %d MiB. Filter malformed "
            + "vectors, or give the driver more memory (spark.driver.memory).",
        column,
        size,
        partition,
        needed >> 20,
        heap >> 20);
  }

  /** The text PyTorch's batch_norm raises for the same situation, then what to do. */
  public static BatchNormException tooFewRows(
      double rows, int features, String[] columns, String handleInvalid) {
    String found = rows == 0 ? "The dataset has no rows to fit on. " : "";
    String skipped =
        handleInvalid.equals("skip")
            ? " Rows with missing values were dropped because {handleInvalid} is 'skip'."
            : "";
    return error(
        TOO_FEW_ROWS,
        found
            + "Expected more than 1 value per channel when training, got input size [%s, %s] "
            + "(columns %s)."
            + skipped
            + " Fit on two rows or more, or on weights that sum to more than 1.",
        number(rows),
        features == 0 ? "?" : Integer.toString(features),
        quoted(columns));
  }

  public static BatchNormException weightsTooSmallForCorrection(
      String column, long rows, double weight) {
    return error(
        TOO_FEW_ROWS,
        "The weights in column '%s' sum to %s (rows: %s); {correction} 1 divides by their sum less 1 and "
            + "expects weights that sum to more than 1. Set {correction} to 0, or multiply the weights "
            + "by a constant.",
        column,
        number(weight),
        Long.toString(rows));
  }

  public static BatchNormException weightsTooSmallForRunningStatistics(
      String column, long rows, double weight, String mode) {
    return error(
        TOO_FEW_ROWS,
        "The weights in column '%s' sum to %s (rows: %s); %s running statistics divide the variance of "
            + "a batch by their sum less 1 and expect weights that sum to more than 1. "
            + "{Set runningStatistics=pooled}, or multiply the weights by a constant.",
        column,
        number(weight),
        Long.toString(rows),
        mode);
  }

  /**
   * Values that {@code handleInvalid = "error"} refuses, of one column or of features of one.
   *
   * @param where the column, and the feature where it has several
   */
  public static BatchNormException invalidValues(
      String where, long notANumber, long infinite, int furtherColumns) {
    String further =
        furtherColumns == 0
            ? ""
            : String.format(Locale.ROOT, " Other columns with such values: %d.", furtherColumns);
    return error(
        INVALID_VALUES,
        "Column '%s' has %d missing (null or NaN) and %d infinite values; {handleInvalid} is "
            + "'error'.%s {Set handleInvalid=skip} to drop such rows {or handleInvalid=keep} to ignore such "
            + "values, or clean the data.",
        where,
        notANumber,
        infinite,
        further);
  }

  public static BatchNormException invalidWeights(String column, long rows, String example) {
    return error(
        INVALID_WEIGHTS,
        "Weight column '%s' has invalid weights (rows: %d, such as %s); expected finite numbers of "
            + "at least 0. Filter those rows, or give them weight 0.",
        column,
        rows,
        example);
  }

  /**
   * A vector that no Spark writes, seen by fit or transform.
   *
   * @param fault a text of {@link VectorFaults}
   */
  public static BatchNormException malformedVector(String column, int partition, String fault) {
    return error(
        MALFORMED_VECTOR,
        "Column '%s' has a malformed vector in partition %d: %s. Filter such rows, or rebuild the "
            + "vectors.",
        column,
        partition,
        fault);
  }

  public static BatchNormException vectorSizesDiffer(
      String column, int expected, int expectedPartition, int found, int foundPartition) {
    return error(
        VECTOR_SIZE,
        "Column '%s' has vectors of different sizes: %d in partition %d and %d in partition %d; "
            + "expected one size. Filter the rows of the wrong size, or rebuild the vectors.",
        column,
        expected,
        expectedPartition,
        found,
        foundPartition);
  }

  /** The text PyTorch's batch_norm raises for the same situation, then what to do. */
  public static BatchNormException smallGroups(
      long small, long groups, String example, double rows, int features, int correction) {
    String which =
        correction == 0
            ? "of fewer than two rows"
            : "whose weights sum to 1 or less, which {correction} 1 does not allow";
    return error(
        SMALL_GROUP,
        "Expected more than 1 value per channel when training, got input size [%s, %d] in group "
            + "%s; {smallGroup} is 'error'. Groups "
            + which
            + ": %d of %d. {Set smallGroup=global} to use the statistics of all rows for them "
            + "{or smallGroup=unit} to leave them as "
            + "they are, or filter their rows.",
        number(rows),
        features,
        example,
        small,
        groups);
  }

  public static BatchNormException unknownSource(String setting, String value) {
    return error(
        INVALID_PARAMETER,
        "Setting %s is '%s'; expected 'columns', 'rows' or 'public'. Set one of them, or unset it to "
            + "let a fit take the best one.",
        setting,
        value);
  }

  public static BatchNormIllegalStateException unreadable(String why) {
    return stateError(
        UNREADABLE_DATA,
        "The data could not be read: %s. Unset spark.batchnorm.source, or write the data to "
            + "Parquet and fit on that.",
        why);
  }

  public static BatchNormException fitOnAStream() {
    return error(
        STREAMING_DATASET,
        "The dataset is a stream, which has no end; expected one that has. Learn from it with "
            + "RunningBatchNorm, or read the data without readStream.");
  }

  public static BatchNormException groupsLost() {
    return error(
        GROUPS_LOST,
        "The groups of a fitted model are lost: executors that kept them are gone, or they were "
            + "released at the end of a micro-batch; expected groups that are at rest. {Save the "
            + "model after the fit and load it, or call SparkContext.setCheckpointDir before the "
            + "fit. In a sink of RunningBatchNorm use the dataset before the call ends.|Run the "
            + "command again, or batchnorm fit and then batchnorm transform.}");
  }
}
