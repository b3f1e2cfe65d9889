"""Coefficients of groups, found by the values of the group columns."""

from typing import Any, List, NamedTuple, Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from batchnorm.spark.local import _errors
from batchnorm.spark.local._exact import is_enough
from batchnorm.spark.local._formula import Coefficients, Recipe, coefficients
from batchnorm.spark.local._saved import SavedGroups
from batchnorm.spark.local._statistics import Known
from batchnorm.spark.local._tables import type_name

_Numbers = npt.NDArray[np.intp]

# Names in the JSON of Spark's schemas and those in texts.
_TYPES = {"integer": "int", "long": "bigint", "short": "smallint", "byte": "tinyint"}


def of_groups(groups: SavedGroups, recipe: Recipe, correction: int, small: str, all_rows: Coefficients) -> Coefficients:
    """Returns the coefficients of each group, and those of all rows as the last map."""
    features = all_rows.features
    found = coefficients(groups.learned.statistics(correction), features, recipe)
    unit = Known(np.zeros(features), np.ones(features)).statistics(correction)
    sums = groups.learned.sums
    for number, (rows, exact) in enumerate(zip(sums.rows, sums.weight)):
        weight = float(exact)
        if is_enough(rows, weight, correction):
            continue
        if small == "error":
            names = [groups.keys.type.field(i).name for i in range(groups.keys.type.num_fields)]
            values = [key[number].as_py() for key in groups.keys.flatten()]
            raise _errors.small_group(described(names, values), weight, correction)
        found.replace(number, all_rows if small == "global" else coefficients(unit, features, recipe))
    return found.with_map(all_rows)


class GroupNumbers:
    """Numbers of groups by the values of their columns. Null is a value of its own, all NaN are equal, and
    -0.0 equals 0.0.
    """

    class _Step(NamedTuple):
        """Codes of one more column: the distinct values, and the codes of those and all before."""

        values: Any
        combined: _Numbers

    def __init__(self, groups: SavedGroups) -> None:
        self._types = [_text(kind) for kind in groups.types]
        keys = groups.keys.flatten()
        self._kinds = [key.type for key in keys]
        self._steps: List[GroupNumbers._Step] = []
        codes = np.zeros(len(groups.keys), np.intp)
        for key in keys:
            values = pc.unique(_normalized(key))
            combined = codes * len(values) + _codes(_normalized(key), values)
            distinct, codes = np.unique(combined, return_inverse=True)
            self._steps.append(GroupNumbers._Step(values, distinct))
        #: The group of each combination of codes.
        self._numbers = np.empty(len(codes), np.intp)
        self._numbers[codes] = np.arange(len(codes))

    def of_rows(self, names: Sequence[str], keys: Sequence[Any]) -> _Numbers:
        """Returns the number of the group of each row, -1 for one that was not fitted on."""
        if len(keys) != len(self._steps):
            raise _errors.group_column_count_differs(len(keys), len(self._steps))
        codes = np.zeros(len(keys[0]), np.intp)
        for i, (name, key) in enumerate(zip(names, keys)):
            step = self._steps[i]
            own = _codes(_normalized(self._cast(name, key, i)), step.values)
            known = (codes >= 0) & (own >= 0)
            combined = np.where(known, codes * len(step.values) + own, -1)
            at = np.searchsorted(step.combined, combined)
            at[at == len(step.combined)] = 0
            known &= step.combined[at] == combined if len(step.combined) else False
            codes = np.where(known, at, -1)
        return np.where(codes >= 0, self._numbers[codes], -1) if len(self._numbers) else codes

    def _cast(self, name: str, key: Any, i: int) -> Any:
        """Returns a key in the type of the groups: an integer of any size, else of the same type."""
        if pa.types.is_dictionary(key.type):
            key = key.dictionary_decode()
        found, fitted = type_name(key.type), self._types[i]
        integers = pa.types.is_integer(key.type) and pa.types.is_integer(self._kinds[i])
        if found not in (fitted, "void") and not integers:
            raise _errors.group_column_type_differs(name, found, fitted)
        if integers:
            # A larger integer is no group, rather than one of the fewer bits.
            return key.cast(pa.int64())
        if pa.types.is_timestamp(key.type):
            return key.cast(pa.timestamp("us"), safe=False)
        return key.cast(self._kinds[i])


def described(names: Sequence[str], values: Sequence[Any]) -> str:
    """Returns a group for an error text: ``store=7, day=null``."""
    return ", ".join(f"{name}={_shown(value)}" for name, value in zip(names, values))


def _shown(value: Any) -> str:
    if value is None:
        return "null"
    return str(value).lower() if isinstance(value, bool) else str(value)


def _text(kind: Any) -> str:
    """Returns the name of a type that Spark described, or of Arrow."""
    return _TYPES.get(kind, kind) if isinstance(kind, str) else type_name(kind)


def _normalized(key: Any) -> Any:
    if pa.types.is_integer(key.type):
        return key.cast(pa.int64())
    if pa.types.is_timestamp(key.type):
        return key.cast(pa.timestamp("us"))
    if pa.types.is_floating(key.type):
        key = pc.if_else(pc.is_nan(key), pa.scalar(float("nan"), key.type), key)
        return pc.add(key, pa.scalar(0.0, key.type))
    return key


def _codes(key: Any, values: Any) -> _Numbers:
    """Returns the place of each key among the distinct values, or -1."""
    found = pc.index_in(key, value_set=values).fill_null(-1)
    return np.asarray(found.to_numpy(zero_copy_only=False)).astype(np.intp)
