package batchnorm.spark.errors;

import static batchnorm.spark.errors.ErrorCondition.MODEL_MISMATCH;
import static batchnorm.spark.errors.ErrorCondition.NO_EXACT_SUMS;
import static batchnorm.spark.errors.ErrorCondition.TOO_FEW_ROWS;
import static batchnorm.spark.errors.ErrorCondition.TOO_MANY_ROWS;
import static batchnorm.spark.errors.ErrorText.error;
import static batchnorm.spark.errors.ErrorText.quoted;
import static batchnorm.spark.errors.ErrorText.stateError;

/** Errors of updates and merges: models and data that do not go together. */
public final class MergeErrors {
  private MergeErrors() {}

  public static BatchNormIllegalStateException noExactSums(String uid) {
    return stateError(
        NO_EXACT_SUMS,
        "Model %s has no exact sums to continue: it was made of known statistics, or saved in "
            + "format 1; expected a model that {BatchNorm.fit|batchnorm fit} made. Fit one on its "
            + "data, or {set runningStatistics=exponential} to update known statistics.",
        uid);
  }

  public static BatchNormException otherRunningStatistics(String found, String asked) {
    return error(
        MODEL_MISMATCH,
        "The statistics of the model are %s and {runningStatistics} is '%s'; expected '%s'. Set it, or "
            + "fit a model of the other kind from the start.",
        found,
        asked,
        found);
  }

  public static BatchNormException weightColNotSet() {
    return error(
        MODEL_MISMATCH,
        "The model was fitted on weights and {weightCol} is not set; expected the column of the "
            + "batch's weights. Set {weightCol}, to a column of 1 if the rows have no weights.");
  }

  public static BatchNormException otherInput(String fitted, String found) {
    return error(
        MODEL_MISMATCH,
        "The model was fitted on the column '%s' and {inputCol} is '%s'; expected the same. Set "
            + "{inputCol} to that of the model, or rename the column.",
        fitted,
        found);
  }

  public static BatchNormException otherInputKind(String fitted, String found) {
    return error(
        MODEL_MISMATCH,
        "The model was fitted with {"
            + fitted
            + "} and {"
            + found
            + "} is set; expected the same. Set {"
            + fitted
            + "}.");
  }

  public static BatchNormException otherFeatures(String[] fitted, String[] found) {
    return error(
        MODEL_MISMATCH,
        "The model was fitted on the features %s and the data has %s; expected the same in the same "
            + "order. Set {inputCols} to those of the model.",
        quoted(fitted),
        quoted(found));
  }

  public static BatchNormException otherGroupColumns(String[] fitted, String[] found) {
    return error(
        MODEL_MISMATCH,
        "The model was fitted on groups of %s and {groupCols} is %s; expected the same in the same "
            + "order. Set {groupCols} to those of the model.",
        quoted(fitted),
        quoted(found));
  }

  public static BatchNormArithmeticException tooManyRows() {
    return new BatchNormArithmeticException(
        TOO_MANY_ROWS,
        new MarkedText(
            "There are more than 9223372036854775807 rows, the maximum of a count; expected no more. "
                + "Merge fewer models."));
  }

  public static BatchNormException noModels() {
    return error(MODEL_MISMATCH, "There are no models to merge; expected one or more. Give them.");
  }

  public static BatchNormException modelsDiffer(String param, String one, String other) {
    return error(
        MODEL_MISMATCH,
        "The models cannot be merged: {"
            + param
            + "} is %s in one and %s in the other; expected the same. Set it "
            + "to the same value in both, or fit both alike.",
        one,
        other);
  }

  public static BatchNormException groupTypesDiffer(String one, String other) {
    return error(
        MODEL_MISMATCH,
        "The models cannot be merged: the type of {groupCols} is %s in one and %s in the other; "
            + "expected the same. Set it to the same value in both, or fit both alike.",
        one,
        other);
  }

  public static BatchNormException featureCountsDiffer(int one, int other) {
    return error(
        MODEL_MISMATCH,
        "The models cannot be merged: one has %d features and the other %d; expected the same. Fit "
            + "both on the same columns.",
        one,
        other);
  }

  /**
   * Models of which at least one has features that the other has not.
   *
   * @param one the features of the first model alone
   * @param other the features of the second model alone
   */
  public static BatchNormException featureSetsDiffer(String[] one, String[] other) {
    String first = one.length == 0 ? "" : "the first alone has " + quoted(one);
    String second = other.length == 0 ? "" : "the second alone has " + quoted(other);
    return error(
        MODEL_MISMATCH,
        "The models cannot be merged: %s; expected the same features. Fit both on the same columns.",
        first + (first.isEmpty() || second.isEmpty() ? "" : ", and ") + second);
  }

  public static BatchNormException featureNamesDiffer(int j, String one, String other) {
    return error(
        MODEL_MISMATCH,
        "The models cannot be merged: feature %d is '%s' in one and '%s' in the other; expected the "
            + "same. Fit both on the same columns in the same order.",
        j,
        one,
        other);
  }

  public static BatchNormException exponentialModelsDoNotMerge() {
    return error(
        MODEL_MISMATCH,
        "The models cannot be merged: their running statistics are exponential and depend on the "
            + "order of the batches; expected pooled or cumulative ones. Update one model with the "
            + "data of the other, or fit with another {runningStatistics}.");
  }

  public static BatchNormException runningModelsAreNotSubtracted(String mode) {
    return error(
        MODEL_MISMATCH,
        "The models cannot be subtracted: their running statistics are %s, averages of batches that "
            + "are not known any more; expected pooled ones. Fit with {runningStatistics} 'pooled'.",
        mode);
  }

  /**
   * A model with more rows, or more weight, than the one that it is taken out of.
   *
   * @param all the count of the model
   * @param part the count of the other
   */
  public static BatchNormException rowsAreNoPart(long all, long part) {
    return error(
        MODEL_MISMATCH,
        "The models cannot be subtracted: the first has the count %d and the other %d, which is no "
            + "part of it; expected a model of rows that the first was fitted on. Subtract one whose "
            + "rows were added before.",
        all,
        part);
  }

  public static BatchNormException valuesAreNoPart(String feature) {
    return error(
        MODEL_MISMATCH,
        "The models cannot be subtracted: the values of feature '%s' in the second are no part of "
            + "those in the first, as its counts or its squares would be negative; expected a model "
            + "of rows that the first was fitted on. Subtract one whose rows were added before.",
        feature);
  }

  public static BatchNormException groupsAreNoPart(long count, String example) {
    return error(
        MODEL_MISMATCH,
        "The models cannot be subtracted: %d of the groups of the second are no part of the first, "
            + "such as %s; expected a model of rows that the first was fitted on. Subtract one whose "
            + "rows were added before.",
        count,
        example);
  }

  public static BatchNormException nothingRemains() {
    return error(
        TOO_FEW_ROWS,
        "The models cannot be subtracted: they have the same rows, and none would remain; expected "
            + "one row or more. Subtract less.");
  }
}
