"""Checksums of texts and rows of a saved model, as the Java class Checksum defines them: CRC-32 in the
upper half of 64 bits, CRC-32C in the lower.
"""

import struct
import zlib
from functools import lru_cache
from itertools import accumulate
from typing import Any, List, Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

_Words = npt.NDArray[np.uint32]

# Reversed polynomial of CRC-32C (Castagnoli; RFC 3720, section 12.1).
_POLYNOMIAL = 0x82F63B78

# Bytes of the pieces of a row; the CRC-32C of many pieces is computed at once.
_PIECE = 1024

_NULL = b"\0"
_PRESENT = b"\1"


def of_text(text: str) -> int:
    """Returns the checksum of a text in UTF-8."""
    return int(of_bytes([text.encode()])[0])


def of_rows(columns: Sequence[Any]) -> npt.NDArray[np.uint64]:
    """Returns the checksums of the rows of Arrow columns."""
    cells = [_cells(column) for column in columns]
    return of_bytes([b"".join(row) for row in zip(*cells)])


def of_bytes(texts: List[bytes]) -> npt.NDArray[np.uint64]:
    high = np.fromiter((zlib.crc32(text) for text in texts), np.uint64, len(texts))
    return (high << np.uint64(32)) | _castagnoli(texts).astype(np.uint64)


def _cells(column: Any) -> List[bytes]:
    """Returns the bytes of each value of an Arrow array."""
    return _with_nulls(_values(column), column)


def _with_nulls(cells: List[bytes], column: Any) -> List[bytes]:
    if column.null_count == 0:
        return cells
    valid = pc.is_valid(column).to_pylist()
    return [cell if present else _NULL for cell, present in zip(cells, valid)]


def _values(column: Any) -> List[bytes]:
    """Returns the bytes of each value; those of null are arbitrary."""
    kind = column.type
    if pa.types.is_struct(kind):
        fields = [_cells(field) for field in column.flatten()]
        return [_PRESENT + b"".join(row) for row in zip(*fields)] if fields else [_PRESENT] * len(column)
    if pa.types.is_list(kind):
        return _lists(column)
    if pa.types.is_string(kind) or pa.types.is_binary(kind):
        return [_sized(value or b"") for value in column.cast(pa.binary()).to_pylist()]
    if pa.types.is_decimal(kind):
        return [_sized(_unscaled(value)) if value is not None else b"" for value in column.to_pylist()]
    if pa.types.is_timestamp(kind):
        column = column.cast(pa.timestamp("us", kind.tz)).cast(pa.int64())
    elif pa.types.is_date32(kind):
        column = column.cast(pa.int32())
    elif pa.types.is_boolean(kind):
        column = column.cast(pa.int8())
    values = column.fill_null(0).to_numpy(zero_copy_only=False)
    if values.dtype.kind == "f":
        # Java's bits of NaN.
        values = np.where(np.isnan(values), np.array(np.nan, values.dtype), values)
    cells = np.empty(len(values), [("mark", "u1"), ("value", values.dtype.newbyteorder(">"))])
    cells["mark"] = 1
    cells["value"] = values
    rows: List[bytes] = cells.view(f"V{cells.itemsize}").tolist()
    return rows


def _lists(column: Any) -> List[bytes]:
    elements = _cells(column.flatten())
    sizes = pc.list_value_length(column).fill_null(0).to_pylist()
    ends = accumulate(sizes)
    return [
        _PRESENT + struct.pack(">i", size) + b"".join(elements[end - size : end])
        for size, end in zip(sizes, ends)
    ]


def _sized(value: bytes) -> bytes:
    return _PRESENT + struct.pack(">i", len(value)) + value


def _unscaled(value: Any) -> bytes:
    sign, digits, _ = value.as_tuple()
    number = int("".join(map(str, digits))) * (-1 if sign else 1)
    bits = (~number if number < 0 else number).bit_length()
    return number.to_bytes(bits // 8 + 1, "big", signed=True)


def _castagnoli(texts: List[bytes]) -> _Words:
    """Returns the CRC-32C of each text. Texts are cut into pieces, whose checksums are combined."""
    pieces = [len(text) // _PIECE for text in texts]
    starts: List[int] = []
    lengths: List[int] = []
    start = 0
    for text, whole in zip(texts, pieces):
        first = len(text) - whole * _PIECE
        starts.append(start)
        lengths.append(first)
        starts.extend(range(start + first, start + len(text), _PIECE))
        lengths.extend([_PIECE] * whole)
        start += len(text)
    found = _of_pieces(np.frombuffer(b"".join(texts), np.uint8), np.array(starts), np.array(lengths))
    if not any(pieces):
        return found
    combined = []
    values = iter(found.tolist())
    shift = _shift_by_piece()
    for whole in pieces:
        crc = next(values)
        for _ in range(whole):
            shifted = shift[0][crc & 255] ^ shift[1][crc >> 8 & 255]
            crc = shifted ^ shift[2][crc >> 16 & 255] ^ shift[3][crc >> 24] ^ next(values)
        combined.append(crc)
    return np.array(combined, np.uint32)


def _of_pieces(content: npt.NDArray[np.uint8], starts: Any, lengths: Any) -> _Words:
    """Returns the CRC-32C of pieces, all advanced together by one byte at a time."""
    table = _table()
    order = np.argsort(-lengths, kind="stable")
    starts = starts[order]
    # Pieces that have a byte at each position: they come first.
    active = np.searchsorted(-lengths[order], -np.arange(lengths.max(initial=0)), side="left")
    crc = np.full(len(starts), 0xFFFFFFFF, np.uint32)
    for position, count in enumerate(active.tolist()):
        some = crc[:count]
        crc[:count] = table[(some ^ content[starts[:count] + position]) & 0xFF] ^ (some >> np.uint32(8))
    result = np.empty_like(crc)
    result[order] = ~crc
    return result


@lru_cache(maxsize=None)
def _table() -> _Words:
    """Returns the CRC-32C register of each byte."""
    table = np.arange(256, dtype=np.uint32)
    for _ in range(8):
        table = np.where(table & 1, (table >> np.uint32(1)) ^ np.uint32(_POLYNOMIAL), table >> np.uint32(1))
    return table


@lru_cache(maxsize=None)
def _shift_by_piece() -> List[List[int]]:
    """Returns the linear map of a register over a piece of zeros, as a table for each of its bytes."""
    registers = np.array([[byte << 8 * k for byte in range(256)] for k in range(4)], np.uint32)
    for _ in range(_PIECE):
        registers = _table()[registers & 0xFF] ^ (registers >> np.uint32(8))
    shifted: List[List[int]] = registers.tolist()
    return shifted
