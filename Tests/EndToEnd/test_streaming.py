"""Memory, concurrency and back-pressure have bounds that do not depend on the objects' sizes."""

import time

import grpc
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from harness.buckets import Content
from harness.faults import Rule
from harness.s3 import parquet_bytes

MEBIBYTE = 1 << 20


def incompressible(mebibytes: int, row_group_rows: int = 250_000) -> tuple[bytes, int]:
    """An object of about that size, and its row count."""
    rows = mebibytes * MEBIBYTE // 16
    source = np.random.default_rng(1)
    table = pa.table({"a": source.integers(0, 1 << 62, rows), "b": source.random(rows)})
    return parquet_bytes(table, compression="none", use_dictionary=False, row_group_size=row_group_rows), rows


def test_memory_does_not_grow_with_the_object(plugin, bucket):
    peaks = []
    for name, size in (("small", 24), ("large", 240)):
        content, rows = incompressible(size)
        bucket.put(f"{name}/a.parquet", content)
        del content
        plugin.init(bucket.spec(path_prefix=f"{name}/", rows_per_record=10_000))
        received = 0
        for message in plugin.sync():
            if message.WhichOneof("message") == "insert":
                with pa.ipc.open_stream(message.insert.record) as reader:
                    received += sum(batch.num_rows for batch in reader)
        assert received == rows
        peaks.append(plugin.peak_memory_bytes())
    assert peaks[1] < peaks[0] + 64 * MEBIBYTE, [peak // MEBIBYTE for peak in peaks]
    assert peaks[1] < 256 * MEBIBYTE


def received_rows(plugin) -> int:
    """Number of rows that a sync sends."""
    count = 0
    for message in plugin.sync():
        if message.WhichOneof("message") == "insert":
            with pa.ipc.open_stream(message.insert.record) as reader:
                count += sum(batch.num_rows for batch in reader)
    return count


def test_a_row_group_larger_than_the_memory_limit_is_read_in_windows(plugin, bucket):
    content, rows = incompressible(400, row_group_rows=1 << 30)
    assert len(content) > 400 * MEBIBYTE
    bucket.put("t/a.parquet", content)
    del content
    plugin.init(bucket.spec(rows_per_record=10_000))
    assert received_rows(plugin) == rows
    assert plugin.peak_memory_bytes() < 256 * MEBIBYTE


def test_small_objects_that_decompress_to_much_take_turns(plugin, bucket):
    rows = 1 << 20
    table = pa.table({name: np.repeat(np.arange(16), rows // 16) for name in "abcd"})
    content = parquet_bytes(
        table, compression="zstd", use_dictionary=False, data_page_size=1 << 30, max_rows_per_page=1 << 30
    )
    assert len(content) < MEBIBYTE
    # Each object opens to four pages of 8 MiB: all forty to 1.3 GiB.
    bucket.put_many((f"t/{number}.parquet", content) for number in range(40))
    plugin.init(bucket.spec(rows_per_record=100_000))
    assert received_rows(plugin) == 40 * rows
    assert plugin.peak_memory_bytes() < 352 * MEBIBYTE


@pytest.mark.parametrize("is_slow", [False, True])
def test_many_streams_in_little_memory(plugin, faults, is_slow):
    """More row groups are under way than there is room for: all come to their end, within the limit."""
    rows, count = 600_000, 12
    source = np.random.default_rng(3)
    table = pa.table({
        "n": source.integers(0, 1 << 62, rows), "x": pa.array(source.random(rows), mask=source.random(rows) < 0.1),
        "s": np.char.add("value ", source.integers(0, 50_000, rows).astype(str)), "m": np.arange(rows) // 1_000})
    content = Content(parquet_bytes(table, compression="snappy", row_group_size=200_000, data_page_size=256 << 10))
    assert len(content.raw) > 8 * MEBIBYTE
    bucket = faults.make_bucket("streams")
    for number in range(count):
        bucket.put(f"t/{number}.parquet", content)
    plugin.init(bucket.spec(memory_limit="32 MiB", rows_per_record=5_000))
    received, total = 0, 0
    for message in plugin.sync():
        if message.WhichOneof("message") == "insert":
            with pa.ipc.open_stream(message.insert.record) as reader:
                for batch in reader:
                    received += batch.num_rows
                    total += pc.sum(batch["m"]).as_py()
            if is_slow:
                time.sleep(0.003)
    assert received == count * rows and total == count * sum(n // 1_000 for n in range(rows))
    assert plugin.peak_memory_bytes() < (32 + 80) * MEBIBYTE, plugin.peak_memory_bytes() // MEBIBYTE
    assert len([request for request in faults.requests if not request.is_listing]) == 2 * count


def test_batches_of_long_dictionary_values_have_fewer_rows(plugin, bucket):
    # A few hundred bytes that are 2 GB of rows.
    table = pa.table({name: ["x" * 1_000_000] * 500 for name in "abcd"})
    content = parquet_bytes(table, compression="zstd", use_dictionary=True)
    assert len(content) < 64 << 10
    bucket.put("t/a.parquet", content)
    plugin.init(bucket.spec(memory_limit="64 MiB"))
    assert received_rows(plugin) == 500
    assert plugin.peak_memory_bytes() < 160 * MEBIBYTE


def test_memory_of_very_many_columns(plugin, bucket):
    source = np.random.default_rng(2)
    table = pa.table({f"c{number}": source.integers(0, 1 << 62, 12_000) for number in range(1_000)})
    content = parquet_bytes(table, compression="none", use_dictionary=False, row_group_size=1 << 30, data_page_size=8192)
    assert len(content) > 90 * MEBIBYTE
    bucket.put("t/a.parquet", content)
    del content
    plugin.init(bucket.spec(memory_limit="64 MiB"))
    assert received_rows(plugin) == 12_000
    assert plugin.peak_memory_bytes() < 176 * MEBIBYTE


def test_at_most_so_many_objects_at_once(bucket, cloudquery, proxy):
    bucket.put_many((f"t/{number}.parquet", parquet_bytes(pa.table({"n": [number]}))) for number in range(24))
    proxy.rules.append(Rule(f"GET /{bucket.name}/t/", times=10_000, delay=0.05))
    run = cloudquery.sync(bucket.spec(endpoint=proxy.endpoint, concurrency=3)).succeeded()
    assert run.resources == 24
    assert 2 <= proxy.peak_objects <= 3
    proxy.peak_objects = 0
    cloudquery.sync(bucket.spec(endpoint=proxy.endpoint)).succeeded()
    assert proxy.peak_objects > 3


def settled(measure, seconds: float = 1.0) -> int:
    """A figure once it has not changed for this long."""
    deadline = time.monotonic() + 30
    value, since = measure(), time.monotonic()
    while time.monotonic() < deadline:
        time.sleep(0.05)
        now = measure()
        if now != value:
            value, since = now, time.monotonic()
        elif time.monotonic() - since >= seconds:
            return value
    raise AssertionError(f"still changing: {value}")


def test_a_reader_that_stops_stops_the_download(plugin, bucket, proxy):
    content, _ = incompressible(160)
    bucket.put("t/a.parquet", content)
    size = len(content)
    del content
    plugin.init(bucket.spec(endpoint=proxy.endpoint, rows_per_record=2000))
    messages = plugin.sync()
    for _ in range(5):
        next(messages)
    fetched = settled(lambda: proxy.body_bytes)
    assert fetched < size // 2, f"{fetched / MEBIBYTE:.0f} of {size / MEBIBYTE:.0f} MiB fetched for five messages"
    assert plugin.peak_memory_bytes() < 256 * MEBIBYTE

    messages.cancel()
    with pytest.raises(grpc.RpcError):
        list(messages)
    after_cancel = settled(lambda: proxy.body_bytes)
    assert after_cancel < size * 3 // 4
    plugin.init(bucket.spec(path_prefix="none/"))
    assert plugin.process.poll() is None


def test_a_slow_destination_gets_every_row(bucket, cloudquery):
    table = pa.table({"n": pa.array(range(6000))})
    bucket.put_table("t/a.parquet", table)
    run = cloudquery.sync(bucket.spec(rows_per_record=200), destination={"delay_ms": 40}).succeeded()
    assert run.recording.rows("t")["n"].to_pylist() == list(range(6000))
