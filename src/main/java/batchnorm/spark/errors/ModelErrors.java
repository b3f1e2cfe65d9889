package batchnorm.spark.errors;

import static batchnorm.spark.errors.ErrorText.error;
import static batchnorm.spark.errors.ErrorText.number;
import static batchnorm.spark.errors.ErrorText.quoted;

import java.util.Locale;

/** Errors of models that lack statistics, or are made of statistics that cannot be. */
public final class ModelErrors {
  private ModelErrors() {}

  public static IllegalStateException noStatistics(String uid) {
    return new IllegalStateException(
        String.format(
            Locale.ROOT,
            "Model %s has no statistics; expected a fitted or loaded model. Use BatchNorm.fit, "
                + "BatchNormModel.load or BatchNormModel.of.",
            uid));
  }

  public static IllegalArgumentException sizesOfMeanAndVarianceDiffer(int mean, int variance) {
    return error(
        "mean has %d values and variance has %d; expected as many of one as of the other. Give one "
            + "of each per feature.",
        mean, variance);
  }

  public static IllegalArgumentException negativeVariance(int feature, double found) {
    return error(
        "variance[%d] is %s; expected numbers of at least 0. Give the variance of each feature, "
            + "not its negative or a missing value.",
        feature, found);
  }

  public static IllegalArgumentException noFeatures() {
    return error("mean and variance have no values; expected one of each per feature. Give them.");
  }

  public static IllegalArgumentException invalidMean(int feature, double found) {
    return error(
        "mean[%d] is %s; expected finite numbers. Give the mean of each feature.", feature, found);
  }

  public static IllegalStateException modelOfSmallWeights(String uid, double weight) {
    return new IllegalStateException(
        String.format(
            Locale.ROOT,
            "Model %s has learned from rows whose weights sum to %s; correction 1 expects more than 1. "
                + "Set correction to 0, or update it with more data first.",
            uid,
            number(weight)));
  }

  public static IllegalStateException modelOfOneRow(String uid, double rows) {
    return new IllegalStateException(
        String.format(
            Locale.ROOT,
            "Model %s has learned from rows of weight %s, which have no variance; expected more than "
                + "1. Update it with more data first.",
            uid,
            number(rows)));
  }

  public static IllegalStateException noGroups(String uid) {
    return new IllegalStateException(
        String.format(
            Locale.ROOT,
            "Model %s has no statistics of groups and groupCols is set; expected a model that was "
                + "fitted with groupCols. Fit one, or clear groupCols.",
            uid));
  }

  public static IllegalArgumentException groupColsNotSet(String[] fitted) {
    return error(
        "The model was fitted on groups of %s and groupCols is not set; expected the columns that "
            + "tell the groups apart. Set groupCols.",
        quoted(fitted));
  }

  public static IllegalStateException groupsOfAStoppedSession(String uid) {
    return new IllegalStateException(
        String.format(
            Locale.ROOT,
            "The groups of model %s were kept by a Spark session that is stopped; expected one that "
                + "runs, or a model that was loaded. Save a model before its session is stopped, and "
                + "load it in the next one.",
            uid));
  }

  public static IllegalStateException initialModelInMemory(String uid) {
    return new IllegalStateException(
        String.format(
            Locale.ROOT,
            "The initial model of %s is in memory only; expected a saved one, whose path is saved. "
                + "Save the model, and give setInitialModel its path.",
            uid));
  }
}
