"""Syncs that are cut off anywhere and run again: no row is lost, and none is twice where rows are overwritten."""

import contextlib
import json
import os
import pathlib
import random
import signal
import subprocess
import time

import pyarrow as pa
import pytest
from cloudquery.plugin_v3 import plugin_pb2 as pb
from harness.cli import ROOT, HARNESS, plugin_path
from harness.direct import counter
from harness.fault_server import FaultServer
from harness.plugin_process import PluginProcess
from harness.recording import Recording
from harness.s3 import parquet_bytes
from plugin_server import read_batches

ROWS = 400
# Inserts of this many rows of some 20 KB.
ROWS_PER_RECORD = 10


@pytest.fixture
def filled(bucket):
    """More data than fits between source and destination, so that the source is still sending when one is cut off: what
    it sent last is lost with the CLI, and nobody would tell it."""
    for number in range(8):
        table = pa.table({"n": pa.array(range(number * ROWS, (number + 1) * ROWS)), "wide": [os.urandom(20_000)] * ROWS})
        bucket.put_table(f"{'ab'[number % 2]}/{number}.parquet", table)
    return bucket


def all_rows(recording: Recording) -> dict[bytes, int]:
    """What a destination that overwrites by primary key has after all runs."""
    rows = {}
    for table in "ab":
        for batch in recording.batches(table, all_runs=True):
            rows |= zip(batch["_cq_id"].to_pylist(), batch["n"].to_pylist())
    return rows


def insert_count(folder: pathlib.Path) -> int:
    events = folder / "events.jsonl"
    return events.read_text().count('"kind": "insert"') if events.exists() else 0


def interrupted(cloudquery, spec, inserts: int, number: int) -> None:
    """Starts a sync, and sends the CLI a signal when so many inserts have arrived."""
    cloudquery.work.mkdir(parents=True, exist_ok=True)
    config = cloudquery.work / "interrupted.yml"
    config.write_text("\n---\n".join(json.dumps(document) for document in (
        {"kind": "source", "spec": {
            "name": "s3", "registry": "local", "path": str(plugin_path()), "tables": ["*"], "destinations": ["recorder"],
            "backend_options": {"table_name": "cq_state_s3", "connection": "@@plugins.recorder.connection"}, "spec": spec}},
        {"kind": "destination", "spec": {
            "name": "recorder", "registry": "local", "path": str(HARNESS / "record"),
            "spec": {"folder": str(cloudquery.work / "recording")}}},
    )))
    process = subprocess.Popen(
        [str(ROOT / "Tools/cloudquery"), "sync", str(config), "--log-file-name", str(cloudquery.work / "interrupted.log")],
        env=cloudquery.env | {"CQ_HOME": str(cloudquery.work / "home")}, cwd=cloudquery.work,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    folder = cloudquery.work / "recording"
    start, deadline = insert_count(folder), time.monotonic() + 60
    while insert_count(folder) < start + inserts:
        assert process.poll() is None and time.monotonic() < deadline, "the sync ended before it was cut off"
        time.sleep(0.005)
    # The script that Tools/cloudquery is waits for the CLI.
    plugins = []
    for cli in children(process.pid):
        plugins = children(cli)
        os.kill(cli, number)
    process.wait(30)
    # A CLI that is killed leaves its plugins behind.
    for plugin in plugins if number == signal.SIGKILL else []:
        with contextlib.suppress(ProcessLookupError):
            os.kill(plugin, signal.SIGKILL)


def children(parent: int) -> list[int]:
    found = []
    for path in pathlib.Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            if int(path.read_text().rsplit(")", 1)[1].split()[1]) == parent:
                found.append(int(path.parent.name))
    return found


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL], ids=["SIGINT", "SIGKILL"])
def test_a_sync_cut_off_and_run_again_loses_nothing(filled, cloudquery, number):
    chance = random.Random(int(number))
    for _ in range(4):
        spec = filled.spec(rows_per_record=ROWS_PER_RECORD)
        interrupted(cloudquery, spec, chance.randint(1, 8 * ROWS // ROWS_PER_RECORD // 3), number)
    last = cloudquery.sync(filled.spec(rows_per_record=50), state=True).succeeded()
    rows = all_rows(last.recording)
    assert sorted(rows.values()) == list(range(8 * ROWS))
    assert cloudquery.sync(filled.spec(), state=True).succeeded().resources == 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL], ids=["SIGINT", "SIGKILL"])
def test_rows_of_replaced_objects_are_neither_lost_nor_left(filled, cloudquery, number):
    chance = random.Random(int(number))
    spec = filled.spec(rows_per_record=ROWS_PER_RECORD, lineage=True, deleted_objects="delete_rows")
    cloudquery.sync(spec, state=True).succeeded()
    wanted = list(range(2 * ROWS, 3 * ROWS))
    for part in (4, 6):
        filled.put_table(f"a/{part}.parquet", pa.table({
            "n": pa.array(range(part * ROWS, part * ROWS + 300)), "wide": [os.urandom(20_000)] * 300}))
        wanted += range(part * ROWS, part * ROWS + 300)
    filled.delete("a/0.parquet")
    for _ in range(2):
        interrupted(cloudquery, spec, chance.randint(1, 20), number)
    recording = cloudquery.sync(spec, state=True).succeeded().recording
    assert sorted(row["n"] for row in recording.present("a")) == wanted
    assert sorted(row["n"] for row in recording.present("b")) == [part * ROWS + n for part in range(1, 8, 2) for n in range(ROWS)]


def test_what_a_checkpoint_counts_is_not_sent_again(direct, tmp_path):
    """No CLI offers checkpoints yet: here the test is one, which stores them when it has the rows before them."""
    server = FaultServer(bytes_per_second=3_000_000)
    server.start()
    bucket = server.make_bucket("checkpoints")
    for number in range(8):
        table = pa.table({"n": [number], "wide": [os.urandom(7_000_000)]})
        bucket.put(f"a/{number}.parquet", parquet_bytes(table, compression="none", use_dictionary=False))
    spec = bucket.spec(concurrency=1, memory_limit="16 MiB")

    def rows_until_checkpoint(plugin: PluginProcess, backend: dict) -> list[int]:
        """The rows before the first checkpoint, or all; the plugin is killed at the checkpoint."""
        plugin.init(spec)
        rows = []
        for message in plugin.sync(backend=backend, supports_checkpoints=True):
            if message.HasField("insert"):
                _, batches = read_batches(message.insert.record)
                rows += [row for batch in batches for row in batch["n"].to_pylist()]
            if message.HasField("checkpoint"):
                direct.recorder.write([pb.Write.Request(insert={"record": message.checkpoint.record})])
                if len(rows) < 8:
                    plugin.stop(signal.SIGKILL)
                    break
        return rows

    direct.recorder.open({"folder": str(tmp_path / "recording")}, "test")
    direct.recorder.opened = True
    with direct.backend(next(counter)) as backend:
        first = rows_until_checkpoint(PluginProcess(tmp_path / "first", direct.env), backend)
        assert 0 < len(first) < 8, "the sync takes longer than the time between two checkpoints"
        plugin = PluginProcess(tmp_path / "second", direct.env)
        second = rows_until_checkpoint(plugin, backend)
        plugin.stop()
    server.stop()
    assert sorted(first + second) == list(range(8))


def test_a_destination_that_fails_in_mid_sync_loses_nothing(bucket, cloudquery):
    """More data than fits between source and destination: the source is still sending when the destination fails."""
    for number in range(8):
        table = pa.table({"n": pa.array(range(number * ROWS, (number + 1) * ROWS)), "wide": [os.urandom(20_000)] * ROWS})
        bucket.put_table(f"a/{number}.parquet", table)
    cloudquery.sync(bucket.spec(rows_per_record=50), state=True, destination={"fail_after": 5}).failed()
    last = cloudquery.sync(bucket.spec(rows_per_record=50), state=True).succeeded()
    assert sorted(all_rows(last.recording).values()) == list(range(8 * ROWS))


def test_a_failed_table_is_told_and_the_others_go_on(bucket, cloudquery):
    bucket.put_table("a/1.parquet", pa.table({"n": [1]}))
    bucket.put_table("a/2.parquet", pa.table({"n": ["text"]}))
    bucket.put_table("b/1.parquet", pa.table({"n": [3]}))
    full = cloudquery.sync(bucket.spec()).failed()
    assert "1 of 2 tables failed" in full.output and "a/2.parquet" in full.output
    assert full.recording.rows("b")["n"].to_pylist() == [3]
    incremental = cloudquery.sync(bucket.spec(), state=True).succeeded()
    assert "Errors: 1" in incremental.output
    assert any("a/2.parquet" in line for line in incremental.lines("error"))
    state = {row["key"] for row in incremental.recording.rows("cq_state_s3").to_pylist()}
    assert f"s3/{bucket.name}/b/last_modified_cursor" in state
    assert f"s3/{bucket.name}/a/last_modified_cursor" not in state
    again = cloudquery.sync(bucket.spec(), state=True).succeeded()
    assert again.resources == 0 and "Errors: 1" in again.output
    bucket.delete("a/2.parquet")
    assert cloudquery.sync(bucket.spec(), state=True).succeeded().resources == 1
