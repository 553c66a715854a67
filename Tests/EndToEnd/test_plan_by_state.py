"""A plan by the state that a destination keeps."""

import json
import signal
import socket
import subprocess

import grpc
import pyarrow as pa
from cloudquery.plugin_v3 import plugin_pb2 as pb
from cloudquery.plugin_v3 import plugin_pb2_grpc
from harness.cli import plugin_path
from harness.databases import DuckDB

TABLE = pa.table({"n": pa.array(range(30))})


class Running:
    """A destination that listens, with a spec."""

    def __init__(self, database: DuckDB) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.address = f"127.0.0.1:{probe.getsockname()[1]}"
        self.process = subprocess.Popen(
            [database.path, "serve", "--address", self.address], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        with grpc.insecure_channel(self.address) as channel:
            grpc.channel_ready_future(channel).result(60)
            plugin_pb2_grpc.PluginStub(channel).Init(pb.Init.Request(spec=json.dumps(database.spec).encode()))

    def __enter__(self) -> "Running":
        return self

    def __exit__(self, *_) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(30)


def plan(env, tmp_path, spec, address: str) -> tuple[dict, str]:
    file = tmp_path / "plan.yml"
    file.write_text(json.dumps(spec))
    ended = subprocess.run(
        [plugin_path(), "plan", "--spec", str(file), "--json", "--state-connection", address], env=env,
        capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 0, ended.stderr
    return json.loads(ended.stdout)["tables"], ended.stderr


def test_a_plan_writes_no_state_and_knows_the_one_that_is_there(bucket, cloudquery, credentials, tmp_path):
    database = DuckDB(tmp_path / "tables.duckdb")
    spec = bucket.spec(lineage=True, deleted_objects="delete_rows")
    for number in range(3):
        bucket.put_table(f"a/{number}.parquet", TABLE)
    with Running(database) as destination:
        [table], told = plan(credentials, tmp_path, spec, destination.address)
        assert table["new_objects"] == 3 and "planning a first sync" in told
    assert database.query("SELECT count(*) FROM duckdb_tables()") == [(0,)], "a plan makes no table"
    cloudquery.destination_path, cloudquery.destination_spec = database.path, database.spec
    cloudquery.sync(spec, state=True).succeeded()
    bucket.put_table("a/new.parquet", TABLE)
    bucket.delete("a/0.parquet")
    rows = database.query("SELECT * FROM cq_state_s3 ORDER BY key")
    with Running(database) as destination:
        [table], told = plan(credentials, tmp_path, spec, destination.address)
        assert (table["new_objects"], table["unchanged_objects"], table["deleted_objects"]) == (1, 2, 1)
        assert "planning a first sync" not in told
    assert database.query("SELECT * FROM cq_state_s3 ORDER BY key") == rows
