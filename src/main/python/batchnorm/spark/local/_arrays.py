"""Values of columns as arrays of NumPy, read from NumPy and Arrow."""

from dataclasses import dataclass
from typing import Any, Optional

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from batchnorm.spark.local._statistics import Doubles
from batchnorm.spark.local._tables import is_any_list, type_name

Mask = npt.NDArray[np.bool_]

# Integers below it are doubles, and powers of ten up to this one are, too.
_TWO_53 = 1 << 53
_EXACT_POWER = 22


@dataclass(frozen=True)
class Numbers:
    """Values of a column, as doubles or 64-bit integers.

    :ivar nulls: True for each null, whose value is arbitrary; none if there is no null
    """

    values: Any
    nulls: Optional[Mask] = None

    def __len__(self) -> int:
        return len(self.values)

    def is_finite(self) -> Mask:
        finite: Mask = np.isfinite(self.values)
        return finite if self.nulls is None else finite & ~self.nulls

    def kept(self, rows: Mask) -> "Numbers":
        return Numbers(self.values[rows], None if self.nulls is None else self.nulls[rows])

    def with_nan(self) -> Doubles:
        """Returns doubles, NaN for null."""
        doubles: Doubles = self.values.astype(np.float64, copy=self.nulls is not None)
        if self.nulls is not None:
            doubles[self.nulls] = np.nan
        return doubles


@dataclass(frozen=True)
class Vectors:
    """Arrays of a column, as a matrix.

    :ivar absent: True for each null array, whose row is arbitrary; none if there is no null
    :ivar nulls: True for each null element, whose value is NaN; none if there is no null
    """

    values: Doubles
    absent: Optional[Mask] = None
    nulls: Optional[Mask] = None

    def __len__(self) -> int:
        return len(self.values)

    def is_finite(self) -> Mask:
        finite: Mask = np.asarray(np.isfinite(self.values).all(axis=1))
        return finite if self.absent is None else finite & ~self.absent

    def kept(self, rows: Mask) -> "Vectors":
        absent, nulls = (None if mask is None else mask[rows] for mask in (self.absent, self.nulls))
        return Vectors(self.values[rows], absent, nulls)


def numbers_of_numpy(array: Any) -> Optional[Numbers]:
    """Returns the values of an array of NumPy; none if they are no numbers."""
    if array.dtype.kind == "O":
        try:
            return numbers_of_arrow(pa.array(array))
        except (pa.ArrowException, TypeError, OverflowError):
            return None
    values = numeric(array)
    if values is None:
        return None
    mask = np.ma.getmaskarray(array) if isinstance(array, np.ma.MaskedArray) else None
    return Numbers(values, mask if mask is not None and mask.any() else None)


def numeric(array: Any) -> Optional[Any]:
    """Returns an array of numbers as doubles or 64-bit integers; none if it has no numbers."""
    kind = array.dtype.kind
    values = np.asarray(array)
    if kind == "i" or (kind == "u" and array.dtype.itemsize < 8):
        return values.astype(np.int64, copy=False)
    if kind in "fub" and array.dtype.itemsize <= 8:
        return values.astype(np.float64, copy=False)
    return None


def numbers_of_arrow(array: Any) -> Optional[Numbers]:
    """Returns the values of an array of Arrow; none if they are no numbers."""
    kind = array.type
    if pa.types.is_dictionary(kind):
        return numbers_of_arrow(array.dictionary_decode())
    nulls = _nulls(array)
    if pa.types.is_decimal(kind):
        return Numbers(_decimals(array), nulls)
    if pa.types.is_boolean(kind):
        array = array.cast(pa.int8())
    elif not (pa.types.is_integer(kind) or pa.types.is_floating(kind)):
        return None
    values = numeric(array.fill_null(0).to_numpy(zero_copy_only=False))
    return None if values is None else Numbers(values, nulls)


def vectors_of_arrow(array: Any) -> Optional[Vectors]:
    """Returns lists of doubles or floats of Arrow as a matrix; none if they are none, or of several
    sizes.
    """
    kind = array.type
    if not is_any_list(kind) or str(kind.value_type) not in ("double", "float"):
        return None
    absent = _nulls(array)
    sizes = set(_sizes(array.drop_null()))
    width = sizes.pop() if sizes else 0
    if sizes:
        return None
    elements = array.drop_null().flatten()
    nulls = _nulls(elements)
    present = elements.fill_null(float("nan")).to_numpy(zero_copy_only=False).astype(np.float64)
    values = np.full((len(array), width), np.nan)
    rows = slice(None) if absent is None else ~absent
    values[rows] = present.reshape(-1, width)
    if nulls is None:
        return Vectors(values, absent)
    all_nulls = np.zeros(values.shape, bool)
    all_nulls[rows] = nulls.reshape(-1, width)
    return Vectors(values, absent, all_nulls)


def _sizes(array: Any) -> Any:
    """Returns the different sizes of lists."""
    if pa.types.is_fixed_size_list(array.type):
        return [array.type.list_size]
    return pc.unique(pc.list_value_length(array)).to_pylist()


def spark_type(array: Any) -> str:
    """Returns the type of an array of NumPy or Arrow as Spark names it."""
    if isinstance(array, np.ndarray):
        try:
            return type_name(pa.array(np.asarray(array).ravel()).type)
        except (pa.ArrowException, TypeError, OverflowError):
            return str(array.dtype)
    return type_name(array.type)


def _nulls(array: Any) -> Optional[Mask]:
    if array.null_count == 0:
        return None
    nulls: Mask = array.is_null().to_numpy(zero_copy_only=False)
    return nulls


def _decimals(array: Any) -> Doubles:
    """Returns the doubles nearest to decimals; 0 for null."""
    scale = array.type.scale
    if pa.types.is_decimal128(array.type) and 0 <= scale <= _EXACT_POWER:
        words = np.frombuffer(array.buffers()[1], np.int64).reshape(-1, 2)
        low, high = words[array.offset : array.offset + len(array)].T
        small = (high == low >> np.int64(63)) & (np.abs(low) < _TWO_53)
        # The quotient of two exact doubles is rounded once.
        values = low / 10.0**scale
        nulls = _nulls(array)
        if nulls is not None:
            values[nulls] = 0.0
            small |= nulls
        for i in np.flatnonzero(~small).tolist():
            values[i] = float(array[i].as_py())
        result: Doubles = values
        return result
    return np.array([0.0 if value is None else float(value) for value in array.to_pylist()])
