"""How an Arrow column becomes a PostgreSQL column: the types that CloudQuery's own destination has for them."""

from __future__ import annotations

import uuid
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from sql_destination import extension_name

PLAIN = {
    pa.bool_(): "boolean",
    pa.int8(): "smallint",
    pa.int16(): "smallint",
    pa.int32(): "integer",
    pa.int64(): "bigint",
    pa.uint8(): "smallint",
    pa.uint16(): "integer",
    pa.uint32(): "bigint",
    pa.uint64(): "numeric(20, 0)",
    pa.float32(): "real",
    pa.float64(): "double precision",
    pa.string(): "text",
    pa.binary(): "bytea",
    pa.date32(): "date",
    pa.date64(): "date",
    pa.time32("s"): "time",
    pa.time32("ms"): "time",
    pa.time64("us"): "time",
    pa.time64("ns"): "time",
}


def column_type(field: pa.Field) -> str:
    """The PostgreSQL type of a migrated column."""
    match extension_name(field):
        case "uuid":
            return "uuid"
        case "json":
            return "jsonb"
        case "inet":
            return "inet"
    return sql_type(field.type)


def sql_type(kind: pa.DataType) -> str:
    """The PostgreSQL type of an Arrow type; text where there is none of its own."""
    if kind in PLAIN:
        return PLAIN[kind]
    if pa.types.is_timestamp(kind):
        return "timestamp without time zone"
    if pa.types.is_decimal(kind):
        return f"numeric({kind.precision}, {kind.scale})"
    if is_list(kind) and (kind.value_type == pa.string() or not is_text(kind.value_type)):
        return sql_type(kind.value_type) + "[]"
    return "text"


def is_list(kind: pa.DataType) -> bool:
    return pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind)


def is_text(kind: pa.DataType) -> bool:
    """Whether values are written as text, for want of a type: arrays hold none of these, nor arrays."""
    return sql_type(kind) == "text" or is_list(kind)


def values(field: pa.Field, column: pa.ChunkedArray) -> list[Any]:
    """The column as Python values that the driver writes as the type `column_type` gives."""
    extension = extension_name(field)
    chunks = [chunk.storage if isinstance(chunk, pa.ExtensionArray) else chunk for chunk in column.chunks]
    column = pa.chunked_array(chunks, chunks[0].type if chunks else field.type)
    if pa.types.is_timestamp(column.type):
        # The column has no zone, and microseconds.
        column = pc.cast(column, pa.timestamp("us"), safe=False)
    elif pa.types.is_time64(column.type):
        column = pc.cast(column, pa.time64("us"), safe=False)
    found = column.to_pylist()
    if extension == "uuid":
        return [None if value is None else uuid.UUID(bytes=value) for value in found]
    if extension in ("json", "inet"):
        return [None if value is None else value.decode() for value in found]
    if sql_type(column.type) == "text":
        # PostgreSQL has no text with a zero character in it.
        return [None if value is None else str(value).replace("\0", "") for value in found]
    return found
