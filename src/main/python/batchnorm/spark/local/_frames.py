"""Datasets that a local model reads: dicts of arrays, pandas DataFrames, and tables of Arrow."""

import sys
from functools import cached_property
from typing import Any, Dict, List, Optional, Sequence, Tuple, Union

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from batchnorm.spark.local import _column_paths, _errors
from batchnorm.spark.local._arrays import (
    Mask,
    Numbers,
    Vectors,
    numbers_of_arrow,
    numbers_of_numpy,
    numeric,
    spark_type,
    vectors_of_arrow,
)
from batchnorm.spark.local._tables import is_any_list

Values = Union[Numbers, Vectors]


class Frame:
    """Dataset of named columns."""

    def names(self) -> List[str]:
        raise NotImplementedError

    def __len__(self) -> int:
        raise NotImplementedError

    def values(self, name: str) -> Optional[Values]:
        """Returns the numbers or arrays of a column; none for any other type."""
        raise NotImplementedError

    def key(self, name: str) -> Any:
        """Returns a column as an array of Arrow."""
        raise NotImplementedError

    def type_of(self, name: str) -> str:
        raise NotImplementedError

    def kept(self, rows: Mask) -> "Frame":
        """Returns some of the rows."""
        raise NotImplementedError

    def with_columns(self, columns: Sequence[Tuple[str, Values, str]]) -> Any:
        """Returns the dataset with more columns, each with its name, its values and the name of the column
        that they are of.
        """
        raise NotImplementedError

    @cached_property
    def _lookup(self) -> Dict[str, List[str]]:
        """The names of the columns by their lower case."""
        lookup: Dict[str, List[str]] = {}
        for name in self.names():
            lookup.setdefault(name.lower(), []).append(name)
        return lookup

    def find(self, name: str) -> Optional[str]:
        """Returns the column that Spark calls so: of exactly this name, or else in another case."""
        alike = self._lookup.get(name.lower(), [])
        same = [found for found in alike if found == name] or alike
        if len(same) > 1:
            raise _errors.ambiguous_column(name)
        return same[0] if same else None

    def column(self, name: str) -> str:
        found = self.find(name)
        if found is None:
            raise _errors.missing_column(name, self.names())
        return found


def of(data: Any) -> Frame:
    """Returns the frame of a dataset; a TypeError if it is none."""
    pandas = sys.modules.get("pandas")
    if pandas is not None and isinstance(data, pandas.DataFrame):
        return PandasFrame(data, pandas)
    if isinstance(data, dict):
        return DictFrame(data)
    if isinstance(data, (pa.Table, pa.RecordBatch)):
        return ArrowFrame(data)
    if hasattr(data, "__arrow_c_stream__"):
        try:
            return ArrowFrame(pa.table(data))
        except pa.ArrowInvalid:
            # A stream of values, not of rows, as that of a pandas Series.
            raise _errors.not_a_dataset(data) from None
    raise _errors.not_a_dataset(data)


class DictFrame(Frame):
    """Dict of arrays of NumPy."""

    def __init__(self, data: Dict[str, Any]) -> None:
        self._data = {name: np.asanyarray(values) for name, values in data.items()}
        lengths = [(name, len(values)) for name, values in self._data.items() if values.ndim]
        for name, length in lengths:
            if length != lengths[0][1]:
                raise _errors.lengths_differ(name, length, *lengths[0])
        self._length = lengths[0][1] if lengths else 0

    def names(self) -> List[str]:
        return list(self._data)

    def __len__(self) -> int:
        return self._length

    def values(self, name: str) -> Optional[Values]:
        array = self._data[name]
        if array.ndim == 1:
            return numbers_of_numpy(array)
        matrix = numeric(array) if array.ndim == 2 else None
        return None if matrix is None else Vectors(matrix.astype(np.float64, copy=False))

    def key(self, name: str) -> Any:
        return pa.array(self._data[name])

    def type_of(self, name: str) -> str:
        return spark_type(self._data[name])

    def kept(self, rows: Mask) -> Frame:
        return DictFrame({name: values[rows] for name, values in self._data.items()})

    def with_columns(self, columns: Sequence[Tuple[str, Values, str]]) -> Any:
        written = {name: _array(values) for name, values, _ in columns}
        return {**self._data, **written}


class PandasFrame(Frame):
    """DataFrame of pandas. Columns of its nullable types and of Arrow stay such columns."""

    def __init__(self, data: Any, pandas: Any) -> None:
        self._data = data
        self._pandas = pandas
        self._labels = {str(label): label for label in data.columns}

    def names(self) -> List[str]:
        return [str(name) for name in self._data.columns]

    def __len__(self) -> int:
        return len(self._data)

    def values(self, name: str) -> Optional[Values]:
        series = self._series(name)
        if isinstance(series.dtype, np.dtype) and series.dtype.kind != "O":
            return numbers_of_numpy(series.to_numpy())
        array = self.key(name)
        if is_any_list(array.type) and pa.types.is_integer(array.type.value_type):
            array = array.cast(pa.list_(pa.float64()))
        return _values(array)

    def key(self, name: str) -> Any:
        series = self._series(name)
        is_floating = isinstance(series.dtype, np.dtype) and series.dtype.kind == "f"
        try:
            array = pa.array(series.to_numpy() if is_floating else series, from_pandas=not is_floating)
        except (pa.ArrowException, TypeError, OverflowError):
            return pa.array(series.astype(str))
        return pa.concat_arrays(array.chunks) if isinstance(array, pa.ChunkedArray) else array

    def type_of(self, name: str) -> str:
        return spark_type(self.key(name))

    def kept(self, rows: Mask) -> Frame:
        return PandasFrame(self._data[rows], self._pandas)

    def with_columns(self, columns: Sequence[Tuple[str, Values, str]]) -> Any:
        result = self._data.copy(deep=False)
        added = {}
        for name, values, source in columns:
            written = self._written(values, self._series(source).dtype)
            if name in self._labels:
                result[self._labels[name]] = written
            else:
                added[name] = written
        if added:
            more = self._pandas.DataFrame(added, index=self._data.index)
            result = self._pandas.concat([result, more], axis=1)
        return result

    def _series(self, name: str) -> Any:
        return self._data[self._labels[name]]

    def _written(self, values: Values, kind: Any) -> Any:
        if isinstance(values, Vectors):
            rows: List[Any] = list(values.values)
            absent = [] if values.absent is None else np.flatnonzero(values.absent).tolist()
            for row in absent:
                rows[row] = None
            return self._pandas.Series(rows, index=self._data.index, dtype=object)
        if isinstance(kind, self._pandas.ArrowDtype):
            return self._pandas.arrays.ArrowExtensionArray(_arrow_numbers(values))
        if not isinstance(kind, np.dtype) and values.nulls is not None:
            return self._pandas.arrays.FloatingArray(values.values, values.nulls)
        return values.with_nan()


class ArrowFrame(Frame):
    """Table or record batch of Arrow. Nulls stay nulls, and arrays stay of their type."""

    def __init__(self, data: Any) -> None:
        self._data = data

    def names(self) -> List[str]:
        return list(self._data.schema.names)

    def find(self, name: str) -> Optional[str]:
        found = super().find(name)
        return found if found is not None else self._field(name)

    def __len__(self) -> int:
        return int(self._data.num_rows)

    def values(self, name: str) -> Optional[Values]:
        array = self.key(name)
        return _values(array)

    def key(self, name: str) -> Any:
        path = [name] if name in self.names() else _column_paths.parsed(name) or []
        array = self._data.column(self._data.schema.names.index(path[0]))
        if len(path) > 1:
            array = pc.struct_field(array, path[1:])
        return _one(array)

    def type_of(self, name: str) -> str:
        return spark_type(self.key(name))

    def kept(self, rows: Mask) -> Frame:
        return ArrowFrame(self._data.filter(pa.array(rows)))

    def with_columns(self, columns: Sequence[Tuple[str, Values, str]]) -> Any:
        result = self._data if isinstance(self._data, pa.Table) else pa.Table.from_batches([self._data])
        for name, values, source in columns:
            if isinstance(values, Numbers):
                array = _arrow_numbers(values)
            else:
                array = _arrow_vectors(values, self.key(source).type)
            if name in result.schema.names:
                result = result.set_column(result.schema.names.index(name), name, array)
            else:
                result = result.append_column(name, array)
        if isinstance(self._data, pa.Table):
            return result
        arrays = [_one(column) for column in result.columns]
        return pa.RecordBatch.from_arrays(arrays, schema=result.schema)

    def _field(self, name: str) -> Optional[str]:
        """Returns the path of a field of a struct, as Spark parses names."""
        path = _column_paths.parsed(name) or []
        kind: Any = pa.struct(self._data.schema)
        for each in path:
            if not pa.types.is_struct(kind) or kind.get_field_index(each) < 0:
                return None
            kind = kind.field(each).type
        return name if path else None


def _values(array: Any) -> Optional[Values]:
    return vectors_of_arrow(array) if is_any_list(array.type) else numbers_of_arrow(array)


def _one(column: Any) -> Any:
    if not isinstance(column, pa.ChunkedArray):
        return column
    return pa.concat_arrays(column.chunks) if column.num_chunks else pa.array([], column.type)


def _array(values: Values) -> Any:
    """Returns the doubles of NumPy, NaN for null."""
    if isinstance(values, Numbers):
        return values.with_nan()
    if values.absent is not None:
        values.values[values.absent] = np.nan
    return values.values


def _arrow_numbers(values: Numbers) -> Any:
    return pa.array(values.values, mask=values.nulls)


def _arrow_vectors(values: Vectors, kind: Any) -> Any:
    """Returns arrays of the type of the input, or of a fixed size if they are made of numbers."""
    rows, width = values.values.shape
    elements = pa.array(values.values.ravel(), mask=None if values.nulls is None else values.nulls.ravel())
    mask = None if values.absent is None else pa.array(values.absent)
    if not is_any_list(kind):
        return pa.FixedSizeListArray.from_arrays(elements, width, mask=mask)
    elements = elements.cast(kind.value_type)
    if pa.types.is_fixed_size_list(kind):
        return pa.FixedSizeListArray.from_arrays(elements, type=kind, mask=mask)
    of_lists = pa.LargeListArray if pa.types.is_large_list(kind) else pa.ListArray
    offsets = np.arange(rows + 1) * width
    return of_lists.from_arrays(
        pa.array(offsets, pa.int64() if of_lists is pa.LargeListArray else pa.int32()), elements, mask=mask
    )
