package batchnorm.spark.errors;

import static batchnorm.spark.errors.ErrorCondition.GROUPS_LOST;
import static batchnorm.spark.errors.ErrorCondition.INVALID_STATISTICS;
import static batchnorm.spark.errors.ErrorCondition.MODEL_IN_MEMORY;
import static batchnorm.spark.errors.ErrorCondition.MODEL_MISMATCH;
import static batchnorm.spark.errors.ErrorCondition.NO_STATISTICS;
import static batchnorm.spark.errors.ErrorCondition.TOO_FEW_ROWS;
import static batchnorm.spark.errors.ErrorText.error;
import static batchnorm.spark.errors.ErrorText.number;
import static batchnorm.spark.errors.ErrorText.quoted;
import static batchnorm.spark.errors.ErrorText.stateError;

/** Errors of models that lack statistics, or are made of statistics that cannot be. */
public final class ModelErrors {
  private ModelErrors() {}

  public static BatchNormIllegalStateException noStatistics(String uid) {
    return stateError(
        NO_STATISTICS,
        "Model %s has no statistics; expected a fitted or loaded model. Use "
            + "{BatchNorm.fit, BatchNormModel.load or BatchNormModel.of|batchnorm fit}.",
        uid);
  }

  public static BatchNormException sizesOfMeanAndVarianceDiffer(int mean, int variance) {
    return error(
        INVALID_STATISTICS,
        "mean has %d values and variance has %d; expected as many of one as of the other. Give one "
            + "of each per feature.",
        mean,
        variance);
  }

  public static BatchNormException negativeVariance(int feature, double found) {
    return error(
        INVALID_STATISTICS,
        "variance[%d] is %s; expected numbers of at least 0. Give the variance of each feature, "
            + "not its negative or a missing value.",
        feature,
        found);
  }

  public static BatchNormException noFeatures() {
    return error(
        INVALID_STATISTICS,
        "mean and variance have no values; expected one of each per feature. Give them.");
  }

  public static BatchNormException invalidMean(int feature, double found) {
    return error(
        INVALID_STATISTICS,
        "mean[%d] is %s; expected finite numbers. Give the mean of each feature.",
        feature,
        found);
  }

  public static BatchNormIllegalStateException modelOfSmallWeights(String uid, double weight) {
    return stateError(
        TOO_FEW_ROWS,
        "Model %s has learned from rows whose weights sum to %s; {correction} 1 expects more than 1. "
            + "Set {correction} to 0, or update it with more data first.",
        uid,
        number(weight));
  }

  public static BatchNormIllegalStateException modelOfOneRow(String uid, double rows) {
    return stateError(
        TOO_FEW_ROWS,
        "Model %s has learned from rows of weight %s, which have no variance; expected more than "
            + "1. Update it with more data first.",
        uid,
        number(rows));
  }

  public static BatchNormIllegalStateException noGroups(String uid) {
    return stateError(
        NO_STATISTICS,
        "Model %s has no statistics of groups and {groupCols} is set; expected a model that was "
            + "fitted with {groupCols}. Fit one, or {clear groupCols}.",
        uid);
  }

  public static BatchNormException groupColsNotSet(String[] fitted) {
    return error(
        MODEL_MISMATCH,
        "The model was fitted on groups of %s and {groupCols} is not set; expected the columns that "
            + "tell the groups apart. Set {groupCols}.",
        quoted(fitted));
  }

  public static BatchNormIllegalStateException groupsOfAStoppedSession(String uid) {
    return stateError(
        GROUPS_LOST,
        "The groups of model %s were kept by a Spark session that is stopped; expected one that "
            + "runs, or a model that was loaded. Save a model before its session is stopped, and "
            + "load it in the next one.",
        uid);
  }

  public static BatchNormIllegalStateException initialModelInMemory(String uid) {
    return stateError(
        MODEL_IN_MEMORY,
        "The initial model of %s is in memory only; expected a saved one, whose path is saved. "
            + "Save the model, and give setInitialModel its path.",
        uid);
  }
}
