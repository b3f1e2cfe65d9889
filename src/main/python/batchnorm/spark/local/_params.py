"""Parameters of a local model: those of BatchNormModel, by the same names."""

from typing import Any, Callable, Dict, List, Mapping, NamedTuple, Optional, Tuple

from batchnorm.spark._checks import OF_PARAMS
from batchnorm.spark.local import _column_paths, _errors
from batchnorm.spark.local._strict_json import is_integer, is_number


class _Type(NamedTuple):
    includes: Callable[[Any], bool]
    expected: str


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


def _is_numbers(value: Any) -> bool:
    return isinstance(value, list) and all(map(is_number, value))


_TEXT = _Type(lambda value: isinstance(value, str), "a string")
_TEXTS = _Type(_is_texts, "a list of strings")
_NUMBER = _Type(is_number, "a number")
_NUMBERS = _Type(_is_numbers, "a list of numbers")
_INTEGER = _Type(lambda value: is_integer(value) and -(2**31) <= value < 2**31, "an integer")
_BOOLEAN = _Type(lambda value: isinstance(value, bool), "True or False")

_TYPES = {
    "inputCol": _TEXT,
    "inputCols": _TEXTS,
    "outputCol": _TEXT,
    "outputCols": _TEXTS,
    "withMean": _BOOLEAN,
    "withStd": _BOOLEAN,
    "eps": _NUMBER,
    "correction": _INTEGER,
    "gamma": _NUMBERS,
    "beta": _NUMBERS,
    "inverted": _BOOLEAN,
    "handleInvalid": _TEXT,
    "weightCol": _TEXT,
    "aggregationDepth": _INTEGER,
    "maxSliceBytes": _INTEGER,
    "runningStatistics": _TEXT,
    "momentum": _NUMBER,
    "groupCols": _TEXTS,
    "unseenGroup": _TEXT,
    "smallGroup": _TEXT,
    "output": _TEXT,
}

# Values of parameters that are not set. Those that a transform does not use have none.
_DEFAULTS: Dict[str, Any] = {
    "withMean": True,
    "withStd": True,
    "eps": 0.0,
    "correction": 0,
    "inverted": False,
    "handleInvalid": "error",
    "unseenGroup": "error",
    "smallGroup": "global",
}


class Columns(NamedTuple):
    """Names of the columns that are read and written.

    :ivar one_input: True if all features are in one column
    :ivar one_output: True if all features are written to one column
    """

    inputs: List[str]
    outputs: List[str]
    one_input: bool
    one_output: bool


class Params:
    """Checked values of the parameters, by name; a parameter that is None is not set."""

    def __init__(self, uid: str, values: Mapping[str, Any]) -> None:
        self.uid = uid
        self._values = {name: value for name, value in values.items() if value is not None}
        for name, value in self._values.items():
            if name in OF_PARAMS:
                OF_PARAMS[name](value)

    @staticmethod
    def is_known(name: str) -> bool:
        return name in _TYPES

    @staticmethod
    def has_type(name: str, value: Any) -> bool:
        return _TYPES[name].includes(value)

    def with_values(self, values: Mapping[str, Any]) -> "Params":
        """Returns these parameters and others; None clears one."""
        for name, value in values.items():
            if name not in _TYPES:
                raise _errors.unknown_param(name)
            if value is not None and not Params.has_type(name, value):
                raise _errors.wrong_type(name, value, _TYPES[name].expected)
        return Params(self.uid, {**self._values, **values})

    def values(self) -> Dict[str, Any]:
        return dict(self._values)

    def get(self, name: str) -> Any:
        """Returns the value of a parameter, or its default; None if it has neither."""
        return self._values.get(name, _DEFAULTS.get(name))

    def numbers(self, name: str, features: int) -> Optional[List[float]]:
        """Returns the value of gamma or beta, which has a number for each feature."""
        found: Optional[List[float]] = self._values.get(name)
        if found is not None and len(found) != features:
            raise _errors.wrong_length(name, len(found), features)
        return found

    @property
    def group_cols(self) -> Optional[List[str]]:
        found: Optional[List[str]] = self._values.get("groupCols")
        if found is not None:
            _require_distinct("groupCols", found)
        return found

    def columns(self) -> Columns:
        """Returns the columns of a transform in the direction of the model."""
        input_col, input_cols, output_col, output_cols = self._names()
        inputs = input_cols if input_cols is not None else [input_col or ""]
        _require_distinct("inputCols", inputs)
        outputs = output_cols
        if outputs is None:
            outputs = [output_col if output_col is not None else self.uid + "__output"]
        _require_distinct("outputCols", outputs)
        if output_cols is not None and len(inputs) != len(outputs):
            raise _errors.column_counts_differ(len(inputs), len(outputs))
        columns = Columns(inputs, outputs, input_cols is None, output_cols is None)
        if not self.get("inverted"):
            return columns
        restored = [_column_paths.canonical(name) for name in inputs]
        return Columns(outputs, restored, columns.one_output, columns.one_input)

    def _names(self) -> Tuple[Optional[str], Optional[List[str]], Optional[str], Optional[List[str]]]:
        get = self._values.get
        input_col, input_cols = get("inputCol"), get("inputCols")
        output_col, output_cols = get("outputCol"), get("outputCols")
        if input_col is not None and input_cols is not None:
            raise _errors.both_input_col_and_input_cols()
        if input_col is None and input_cols is None:
            raise _errors.no_input()
        if output_col is not None and output_cols is not None:
            raise _errors.both_output_col_and_output_cols()
        if input_col is not None and output_cols is not None:
            raise _errors.output_cols_without_input_cols()
        return input_col, input_cols, output_col, output_cols


def _require_distinct(param: str, names: List[str]) -> None:
    if not names:
        raise _errors.empty_column_list(param)
    seen = set()
    for name in names:
        key = _column_paths.canonical(name).lower()
        if key in seen:
            raise _errors.repeated_column(param, name)
        seen.add(key)
