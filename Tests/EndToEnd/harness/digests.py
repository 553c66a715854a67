"""Compares tables by value: whatever the encoding, in any row order, bit for bit.

Every value gets a 64-bit hash that depends on its logical value only; floats count by bit pattern. A column's digest
is count, null count, sum and exclusive-or of its hashes; a table's row digest is the same over whole rows, so that
columns cannot slip against each other.
"""

from __future__ import annotations

import numpy as np
import pandas
import pyarrow as pa

WORD = np.uint64
NULL = WORD(0x6E756C6C6E756C6C)


def mix(words: np.ndarray) -> np.ndarray:
    """The finaliser of splitmix64."""
    with np.errstate(over="ignore"):
        words = words.astype(WORD) + WORD(0x9E3779B97F4A7C15)
        words = (words ^ (words >> WORD(30))) * WORD(0xBF58476D1CE4E5B9)
        words = (words ^ (words >> WORD(27))) * WORD(0x94D049BB133111EB)
        return words ^ (words >> WORD(31))


def stored_bytes(array: pa.Array, width: int) -> np.ndarray:
    """Hashes of fixed-width values by their stored bytes."""
    count = len(array)
    buffer = array.buffers()[1]
    if count == 0 or buffer is None:
        return np.zeros(count, WORD)
    raw = np.frombuffer(buffer, np.uint8)[array.offset * width:(array.offset + count) * width].reshape(count, width)
    padded = np.pad(raw, ((0, 0), (0, -width % 8)))
    hashes = np.full(count, WORD(width))
    for word in np.ascontiguousarray(padded).view("<u8").T:
        hashes = mix(hashes ^ word)
    return hashes


def value_hashes(array: pa.Array) -> np.ndarray:
    kind = array.type
    if isinstance(array, pa.ExtensionArray):
        return value_hashes(array.storage)
    if pa.types.is_dictionary(kind):
        return value_hashes(array.dictionary_decode())
    if pa.types.is_null(kind):
        return np.full(len(array), NULL)
    if pa.types.is_boolean(kind):
        hashes = mix(np.asarray(array.cast(pa.uint8()).fill_null(0)).astype(WORD) + WORD(2))
    elif pa.types.is_integer(kind):
        values = np.asarray(array.fill_null(0))
        hashes = mix(values.astype(np.int64).view(WORD) if values.dtype.kind == "i" else values)
    elif pa.types.is_decimal(kind):
        wide = array if kind.bit_width == 256 else array.cast(pa.decimal256(kind.precision, kind.scale))
        hashes = mix(stored_bytes(wide, 32) ^ WORD(kind.scale & 0xFF))
    elif pa.types.is_floating(kind) or pa.types.is_temporal(kind):
        hashes = stored_bytes(array, kind.bit_width // 8)
    elif pa.types.is_nested(kind):
        texts = [repr(value) for value in array.to_pylist()]
        hashes = mix(pandas.util.hash_array(np.array(texts, dtype=object), categorize=False))
    else:
        # Text and bytes of any kind alike; as latin-1 every byte counts.
        raw = array.cast(pa.large_binary()).fill_null(b"").to_numpy(zero_copy_only=False)
        texts = np.array([value.decode("latin-1") for value in raw], dtype=object)
        hashes = mix(pandas.util.hash_array(texts, categorize=False)) if len(texts) else np.zeros(0, WORD)
    if array.null_count:
        hashes = np.where(np.asarray(array.is_null()), NULL, hashes)
    return hashes


def column_hashes(column: pa.ChunkedArray) -> np.ndarray:
    parts = [value_hashes(chunk) for chunk in column.chunks if len(chunk)]
    return np.concatenate(parts) if parts else np.zeros(0, WORD)


def row_hashes(table: pa.Table, names: list[str]) -> np.ndarray:
    hashes = np.zeros(table.num_rows, WORD)
    for name in sorted(names):
        hashes = mix(hashes ^ mix(column_hashes(table[name])))
    return hashes


def digest(hashes: np.ndarray) -> str:
    mixed = mix(hashes)
    with np.errstate(over="ignore"):
        total = int(mixed.sum(dtype=WORD))
    spread = int(np.bitwise_xor.reduce(mixed)) if len(mixed) else 0
    return f"{len(hashes)} values, {int((hashes == NULL).sum())} nulls, {total:016x} {spread:016x}"


def plain_type(kind: pa.DataType) -> pa.DataType:
    """What a destination gets for an Arrow type: dictionaries, views and large offsets are encodings, not types."""
    if kind == pa.uuid():
        return kind.storage_type
    if pa.types.is_fixed_size_binary(kind):
        return pa.binary()
    if isinstance(kind, pa.BaseExtensionType):
        return plain_type(kind.storage_type)
    if pa.types.is_dictionary(kind):
        return plain_type(kind.value_type)
    if pa.types.is_large_string(kind) or kind == pa.string_view():
        return pa.string()
    if pa.types.is_large_binary(kind) or kind == pa.binary_view():
        return pa.binary()
    return kind


def differences(got: pa.Table, wanted: pa.Table, ordered: bool = False) -> list[str]:
    """What tells the two tables apart, in sentences; `_cq_` columns are left out."""
    found = []
    names = [name for name in wanted.schema.names if not name.startswith("_cq_")]
    arrived = [name for name in got.schema.names if not name.startswith("_cq_")]
    if arrived != names:
        return [f"columns {arrived}, wanted {names}"]
    if got.num_rows != wanted.num_rows:
        found.append(f"{got.num_rows} rows, wanted {wanted.num_rows}")
    for name in names:
        got_type, wanted_type = got.schema.field(name).type, plain_type(wanted.schema.field(name).type)
        if isinstance(got_type, pa.BaseExtensionType):
            got_type = got_type.storage_type
        if got_type != wanted_type:
            found.append(f"column {name!r}: type {got_type}, wanted {wanted_type}")
        got_hashes, wanted_hashes = column_hashes(got[name]), column_hashes(wanted[name])
        if digest(got_hashes) != digest(wanted_hashes):
            found.append(f"column {name!r} ({wanted_type}): {digest(got_hashes)}, wanted {digest(wanted_hashes)}"
                         + first_difference(got[name], wanted[name], got_hashes, wanted_hashes))
        elif ordered and not np.array_equal(got_hashes, wanted_hashes):
            found.append(f"column {name!r}: the values are right, their order is not")
    if not found and digest(row_hashes(got, names)) != digest(row_hashes(wanted, names)):
        found.append("each column is right, but values of one row do not belong together")
    return found


def first_difference(
    got: pa.ChunkedArray, wanted: pa.ChunkedArray, got_hashes: np.ndarray, wanted_hashes: np.ndarray
) -> str:
    """Where two equally long columns part, if they are in the same order."""
    if len(got_hashes) != len(wanted_hashes):
        return ""
    places = np.flatnonzero(got_hashes != wanted_hashes)
    row = int(places[0])
    return f"; {len(places)} differ, first row {row}: {got[row]!r}, wanted {wanted[row]!r}"
