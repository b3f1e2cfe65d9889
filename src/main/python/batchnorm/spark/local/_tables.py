"""Tables of a saved model: Parquet whose last column is a checksum of the others."""

from typing import Any, Dict, Iterable, List, Optional, Tuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from batchnorm.spark.local import _checksums, _errors, _strict_json
from batchnorm.spark.local._exact import Dyadic
from batchnorm.spark.local._metadata import Metadata

EXACT = "struct<significand:binary,exponent:int>"

_CHECKSUM = "checksum"
_SPARK_SCHEMA = b"org.apache.spark.sql.parquet.row.metadata"

# Names of Arrow's types in Spark.
_NAMES = {
    "bool": "boolean",
    "int8": "tinyint",
    "int16": "smallint",
    "int32": "int",
    "int64": "bigint",
    "float": "float",
    "double": "double",
    "string": "string",
    "large_string": "string",
    "string_view": "string",
    "binary": "binary",
    "large_binary": "binary",
    "date32[day]": "date",
    "null": "void",
}


def type_name(kind: Any) -> str:
    """Returns the name of an Arrow type in Spark, or else its own."""
    if pa.types.is_struct(kind):
        fields = [kind.field(i) for i in range(kind.num_fields)]
        return "struct<" + ",".join(f"{field.name}:{type_name(field.type)}" for field in fields) + ">"
    if is_any_list(kind):
        return f"array<{type_name(kind.value_type)}>"
    if pa.types.is_timestamp(kind):
        return "timestamp" if kind.tz is not None else "timestamp_ntz"
    if pa.types.is_decimal(kind):
        return f"decimal({kind.precision},{kind.scale})"
    if pa.types.is_dictionary(kind):
        return type_name(kind.value_type)
    return _NAMES.get(str(kind), str(kind))


def is_any_list(kind: Any) -> bool:
    return bool(
        pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind)
    )


class SavedTable:
    """Checked rows of a part of a saved model."""

    def __init__(self, metadata: Metadata, part: str) -> None:
        self._metadata = metadata
        self._part = part
        self._have = f"its {part} {'have' if part.endswith('s') else 'has'}"
        self._table = self._read()
        self._arrays: Dict[str, Any] = {}
        self._types = {field.name: type_name(field.type) for field in self._table.schema}
        self.is_checked = False

    def __len__(self) -> int:
        return int(self._table.num_rows)

    def __contains__(self, column: str) -> bool:
        return column in self._types

    def error(self, found: str) -> ValueError:
        return self._metadata.error(found)

    def lacks(self, what: str) -> ValueError:
        return self.error(f"{self._have} {what}")

    def require_version(self, newest: int) -> None:
        """Requires that no row is of a newer format."""
        self.require_columns({"formatVersion": "int"})
        versions = [version for version in self.column("formatVersion").to_pylist() if version is not None]
        if max(versions, default=0) > newest:
            raise _errors.newer_format(self._metadata.folder.name, max(versions), newest)

    def require_columns(self, expected: Dict[str, str]) -> None:
        for name, kind in expected.items():
            if self._types.get(name) != kind:
                raise self.lacks(f"no column '{name}' of type {kind}")

    def require_checksums(self) -> None:
        """Requires that the rows are those that were saved, if the model was saved with checksums."""
        expected = self._metadata.checksum(self._part)
        names = self._table.schema.names
        has_checksums = names[-1] == _CHECKSUM and self._types[_CHECKSUM] == "bigint"
        if not has_checksums:
            if expected is not None:
                raise self.lacks("no column 'checksum'")
            return
        if expected is None:
            raise self.error(f"its metadata has no checksum of its {self._part}")
        found = self.column(_CHECKSUM)
        saved = found.fill_null(0).to_numpy(zero_copy_only=False).view(np.uint64)
        columns = [self.column(name) for name in names[:-1]]
        if found.null_count or not np.array_equal(_checksums.of_rows(columns), saved):
            raise self.lacks("a row that differs from its checksum")
        if sum(saved.tolist()) % 2**64 != expected:
            raise self.lacks("other rows than were saved")
        self.is_checked = True

    def require_values(self, columns: Iterable[str], nullable: Iterable[str]) -> None:
        """Requires columns without null, and others without null inside of a value."""
        for name in columns:
            if _has_null(self.column(name)):
                raise self.lacks(f"a null in '{name}'")
        for name in nullable:
            if _has_null(self.column(name).drop_null()):
                raise self.lacks(f"a null in '{name}'")

    def sort_by(self, order: Any) -> None:
        """Puts the rows in an order."""
        self._table = self._table.take(pa.array(order))
        self._arrays = {}

    def column(self, name: str) -> Any:
        if name not in self._arrays:
            column = self._table.column(name).combine_chunks()
            # An empty column stays chunked in some versions of Arrow.
            self._arrays[name] = (
                pa.concat_arrays(column.chunks) if isinstance(column, pa.ChunkedArray) else column
            )
        return self._arrays[name]

    def doubles(self, name: str) -> Any:
        values = self.column(name)
        values = values.flatten() if is_any_list(values.type) else values
        return values.to_numpy(zero_copy_only=False).astype(np.float64)

    def values(self, name: str) -> List[Any]:
        """Returns the values of a column, or the elements of its arrays."""
        values = self.column(name)
        found: List[Any] = (values.flatten() if is_any_list(values.type) else values).to_pylist()
        return found

    def exact(self, name: str) -> List[Dyadic]:
        """Returns the exact numbers of a column, or of its arrays, in which no null is."""
        values = self.column(name)
        return exact(values.flatten() if is_any_list(values.type) else values)

    def spark_type(self, column: str) -> Optional[Any]:
        """Returns the type of a column as Spark described it in the file."""
        text = (self._table.schema.metadata or {}).get(_SPARK_SCHEMA)
        fields = _strict_json.read(text.decode())["fields"] if text else []
        return next((field["type"] for field in fields if field["name"] == column), None)

    def _read(self) -> Any:
        folder = self._metadata.folder.child(self._part)
        if not folder.exists():
            raise self.error(f"it has no folder '{self._part}'")
        try:
            tables = [_table(file) for file in folder.data_files()]
            if tables:
                return pa.concat_tables([table.cast(tables[0].schema) for table in tables])
        except (OSError, ValueError, pa.ArrowException) as e:
            raise _errors.unreadable_part(self._metadata.folder.name, self._part, e) from e
        raise self.error(f"its folder '{self._part}' has no files")


def exact(values: Any) -> List[Dyadic]:
    significands = values.field("significand").to_pylist()
    exponents = values.field("exponent").to_pylist()
    return [
        Dyadic(int.from_bytes(significand, "big", signed=True), exponent)
        for significand, exponent in zip(significands, exponents)
    ]


def _table(file: Any) -> Any:
    with file.open() as content:
        return pq.ParquetFile(content, coerce_int96_timestamp_unit="us").read(use_threads=False)


def _has_null(values: Any) -> bool:
    """Returns whether a value is null, or a part of one."""
    if values.null_count:
        return True
    if pa.types.is_struct(values.type):
        return any(_has_null(part) for part in values.flatten())
    return is_any_list(values.type) and _has_null(values.flatten())


def sized(values: Any) -> Tuple[int, ...]:
    """Returns the numbers of elements of arrays."""
    return tuple(pc.list_value_length(values).to_pylist())
