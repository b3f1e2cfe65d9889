package batchnorm.spark.errors;

import static batchnorm.spark.errors.ErrorCondition.INVALID_VALUES;
import static batchnorm.spark.errors.ErrorCondition.NOT_INVERTIBLE;
import static batchnorm.spark.errors.ErrorCondition.SMALL_GROUP;
import static batchnorm.spark.errors.ErrorCondition.UNSEEN_GROUP;
import static batchnorm.spark.errors.ErrorCondition.VECTOR_SIZE;
import static batchnorm.spark.errors.ErrorText.error;
import static batchnorm.spark.errors.ErrorText.number;

/** Errors in the data that a transform reads, and of inverses that do not exist. */
public final class TransformErrors {
  private TransformErrors() {}

  public static BatchNormException invalidValueToNormalize(String where, double value) {
    String found = Double.isNaN(value) ? "a missing value (null or NaN)" : "the value " + value;
    return error(
        INVALID_VALUES,
        "Column '%s' has %s; {handleInvalid} is 'error'. {Set handleInvalid=skip} to drop such rows "
            + "{or handleInvalid=keep} to keep them missing, or clean the data.",
        where,
        found);
  }

  public static BatchNormException wrongWidth(String column, int found, int expected) {
    return error(
        VECTOR_SIZE,
        "Column '%s' has vectors of size %d; the model was fitted on %d features. Apply it to "
            + "vectors of size %d, or fit a model on this data.",
        column,
        found,
        expected,
        expected);
  }

  public static BatchNormException wrongColumnCount(int found, int expected) {
    return error(
        VECTOR_SIZE,
        "%d input columns are set; the model was fitted on %d features. Set %d columns, in the order "
            + "of the fit.",
        found,
        expected,
        expected);
  }

  public static BatchNormException unseenGroup(String group) {
    return error(
        UNSEEN_GROUP,
        "Group %s was not fitted on; {unseenGroup} is 'error'. {Set unseenGroup=global} to use the "
            + "statistics of all rows {or unseenGroup=null} to write null, or fit a model on this data.",
        group);
  }

  public static BatchNormException smallGroupToNormalize(
      String group, double weight, int correction) {
    String expected =
        correction == 0
            ? "two rows or more, or a weight above 1"
            : "more than 1 for {correction} 1";
    return error(
        SMALL_GROUP,
        "Group %s was fitted on rows of weight %s, expected "
            + expected
            + "; {smallGroup} is 'error'. {Set smallGroup=global} to use the statistics of all rows "
            + "{or smallGroup=unit} to use mean 0 "
            + "and variance 1.",
        group,
        number(weight));
  }

  public static BatchNormException zeroGamma(String feature) {
    return error(
        NOT_INVERTIBLE,
        "{gamma} of '%s' is 0, so its values cannot be restored; expected {gamma} other than 0. Fit "
            + "with another {gamma} to use {inverse()|batchnorm inverse}.",
        feature);
  }
}
