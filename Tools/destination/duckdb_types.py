"""How an Arrow column becomes a DuckDB column."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from sql_destination import extension_name, quoted

PLAIN = {
    pa.bool_(): "BOOLEAN",
    pa.int8(): "TINYINT",
    pa.int16(): "SMALLINT",
    pa.int32(): "INTEGER",
    pa.int64(): "BIGINT",
    pa.uint8(): "UTINYINT",
    pa.uint16(): "USMALLINT",
    pa.uint32(): "UINTEGER",
    pa.uint64(): "UBIGINT",
    pa.float16(): "FLOAT",
    pa.float32(): "FLOAT",
    pa.float64(): "DOUBLE",
    pa.string(): "VARCHAR",
    pa.large_string(): "VARCHAR",
    pa.binary(): "BLOB",
    pa.large_binary(): "BLOB",
    pa.date32(): "DATE",
    pa.date64(): "DATE",
    pa.time32("s"): "TIME",
    pa.time32("ms"): "TIME",
    pa.time64("us"): "TIME",
    pa.time64("ns"): "TIME",
    pa.timestamp("s"): "TIMESTAMP_S",
    pa.timestamp("ms"): "TIMESTAMP_MS",
    pa.timestamp("us"): "TIMESTAMP",
    pa.timestamp("ns"): "TIMESTAMP_NS",
}


def column_type(field: pa.Field) -> str:
    """The DuckDB type of a migrated column."""
    extension = extension_name(field)
    if extension == "uuid":
        return "UUID"
    if extension in ("json", "inet"):
        return "VARCHAR"
    return sql_type(field.type)


def sql_type(kind: pa.DataType) -> str:
    """The DuckDB type of an Arrow type; VARCHAR where DuckDB has none that holds every value."""
    if kind in PLAIN:
        return PLAIN[kind]
    if pa.types.is_fixed_size_binary(kind):
        return "BLOB"
    if pa.types.is_timestamp(kind):
        return "TIMESTAMP WITH TIME ZONE"
    if pa.types.is_decimal(kind) and kind.precision <= 38 and 0 <= kind.scale <= kind.precision:
        return f"DECIMAL({kind.precision}, {kind.scale})"
    if pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind):
        return sql_type(kind.value_type) + "[]"
    if pa.types.is_struct(kind):
        members = ", ".join(f"{quoted(member.name)} {sql_type(member.type)}" for member in kind)
        return f"STRUCT({members})"
    if pa.types.is_map(kind):
        return f"MAP({sql_type(kind.key_type)}, {sql_type(kind.item_type)})"
    return "VARCHAR"


def insertable(field: pa.Field, column: pa.ChunkedArray) -> pa.ChunkedArray:
    """The column in a form that DuckDB reads as the type `column_type` gives."""
    extension = extension_name(field)
    chunks = [chunk.storage if isinstance(chunk, pa.ExtensionArray) else chunk for chunk in column.chunks]
    kind = chunks[0].type if chunks else field.type
    if extension == "uuid" and pa.types.is_fixed_size_binary(kind):
        return pa.chunked_array([pa.ExtensionArray.from_storage(pa.uuid(), chunk) for chunk in chunks], pa.uuid())
    if extension in ("json", "inet"):
        return pc.cast(pa.chunked_array(chunks, kind), pa.string())
    if pa.types.is_float16(kind):
        return pc.cast(pa.chunked_array(chunks, kind), pa.float32())
    if sql_type(kind) == "VARCHAR" and kind not in PLAIN:
        text = [None if value is None else str(value) for chunk in chunks for value in chunk.to_pylist()]
        return pa.chunked_array([pa.array(text, pa.string())])
    return pa.chunked_array(chunks, kind)
