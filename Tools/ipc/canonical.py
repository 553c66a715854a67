"""Arrow schemas and values as JSON, the same way as Tests/ArrowTesting writes them in Swift.

A value is its Arrow storage: integers, dates, times, timestamps, durations and decimals up to 128 bits as an integer;
floats, wide decimals, intervals, text and binary as the bytes in hexadecimal; lists, structs and maps as arrays.
Names, metadata and time zones are hexadecimal too, so that no escapes are needed.
"""

from __future__ import annotations

import json

import pyarrow as pa


def text(value: str | bytes) -> str:
    return (value.encode() if isinstance(value, str) else value).hex()


def type_name(kind: pa.DataType) -> str:
    """The type as our Swift code describes it, without its children."""
    types = pa.types
    renamed = {
        "halffloat": "float16", "float": "float32", "double": "float64", "string": "utf8",
        "large_string": "large_utf8", "string_view": "utf8_view", "date32[day]": "date32", "date64[ms]": "date64",
    }
    if types.is_dictionary(kind):
        ordered = int(kind.ordered)
        return f"dictionary<values={type_name(kind.value_type)}, indices={kind.index_type}, ordered={ordered}>"
    if types.is_map(kind):
        return "map, keys_sorted" if kind.keys_sorted else "map"
    if types.is_fixed_size_list(kind):
        return f"fixed_size_list[{kind.list_size}]"
    if types.is_large_list(kind):
        return "large_list"
    if types.is_list(kind):
        return "list"
    if types.is_large_list_view(kind):
        return "large_list_view"
    if types.is_list_view(kind):
        return "list_view"
    if types.is_struct(kind):
        return "struct"
    return renamed.get(str(kind), str(kind))


def children(kind: pa.DataType) -> list[pa.Field]:
    if pa.types.is_map(kind):
        return [pa.field("entries", pa.struct([kind.key_field, kind.item_field]), nullable=False)]
    if pa.types.is_nested(kind):
        return [kind.field(index) for index in range(kind.num_fields)]
    return []


def metadata(pairs: dict[bytes, bytes] | None) -> list[list[str]]:
    return [[text(key), text(value)] for key, value in (pairs or {}).items()]


def field(value: pa.Field) -> dict:
    return {
        "name": text(value.name), "type": type_name(value.type), "nullable": value.nullable,
        "metadata": metadata(value.metadata), "children": [field(child) for child in children(value.type)],
    }


def schema(value: pa.Schema) -> dict:
    return {"fields": [field(child) for child in value], "metadata": metadata(value.metadata)}


def storage(array: pa.Array, byte_width: int) -> list[bytes]:
    """The stored bytes of fixed-width values."""
    buffer = array.buffers()[1]
    raw = buffer.to_pybytes() if buffer else b""
    start = array.offset * byte_width
    return [raw[start + i * byte_width:start + (i + 1) * byte_width] for i in range(len(array))]


def values(array: pa.Array) -> list:
    """The values of an array, null as None."""
    valid = array.is_valid().to_pylist()
    return [value if is_valid else None for value, is_valid in zip(storage_values(array), valid)]


def storage_values(array: pa.Array) -> list:
    kind, types = array.type, pa.types
    if types.is_null(kind):
        return [None] * len(array)
    if types.is_dictionary(kind):
        return values(array.dictionary_decode())
    if types.is_boolean(kind):
        return array.to_pylist()
    if types.is_struct(kind):
        columns = [values(array.field(index)) for index in range(kind.num_fields)]
        return [[column[row] for column in columns] for row in range(len(array))]
    if types.is_fixed_size_list(kind):
        size = kind.list_size
        items = values(array.values.slice(array.offset * size, len(array) * size))
        return [items[row * size:(row + 1) * size] for row in range(len(array))]
    if types.is_map(kind):
        keys, items = values(array.keys), values(array.items)
        return lists(array, [list(pair) for pair in zip(keys, items)])
    if types.is_list(kind) or types.is_large_list(kind):
        return lists(array, values(array.values))
    if types.is_list_view(kind) or types.is_large_list_view(kind):
        items = values(array.values)
        return [items[start:start + size] for start, size in zip(array.offsets.to_pylist(), array.sizes.to_pylist())]
    if types.is_fixed_size_binary(kind) or types.is_floating(kind) or type_name(kind).startswith(
            ("decimal256", "month_day_nano")):
        width = 16 if kind == pa.month_day_nano_interval() else kind.bit_width // 8
        return [raw.hex() for raw in storage(array, width)]
    if types.is_string(kind) or types.is_large_string(kind) or kind in (
            pa.binary(), pa.large_binary(), pa.string_view(), pa.binary_view()):
        return [None if value is None else text(value) for value in array.to_pylist()]
    signed = not types.is_unsigned_integer(kind)
    return [int.from_bytes(raw, "little", signed=signed) for raw in storage(array, kind.bit_width // 8)]


def lists(array: pa.Array, items: list) -> list:
    offsets = array.offsets.to_pylist() if len(array) else [0]
    return [items[start:end] for start, end in zip(offsets, offsets[1:])]


def stream(data: bytes) -> dict:
    """Everything in an IPC stream, after pyarrow's own full validation of it."""
    with pa.ipc.open_stream(data) as reader:
        batches = list(reader)
        for batch in batches:
            batch.validate(full=True)
        return {
            "schema": schema(reader.schema),
            "batches": [[values(column) for column in batch.columns] for batch in batches],
            "rowCounts": [batch.num_rows for batch in batches],
        }


def dump(value: dict) -> str:
    """JSON without spaces, keys in a fixed order."""
    return json.dumps(value, separators=(",", ":"), sort_keys=True)
