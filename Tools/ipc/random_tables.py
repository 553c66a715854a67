"""Random Arrow batches of every type that pyarrow can make and our reader knows."""

from __future__ import annotations

import decimal
import random
import string

import pyarrow as pa

UNITS = ["s", "ms", "us", "ns"]
FLAT = [
    pa.null(), pa.bool_(), pa.int8(), pa.int16(), pa.int32(), pa.int64(), pa.uint8(), pa.uint16(), pa.uint32(),
    pa.uint64(), pa.float16(), pa.float32(), pa.float64(), pa.string(), pa.large_string(), pa.string_view(),
    pa.binary(), pa.large_binary(), pa.binary_view(), pa.binary(1), pa.binary(5), pa.decimal32(9, 3),
    pa.decimal64(18, 4), pa.decimal128(38, 10), pa.decimal128(12, -2), pa.decimal256(60, 20), pa.date32(),
    pa.date64(), pa.time32("s"), pa.time32("ms"), pa.time64("us"), pa.time64("ns"), pa.month_day_nano_interval(),
    *[pa.timestamp(unit, tz) for unit in UNITS for tz in (None, "UTC")], pa.timestamp("us", "Asia/Tokyo"),
    *[pa.duration(unit) for unit in UNITS],
]
NESTED = [
    pa.list_(pa.int32()), pa.large_list(pa.string()), pa.list_(pa.bool_(), 3),
    pa.struct([pa.field("a", pa.string()), pa.field("b", pa.float64(), nullable=False)]), pa.struct([]),
    pa.map_(pa.string(), pa.int64()), pa.map_(pa.int32(), pa.list_(pa.binary_view()), keys_sorted=True),
    pa.list_(pa.struct([pa.field("x", pa.list_(pa.string())), pa.field("y", pa.null())])),
    pa.list_view(pa.string()), pa.large_list_view(pa.list_view(pa.int16())),
]


def kind(source: random.Random, depth: int) -> pa.DataType:
    if depth == 0 or source.random() < 0.6:
        return source.choice(FLAT)
    shape = source.randrange(5)
    if shape == 0:
        return pa.list_(field(source, depth - 1))
    if shape == 1:
        return pa.large_list(field(source, depth - 1))
    if shape == 2:
        return pa.list_(field(source, depth - 1), source.randrange(0, 4))
    if shape == 3:
        return pa.struct([field(source, depth - 1, f"f{i}") for i in range(source.randrange(0, 4))])
    return pa.map_(source.choice([pa.string(), pa.int64(), pa.binary()]), kind(source, depth - 1))


def field(source: random.Random, depth: int, name: str | None = None) -> pa.Field:
    chosen = kind(source, depth)
    metadata = {"key": "värde", "": ""} if source.random() < 0.2 else None
    return pa.field(name or source.choice(["a", "größe", "日本", "x y"]), chosen, metadata=metadata)


def value(source: random.Random, of: pa.DataType, nulls: float):
    if pa.types.is_null(of) or source.random() < nulls:
        return None
    types = pa.types
    if types.is_boolean(of):
        return source.random() < 0.5
    if types.is_decimal(of):
        bound = 10 ** min(of.precision, 60) - 1
        with decimal.localcontext(prec=100):
            return decimal.Decimal(source.randint(-bound, bound)).scaleb(-of.scale)
    if types.is_float16(of):
        return float(source.randrange(-2048, 2048))
    if types.is_floating(of):
        return source.choice([0.0, -0.0, float("inf"), source.uniform(-1e9, 1e9), 1e-40])
    if types.is_integer(of):
        low, high = (0, 2 ** of.bit_width) if types.is_unsigned_integer(of) else (
            -2 ** (of.bit_width - 1), 2 ** (of.bit_width - 1))
        return source.choice([low, high - 1, 0, source.randrange(low, high)])
    if types.is_date64(of):
        return source.randrange(-10**5, 10**5) * 86_400_000
    if types.is_date(of):
        return source.randrange(-10**5, 10**5)
    if types.is_time(of):
        return source.randrange(0, 86_400 * {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}[of.unit])
    if types.is_timestamp(of) or types.is_duration(of):
        return source.randrange(-2**40, 2**40)
    if of == pa.month_day_nano_interval():
        return (source.randrange(-99, 99), source.randrange(-99, 99), source.randrange(-10**12, 10**12))
    if of in (pa.string(), pa.large_string(), pa.string_view()):
        return "".join(source.choices(["ß", "日本", "😀", "\0", *string.ascii_letters], k=source.randrange(0, 20)))
    if types.is_fixed_size_binary(of):
        return source.randbytes(of.byte_width)
    if of in (pa.binary(), pa.large_binary(), pa.binary_view()):
        return source.randbytes(source.randrange(0, 25))
    if types.is_map(of):
        return [(value(source, of.key_type, 0), value(source, of.item_type, nulls))
                for _ in range(source.randrange(0, 4))]
    if types.is_fixed_size_list(of):
        return [value(source, of.value_type, nulls) for _ in range(of.list_size)]
    if types.is_list(of) or types.is_large_list(of) or types.is_list_view(of) or types.is_large_list_view(of):
        return [value(source, of.value_type, nulls) for _ in range(source.randrange(0, 4))]
    if types.is_struct(of):
        return {child.name: value(source, child.type, nulls if child.nullable else 0) for child in of}
    raise ValueError(f"no values for {of}")


def column(source: random.Random, of: pa.DataType, row_count: int) -> pa.Array:
    nulls = source.choice([0, 0, 0.2, 0.9])
    # Some columns are cut out of longer ones, so that the writer has offsets to resolve.
    before = source.choice([0, 0, 3, 8])
    rows = [value(source, of, nulls) for _ in range(before + row_count + 2)]
    return pa.array(rows, of).slice(before, row_count)


def batch(source: random.Random, schema: pa.Schema, row_count: int) -> pa.RecordBatch:
    columns = [column(source, child.type, row_count) for child in schema]
    if not columns:
        return pa.RecordBatch.from_struct_array(pa.array([{}] * row_count, pa.struct([])))
    return pa.RecordBatch.from_arrays(columns, schema=schema)


def stream(schema: pa.Schema, batches: list[pa.RecordBatch], **options) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, schema, options=pa.ipc.IpcWriteOptions(**options)) as writer:
        for item in batches:
            writer.write_batch(item)
    return sink.getvalue().to_pybytes()


def cases(seed: int, random_count: int):
    """Yields names and streams: one of each type, then random schemas of several batches."""
    source = random.Random(seed)
    for index, of in enumerate(FLAT + NESTED):
        schema = pa.schema([pa.field("value", of)], metadata={"k": "v"})
        yield f"type-{index:02}", stream(schema, [batch(source, schema, rows) for rows in (5, 0, 9)])
    for index in range(random_count):
        schema = pa.schema([field(source, 3, f"c{i}") for i in range(source.randrange(1, 7))])
        yield f"random-{index:03}", stream(
            schema, [batch(source, schema, source.randrange(0, 50)) for _ in range(source.randrange(0, 4))])
