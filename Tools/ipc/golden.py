"""Writes the streams of pyarrow that the unit tests read: golden.py DIRECTORY."""

from __future__ import annotations

import pathlib
import random
import sys

import pyarrow as pa

import canonical
import random_tables


def named_cases():
    source = random.Random(20)
    groups = {
        "integers": random_tables.FLAT[1:10], "floats": random_tables.FLAT[10:13],
        "text": random_tables.FLAT[13:16], "bytes": random_tables.FLAT[16:21],
        "decimals": random_tables.FLAT[21:26], "dates-times": random_tables.FLAT[26:33],
        "timestamps": random_tables.FLAT[33:], "null": [pa.null()],
        "lists": random_tables.NESTED[:3], "structs": random_tables.NESTED[3:5],
        "maps": random_tables.NESTED[5:7], "deep": random_tables.NESTED[7:8],
    }
    for name, types in groups.items():
        schema = pa.schema([pa.field(f"c{index}", of) for index, of in enumerate(types)])
        yield name, random_tables.stream(schema, [random_tables.batch(source, schema, rows) for rows in (5, 0)])
    views = pa.record_batch(
        [pa.ListViewArray.from_arrays(
            [3, 0, 1, 0], [1, 3, 0, 4], [1, None, 3, 4], mask=pa.array([False, False, True, False])),
         pa.LargeListViewArray.from_arrays([0, 2, 1, 3], [2, 1, 2, 0], ["a", None, "c"])],
        ["view", "large"])
    yield "list-views", random_tables.stream(views.schema, [views, views.slice(1, 2), views.slice(0, 0)])
    schema = pa.schema(
        [pa.field("id", pa.int64(), nullable=False, metadata={"b": "2", "a": "1", "": "ü"}),
         pa.field("uuid", pa.binary(16), metadata={"ARROW:extension:name": "uuid", "ARROW:extension:metadata": ""})],
        metadata={"z": "last first", "cq:table_name": "t"})
    yield "metadata", random_tables.stream(schema, [random_tables.batch(source, schema, 4)])
    yield "schema-only", random_tables.stream(schema, [])
    yield "no-columns", random_tables.stream(
        pa.schema([]), [pa.RecordBatch.from_struct_array(pa.array([{}] * 3, pa.struct([])))])
    state = pa.schema(
        [pa.field("key", pa.string(), nullable=False), pa.field("value", pa.string(), nullable=False),
         pa.field("version", pa.uint64(), nullable=False)])
    yield "state", random_tables.stream(
        state, [pa.record_batch([["one", "two"], ["1", ""], [1, 2**63]], schema=state)])
    yield "version-4", random_tables.stream(
        state, [pa.record_batch([["a"], ["b"], [3]], schema=state)], metadata_version=pa.ipc.MetadataVersion.V4)
    wide = pa.schema([pa.field(f"c{index}", random_tables.FLAT[index]) for index in range(24)])
    yield "wide", random_tables.stream(wide, [random_tables.batch(source, wide, 1)])
    for index in range(4):
        schema = pa.schema([random_tables.field(source, 3, f"c{column}") for column in range(4)])
        yield f"random-{index}", random_tables.stream(schema, [random_tables.batch(source, schema, 12)])


def unsupported_cases():
    """Streams that our reader refuses, each for its own reason."""
    dictionary = pa.array(["a", "b", "a"]).dictionary_encode()
    union = pa.UnionArray.from_sparse(pa.array([0, 1], pa.int8()), [pa.array([1, 2]), pa.array(["a", "b"])])
    dense = pa.UnionArray.from_dense(
        pa.array([0, 1], pa.int8()), pa.array([0, 0], pa.int32()), [pa.array([1]), pa.array(["b"])])
    columns = {
        "dictionary": dictionary,
        "dictionary-child": pa.StructArray.from_arrays([dictionary], ["inner"]),
        "union-sparse": union,
        "union-dense": dense,
        "run-end": pa.RunEndEncodedArray.from_arrays([2, 3], ["a", "b"]),
    }
    for name, column in columns.items():
        batch = pa.record_batch([column], ["value"])
        yield name, random_tables.stream(batch.schema, [batch])
    plain = pa.record_batch([pa.array(range(100))], ["value"])
    for compression in ("zstd", "lz4"):
        yield f"compression-{compression}", random_tables.stream(plain.schema, [plain], compression=compression)


def main(directory: pathlib.Path) -> None:
    directory.mkdir(parents=True, exist_ok=True)
    for old in [*directory.glob("*.arrows"), *directory.glob("*.json")]:
        old.unlink()
    refused = directory / "unsupported"
    refused.mkdir(exist_ok=True)
    for name, data in unsupported_cases():
        (refused / f"{name}.arrows").write_bytes(data)
    for name, data in named_cases():
        (directory / f"{name}.arrows").write_bytes(data)
        (directory / f"{name}.json").write_text(canonical.dump(canonical.stream(data)) + "\n")


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
