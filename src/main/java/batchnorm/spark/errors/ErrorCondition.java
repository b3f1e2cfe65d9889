package batchnorm.spark.errors;

/**
 * Kinds of this library's errors, for programs that react to them. Names are stable: none changes
 * its name or its meaning, and new ones may come.
 */
public enum ErrorCondition {
  /** A column is not in the dataset. */
  COLUMN_NOT_FOUND,

  /** The dataset has several columns of one name. */
  AMBIGUOUS_COLUMN,

  /** A column has a type that cannot be used, or not with this model. */
  COLUMN_TYPE,

  /** An output column has the name of an existing column. */
  COLUMN_EXISTS,

  /** The parameters that name columns do not go together. */
  INVALID_COLUMNS,

  /** A parameter has a value that it cannot have, or that others exclude. */
  INVALID_PARAMETER,

  /** The data has missing or infinite values and handleInvalid is error. */
  INVALID_VALUES,

  /** Weights are negative, not finite, or too large in sum. */
  INVALID_WEIGHTS,

  /** Vectors are null in all rows, empty, or malformed. */
  MALFORMED_VECTOR,

  /** Vectors have different sizes, more features than fit, or fewer or more than the model. */
  VECTOR_SIZE,

  /** There are too few rows, or too little weight, for a variance. */
  TOO_FEW_ROWS,

  /** There are more rows than a long counts. */
  TOO_MANY_ROWS,

  /** A group has too few rows and smallGroup is error. */
  SMALL_GROUP,

  /** A row is of a group that was not fitted on and unseenGroup is error. */
  UNSEEN_GROUP,

  /** The groups of a fitted model are no longer kept by Spark. */
  GROUPS_LOST,

  /** The data cannot be read. */
  UNREADABLE_DATA,

  /** The dataset is a stream where none is expected, or the reverse. */
  STREAMING_DATASET,

  /** A model lacks the statistics, or those of groups, that are asked for. */
  NO_STATISTICS,

  /** A model lacks the exact sums that updates and merges continue. */
  NO_EXACT_SUMS,

  /** Known means and variances that no data has. */
  INVALID_STATISTICS,

  /** A gamma is 0, so values cannot be restored. */
  NOT_INVERTIBLE,

  /** Models, or a model and data, do not go together. */
  MODEL_MISMATCH,

  /** A model must be saved before the stage that refers to it. */
  MODEL_IN_MEMORY,

  /** The path of a saved stage does not exist, or has no complete version. */
  MODEL_NOT_FOUND,

  /** A path is not a saved stage, or the saved stage is incomplete or damaged. */
  MODEL_DAMAGED,

  /** A model or file was written by a newer version of this library. */
  NEWER_FORMAT,

  /** A directory of versions is used as a model, or the reverse. */
  MODEL_DIRECTORY,

  /** A batch is repeated whose version of the model was deleted. */
  VERSION_NOT_KEPT,

  /** Another writer changed what was to be written. */
  WRITE_CONFLICT,

  /** A file, folder, table or model exists and may not be replaced. */
  ALREADY_EXISTS,

  /** A result cannot be written, or only a part of it was. */
  WRITE_FAILED,

  /** A file or path to read does not exist. */
  FILE_NOT_FOUND,

  /** A file of another system is damaged, or holds something else. */
  INVALID_FILE,

  /** A model cannot be expressed in the format of the other system. */
  NOT_EXPORTABLE,

  /** No Spark session is active. */
  NO_SESSION,

  /** The jar is for another version of Spark or Scala. */
  UNSUPPORTED_SPARK,

  /** A command, its options, input or output are wrong. */
  COMMAND_LINE;

  /** Returns the name as Spark has it among its own: {@code BATCHNORM_} and the name of this. */
  public String fullName() {
    return "BATCHNORM_" + name();
  }
}
