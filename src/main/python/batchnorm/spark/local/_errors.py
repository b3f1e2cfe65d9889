"""Errors of local models, with the texts of Java where Java has them."""

from typing import List, Sequence

# Maximum number of names in a list; the rest is counted.
_AT_MOST = 20


def path_does_not_exist(path: str) -> FileNotFoundError:
    return FileNotFoundError(
        f"Path {path} does not exist; expected a saved BatchNormModel. Check the path."
    )


def no_complete_version(path: str) -> FileNotFoundError:
    return FileNotFoundError(
        f"Model directory {path} has no complete version; expected one or more. Wait until the first "
        "batch is learned, or check the path."
    )


def unfinished_save(path: str) -> ValueError:
    return ValueError(
        f"Path {path} was left by a save that was interrupted; expected the path that was saved to. Load "
        "that one, or save again."
    )


def not_a_model(path: str, found: str) -> ValueError:
    return ValueError(
        f"Path {path} is not a saved BatchNormModel: {found}. Give the path that BatchNormModel.save wrote."
    )


def not_a_json_model(path: str, found: str) -> ValueError:
    return ValueError(
        f"File {path} is not a model in JSON: {found}. Give the file that toJson wrote; its schema is "
        "batchnorm/spark/export/model.schema.json in the jar."
    )


def unreadable_part(path: str, part: str, why: Exception) -> ValueError:
    lines = str(why).splitlines() or [type(why).__name__]
    return ValueError(
        f"Folder '{part}' of the saved stage at {path} cannot be read: {lines[0]}; expected what save "
        "wrote. Copy the stage again, or check who may read there."
    )


def newer_format(path: str, found: int, supported: int) -> ValueError:
    return ValueError(
        f"The model at {path} has format version {found}; this library reads versions up to {supported}. "
        "Update batchnorm-spark, or save the model with an older one."
    )


def empty_path() -> ValueError:
    return ValueError("path is empty; expected a path. Name the folder of a saved model.")


def model_of_small_weights(uid: str, weight: float) -> RuntimeError:
    return RuntimeError(
        f"Model {uid} has learned from rows whose weights sum to {_number(weight)}; correction 1 expects "
        "more than 1. Set correction to 0, or update it with more data first."
    )


def model_of_one_row(uid: str, rows: float) -> RuntimeError:
    return RuntimeError(
        f"Model {uid} has learned from rows of weight {_number(rows)}, which have no variance; expected "
        "more than 1. Update it with more data first."
    )


def no_groups(uid: str) -> RuntimeError:
    return RuntimeError(
        f"Model {uid} has no statistics of groups and groupCols is set; expected a model that was fitted "
        "with groupCols. Fit one, or clear groupCols."
    )


def group_cols_not_set(fitted: Sequence[str]) -> ValueError:
    return ValueError(
        f"The model was fitted on groups of {_quoted(fitted)} and groupCols is not set; expected the "
        "columns that tell the groups apart. Set groupCols."
    )


def invalid_value(where: str, value: float) -> ValueError:
    if value != value:
        found = "a missing value (null or NaN)"
    else:
        found = f"the value {'-' if value < 0 else ''}Infinity"
    return ValueError(
        f"Column '{where}' has {found}; handleInvalid is 'error'. Set handleInvalid to 'skip' to drop such "
        "rows or to 'keep' to keep them missing, or clean the data."
    )


def wrong_width(column: str, found: int, expected: int) -> ValueError:
    return ValueError(
        f"Column '{column}' has vectors of size {found}; the model was fitted on {expected} features. "
        f"Apply it to vectors of size {expected}, or fit a model on this data."
    )


def wrong_column_count(found: int, expected: int) -> ValueError:
    return ValueError(
        f"{found} input columns are set; the model was fitted on {expected} features. Set {expected} "
        "columns, in the order of the fit."
    )


def unseen_group(group: str) -> ValueError:
    return ValueError(
        f"Group {group} was not fitted on; unseenGroup is 'error'. Set unseenGroup to 'global' to use the "
        "statistics of all rows or to 'null' to write null, or fit a model on this data."
    )


def small_group(group: str, weight: float, correction: int) -> ValueError:
    expected = (
        "two rows or more, or a weight above 1" if correction == 0 else "more than 1 for correction 1"
    )
    return ValueError(
        f"Group {group} was fitted on rows of weight {_number(weight)}, expected {expected}; smallGroup is "
        "'error'. Set smallGroup to 'global' to use the statistics of all rows or to 'unit' to use mean 0 "
        "and variance 1."
    )


def zero_gamma(feature: str) -> ValueError:
    return ValueError(
        f"gamma of '{feature}' is 0, so its values cannot be restored; expected gamma other than 0. Fit "
        "with another gamma to use inverse()."
    )


def wrong_length(param: str, found: int, features: int) -> ValueError:
    return ValueError(
        f"{param} has {found} values and the data has {features} features; expected one value per "
        f"feature. Set {param} to {features} values."
    )


def wrong_type(param: str, value: object, expected: str) -> TypeError:
    return TypeError(f"{param} is {value!r}; expected {expected}.")


def unknown_param(name: str) -> TypeError:
    return TypeError(f"A model has no parameter '{name}'.")


def missing_column(column: str, existing: Sequence[str]) -> ValueError:
    return ValueError(
        f"Column '{column}' does not exist; the dataset has {_quoted(existing)}. Set the name of an "
        "existing column."
    )


def ambiguous_column(column: str) -> ValueError:
    return ValueError(
        f"Column '{column}' is ambiguous: the dataset has several columns of that name. Rename or drop all "
        "but one."
    )


def not_a_feature_column(column: str, kind: str) -> ValueError:
    return ValueError(
        f"Column '{column}' has type {kind}; BatchNorm needs a numeric or vector column, or an "
        "array<double> or array<float>. Cast it first, or set another inputCol."
    )


def not_a_numeric_column(column: str, kind: str) -> ValueError:
    return ValueError(
        f"Column '{column}' has type {kind}; BatchNorm needs a numeric or vector column, and inputCols "
        "takes numeric ones. Cast it first, or remove it from inputCols; one vector or array goes into "
        "inputCol."
    )


def no_input() -> ValueError:
    return ValueError(
        "Neither inputCol nor inputCols is set; expected one of them. Set inputCol to a vector, array or "
        "numeric column, or inputCols to numeric columns."
    )


def both_input_col_and_input_cols() -> ValueError:
    return ValueError(
        "Both inputCol and inputCols are set; expected one of them. Clear inputCol to read numeric "
        "columns, or inputCols to read one column."
    )


def both_output_col_and_output_cols() -> ValueError:
    return ValueError(
        "Both outputCol and outputCols are set; expected one of them. Clear outputCol to write a column "
        "each, or outputCols to write one vector."
    )


def output_cols_without_input_cols() -> ValueError:
    return ValueError(
        "outputCols is set together with inputCol; outputCols goes with inputCols. Set outputCol."
    )


def empty_column_list(param: str) -> ValueError:
    return ValueError(f"{param} is empty; expected at least one column. Name the columns.")


def repeated_column(param: str, column: str) -> ValueError:
    return ValueError(
        f"{param} names column '{column}' more than once; expected each once. Remove the repetition."
    )


def column_counts_differ(inputs: int, outputs: int) -> ValueError:
    return ValueError(
        f"inputCols has {inputs} columns and outputCols has {outputs}; expected as many outputs as inputs. "
        "Name one output for each input, or set outputCol for one vector of all."
    )


def output_column_exists(column: str) -> ValueError:
    return ValueError(
        f"Output column '{column}' already exists; expected a new name, or the name of the input column it "
        "replaces. Rename the output, or drop the existing column."
    )


def group_column_type_differs(column: str, found: str, fitted: str) -> ValueError:
    return ValueError(
        f"Group column '{column}' has type {found}; the model was fitted on groups of type {fitted}. Cast it."
    )


def group_column_count_differs(found: int, fitted: int) -> ValueError:
    return ValueError(
        f"groupCols has {found} columns; the model was fitted on groups by {fitted}. Set {fitted} columns, "
        "in the order of the fit."
    )


# Errors that only local models have.


def not_a_dataset(found: object) -> TypeError:
    return TypeError(
        f"transform got a {type(found).__name__}; expected a matrix of NumPy, a dict of columns, a pandas "
        "DataFrame or an Arrow table. Convert it first."
    )


def not_a_matrix(found: str) -> ValueError:
    return ValueError(
        f"transform got an array of {found}; expected a matrix of numbers with a row for each row of the "
        "data. Convert it first."
    )


def matrix_has_no_groups(columns: Sequence[str]) -> ValueError:
    return ValueError(
        f"The model has groups of {_quoted(columns)}, which a matrix has no column for. Give a dict of "
        "columns, a pandas DataFrame or an Arrow table."
    )


def lengths_differ(column: str, found: int, first: str, expected: int) -> ValueError:
    return ValueError(
        f"Column '{column}' has {found} rows and '{first}' has {expected}; expected columns of one length. "
        "Give all rows of each."
    )


def not_for_sklearn(why: str) -> ValueError:
    return ValueError(f"A StandardScaler cannot express this model: {why}. Use transform() of the model.")


def not_a_scaler(found: object) -> TypeError:
    return TypeError(
        f"from_sklearn got a {type(found).__name__}; expected a StandardScaler of scikit-learn. Give one."
    )


def scaler_not_fitted() -> ValueError:
    return ValueError("The StandardScaler is not fitted; expected one with statistics. Fit it first.")


def invalid_scaler(what: str, feature: int, value: float, expected: str) -> ValueError:
    return ValueError(f"{what}[{feature}] of the StandardScaler is {value}; expected {expected}. Fit it anew.")


def _number(rows: float) -> str:
    return str(int(rows)) if rows == int(rows) else str(rows)


def _quoted(names: Sequence[str]) -> str:
    if not names:
        return "no columns"
    listed: List[str] = [f"'{name}'" for name in names[:_AT_MOST]]
    rest = len(names) - _AT_MOST
    return ", ".join(listed) + (f" and {rest} more" if rest > 0 else "")
