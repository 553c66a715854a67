#!/usr/bin/env python3
"""Writes TinyFiles.swift: Parquet files small enough to cut at every byte. Needs pyarrow.

    make-tiny-files.py > TinyFiles.swift
"""
import base64
import io

import pyarrow as pa
import pyarrow.parquet as pq


def written(table, **options):
    sink = io.BytesIO()
    pq.write_table(table, sink, store_schema=False, **options)
    return sink.getvalue()


def flat(rows):
    def nullable(values):
        return [None if index % 3 == 1 else value for index, value in enumerate(values)]

    return pa.table({
        "id": pa.array(range(rows), pa.int64()),
        "n": pa.array(nullable(range(rows)), pa.int32()),
        "s": pa.array(nullable(["x" * (index % 4) for index in range(rows)])),
        "b": pa.array(nullable([index % 2 == 0 for index in range(rows)])),
    })


def nested():
    return pa.table({
        "l": pa.array([[1, 2], None, [], [3, None]], pa.list_(pa.int32())),
        "m": pa.array([[("k", 1.5)], [], None, [("a", None), ("b", 2.5)]], pa.map_(pa.string(), pa.float64())),
    })


FILES = [
    ("snappy, version 1, dictionary, checksums", written(
        flat(8), compression="snappy", write_page_checksum=True, data_page_version="1.0"), 8, 4),
    ("zstd, version 2, two row groups", written(
        flat(6), compression="zstd", use_dictionary=False, data_page_version="2.0", row_group_size=3), 6, 4),
    ("gzip, nested, several pages", written(
        nested(), compression="gzip", data_page_version="1.0", write_page_index=True), 4, 3),
    ("brotli, nested, version 2", written(nested(), compression="brotli", data_page_version="2.0"), 4, 3),
    ("lz4, uncompressed and delta", written(
        flat(5).select(["id", "s"]), compression={"id": "lz4", "s": "none"}, use_dictionary=False,
        column_encoding={"id": "DELTA_BINARY_PACKED", "s": "DELTA_BYTE_ARRAY"}), 5, 2),
    ("page index and bloom filter", written(
        pa.table({"s": ["ape", "bee", None, "cat", "dog", "eel"], "n": pa.array([3, 2, 1, 6, 5, 4], pa.int64())}),
        compression="none", use_dictionary=False, write_page_index=True, write_batch_size=2, data_page_size=1,
        bloom_filter_options={"s": {"ndv": 8, "fpp": 0.01}, "n": {"ndv": 8, "fpp": 0.01}}), 6, 2),
    ("no rows", written(flat(0)), 0, 4),
]

print("// Made by make-tiny-files.py with pyarrow %s." % pa.__version__)
print()
print("/// Parquet files small enough to cut at every byte.")
print("struct TinyFile {")
print("    let name: String")
print("    let rowCount: Int64")
print("    let leafCount: Int")
print("    let base64: String")
print()
print("    static let all = [")
for name, data, rows, leaves in FILES:
    print('        TinyFile(\n            name: "%s", rowCount: %d, leafCount: %d,\n            base64: """' % (name, rows, leaves))
    text = base64.b64encode(data).decode()
    for start in range(0, len(text), 100):
        print("                " + text[start:start + 100])
    print('                """),')
print("    ]")
print("}")
