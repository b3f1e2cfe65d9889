package batchnorm.spark.errors;

import static batchnorm.spark.errors.ErrorCondition.AMBIGUOUS_COLUMN;
import static batchnorm.spark.errors.ErrorCondition.COLUMN_EXISTS;
import static batchnorm.spark.errors.ErrorCondition.COLUMN_NOT_FOUND;
import static batchnorm.spark.errors.ErrorCondition.COLUMN_TYPE;
import static batchnorm.spark.errors.ErrorCondition.INVALID_COLUMNS;
import static batchnorm.spark.errors.ErrorCondition.VECTOR_SIZE;
import static batchnorm.spark.errors.ErrorText.columnError;
import static batchnorm.spark.errors.ErrorText.error;
import static batchnorm.spark.errors.ErrorText.quoted;

/** Errors in the names and types of the columns that are read and written. */
public final class ColumnErrors {
  private ColumnErrors() {}

  public static BatchNormException missingColumn(String column, String[] existing) {
    return columnError(
        COLUMN_NOT_FOUND,
        column,
        "Column '%s' does not exist; the dataset has %s. Set the name of an existing column.",
        column,
        quoted(existing));
  }

  public static BatchNormException ambiguousColumn(String column) {
    return error(
        AMBIGUOUS_COLUMN,
        "Column '%s' is ambiguous: the dataset has several columns of that name. "
            + "Rename or drop all but one.",
        column);
  }

  public static BatchNormException notAFeatureColumn(String column, String type) {
    return columnError(
        COLUMN_TYPE,
        column,
        "Column '%s' has type %s; BatchNorm needs a numeric or vector column, or an array<double> "
            + "or array<float>. Cast it first, or set another {inputCol}.",
        column,
        type);
  }

  public static BatchNormException oldVectorColumn(String column) {
    return error(
        COLUMN_TYPE,
        "Column '%s' has vectors of org.apache.spark.mllib.linalg, the old ones; expected those of "
            + "org.apache.spark.ml.linalg. Convert it with MLUtils.convertVectorColumnsToML.",
        column);
  }

  public static BatchNormException notAVectorColumn(String column, String type) {
    return error(
        COLUMN_TYPE,
        "Column '%s' has type %s; the inverse of a model that makes one vector of several columns "
            + "needs that vector. Convert it first, an array with array_to_vector.",
        column,
        type);
  }

  public static BatchNormException notANumericColumn(String column, String type) {
    return columnError(
        COLUMN_TYPE,
        column,
        "Column '%s' has type %s; BatchNorm needs a numeric or vector column, and {inputCols} takes "
            + "numeric ones. Cast it first, or remove it from {inputCols}; one vector or array goes "
            + "into {inputCol}.",
        column,
        type);
  }

  public static BatchNormException notAWeightColumn(String column, String type) {
    return columnError(
        COLUMN_TYPE,
        column,
        "Weight column '%s' has type %s; {weightCol} needs a numeric column. Cast it first, or set "
            + "another {weightCol}.",
        column,
        type);
  }

  public static BatchNormException bothInputColAndInputCols() {
    return error(
        INVALID_COLUMNS,
        "Both {inputCol} and {inputCols} are set; expected one of them. {Clear inputCol} to read numeric "
            + "columns, or {inputCols} to read one column.");
  }

  public static BatchNormException noInput() {
    return error(
        INVALID_COLUMNS,
        "Neither {inputCol} nor {inputCols} is set; expected one of them. Set {inputCol} to a vector, "
            + "array or numeric column, or {inputCols} to numeric columns.");
  }

  public static BatchNormException bothOutputColAndOutputCols() {
    return error(
        INVALID_COLUMNS,
        "Both {outputCol} and {outputCols} are set; expected one of them. {Clear outputCol} to write "
            + "a column each, or {outputCols} to write one vector.");
  }

  public static BatchNormException emptyColumnList(String param) {
    return error(
        INVALID_COLUMNS,
        "{" + param + "} is empty; expected at least one column. Name the columns.");
  }

  public static BatchNormException repeatedColumn(String param, String column) {
    return error(
        INVALID_COLUMNS,
        "{"
            + param
            + "} names column '%s' more than once; expected each once. Remove the repetition.",
        column);
  }

  public static BatchNormException outputColsWithoutInputCols() {
    return error(
        INVALID_COLUMNS,
        "{outputCols} is set together with {inputCol}; {outputCols} goes with {inputCols}. Set {outputCol}.");
  }

  public static BatchNormException columnCountsDiffer(int inputs, int outputs) {
    return error(
        INVALID_COLUMNS,
        "{inputCols} has %d columns and {outputCols} has %d; expected as many outputs as inputs. Name "
            + "one output for each input, or set {outputCol} for one vector of all.",
        inputs,
        outputs);
  }

  public static BatchNormException outputColumnExists(String column) {
    return error(
        COLUMN_EXISTS,
        "Output column '%s' already exists; expected a new name, or the name of the input column "
            + "it replaces. Rename the output, or drop the existing column.",
        column);
  }

  public static BatchNormException outputIsAField(String column) {
    return error(
        INVALID_COLUMNS,
        "Output column '%s' is a field of a struct, which is not written into; expected a name of a "
            + "column. Name the output without the dot.",
        column);
  }

  public static BatchNormException groupColumnIsFeature(String column) {
    return error(
        INVALID_COLUMNS,
        "Column '%s' is in {groupCols} and is a feature, too; expected columns that tell the groups "
            + "apart and are not normalized. Remove it from one of them, or copy the column.",
        column);
  }

  public static BatchNormException groupColumnIsWeight(String column) {
    return error(
        INVALID_COLUMNS,
        "Column '%s' is in {groupCols} and is {weightCol}, too; expected two columns. Remove it from "
            + "one of them, or copy the column.",
        column);
  }

  public static BatchNormException groupColumnIsOutput(String column) {
    return error(
        INVALID_COLUMNS,
        "Column '%s' is in {groupCols} and would be written over; expected output columns that are "
            + "no group columns. Rename the output.",
        column);
  }

  public static BatchNormException notAGroupColumn(String column, String type) {
    return error(
        COLUMN_TYPE,
        "Group column '%s' has type %s; {groupCols} takes columns of numbers, strings, booleans, "
            + "dates and timestamps. Cast it first, or take its parts as columns.",
        column,
        type);
  }

  public static BatchNormException groupColumnTypeDiffers(
      String column, String found, String fitted) {
    return error(
        COLUMN_TYPE,
        "Group column '%s' has type %s; the model was fitted on groups of type %s. Cast it.",
        column,
        found,
        fitted);
  }

  public static BatchNormException groupColumnCountDiffers(int found, int fitted) {
    return error(
        VECTOR_SIZE,
        "{groupCols} has %d columns; the model was fitted on groups by %d. Set %d columns, in the order "
            + "of the fit.",
        found,
        fitted,
        fitted);
  }
}
