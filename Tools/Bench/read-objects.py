"""Reads all Parquet objects under a prefix with one reader; prints rows, seconds, CPU seconds and memory as a line of JSON.

    python read-objects.py ENGINE ENDPOINT BUCKET PREFIX

MEMORY_LIMIT is the plugin's `memory_limit`, else its default.
"""

from __future__ import annotations

import contextlib
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time
from typing import Callable, Iterator

ROOT = pathlib.Path(__file__).resolve().parents[2]
REGION = "us-east-1"
ACCESS_KEY, SECRET_KEY = os.environ["AWS_ACCESS_KEY_ID"], os.environ["AWS_SECRET_ACCESS_KEY"]
MEBIBYTE = 1 << 20


def high_water(process: int | str) -> int:
    """The most bytes that a process has had in memory."""
    status = pathlib.Path(f"/proc/{process}/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1]) * 1024


class Reader:
    """One way to read; `rows` gives the number of rows batch by batch."""

    def __init__(self, endpoint: str, bucket: str, prefix: str) -> None:
        self.endpoint, self.bucket, self.prefix = endpoint, bucket, prefix
        self.host = endpoint.removeprefix("http://")

    def rows(self) -> Iterator[int]:
        raise NotImplementedError

    def peak(self) -> int:
        return high_water("self")

    def cpu_seconds(self) -> float:
        return time.process_time()


class OwnReader(Reader):
    """What reads by a spec of the plugin."""

    def spec(self) -> dict[str, object]:
        limit = os.environ.get("MEMORY_LIMIT")
        return {"bucket": self.bucket, "region": REGION, "endpoint": self.endpoint, "path_style": True,
                "path_prefix": self.prefix, "rows_per_record": 10_000} | ({"memory_limit": limit} if limit else {})


class Plugin(OwnReader):
    """The plugin as the CLI runs it, without a destination."""

    def __init__(self, endpoint: str, bucket: str, prefix: str) -> None:
        super().__init__(endpoint, bucket, prefix)
        sys.path[:0] = [str(ROOT / "Tests/EndToEnd"), str(ROOT / "Tools/destination")]
        from harness.cli import environment
        from harness.plugin_process import PluginProcess

        self.work = tempfile.TemporaryDirectory()
        self.process = PluginProcess(pathlib.Path(self.work.name), environment(ACCESS_KEY, SECRET_KEY))

    def rows(self) -> Iterator[int]:
        import pyarrow as pa

        self.process.init(self.spec())
        for message in self.process.sync():
            if message.WhichOneof("message") == "insert":
                with pa.ipc.open_stream(pa.py_buffer(message.insert.record)) as reader:
                    yield sum(batch.num_rows for batch in reader)

    def peak(self) -> int:
        return self.process.peak_memory_bytes()

    def cpu_seconds(self) -> float:
        return self.process.cpu_seconds()


class Standalone(OwnReader):
    """The plugin without CloudQuery: its Arrow streams go nowhere."""

    def rows(self) -> Iterator[int]:
        self.peak_bytes = 0
        with tempfile.TemporaryDirectory() as work:
            # One table, `data`, as the bench lays them.
            pathlib.Path(work, "data.arrows.partial").symlink_to("/dev/null")
            spec = pathlib.Path(work, "spec.json")
            spec.write_text(json.dumps(self.spec()))
            process = subprocess.Popen(
                [os.environ["CQ_SOURCE_S3"], "sync", "--spec", str(spec), "--out", work], stderr=subprocess.PIPE, text=True)
            while process.poll() is None:
                with contextlib.suppress(OSError, StopIteration):
                    self.peak_bytes = high_water(process.pid)
                time.sleep(0.02)
            yield int(re.findall(r"(\d+) rows ", process.stderr.read())[-1])

    def peak(self) -> int:
        return getattr(self, "peak_bytes", 0)

    def cpu_seconds(self) -> float:
        used = os.times()
        return used.children_user + used.children_system


class PyArrow(Reader):
    def __init__(self, endpoint: str, bucket: str, prefix: str) -> None:
        super().__init__(endpoint, bucket, prefix)
        import pyarrow.dataset
        import pyarrow.fs

        self.dataset, self.fs = pyarrow.dataset, pyarrow.fs

    def rows(self) -> Iterator[int]:
        files = self.fs.S3FileSystem(
            access_key=ACCESS_KEY, secret_key=SECRET_KEY, region=REGION, scheme="http", endpoint_override=self.host)
        for batch in self.dataset.dataset(f"{self.bucket}/{self.prefix}", filesystem=files, format="parquet").to_batches():
            yield batch.num_rows


class Polars(Reader):
    def __init__(self, endpoint: str, bucket: str, prefix: str) -> None:
        super().__init__(endpoint, bucket, prefix)
        import polars

        self.polars = polars

    def rows(self) -> Iterator[int]:
        options = {"aws_access_key_id": ACCESS_KEY, "aws_secret_access_key": SECRET_KEY, "aws_region": REGION,
                   "aws_endpoint_url": self.endpoint, "aws_allow_http": "true"}
        frame = self.polars.scan_parquet(f"s3://{self.bucket}/{self.prefix}*.parquet", storage_options=options)
        for batch in frame.collect_batches():
            yield batch.height


class DataFusion(Reader):
    """Rust's parquet crate over object_store, with DataFusion's settings."""

    def __init__(self, endpoint: str, bucket: str, prefix: str) -> None:
        super().__init__(endpoint, bucket, prefix)
        import datafusion
        import datafusion.object_store

        self.datafusion = datafusion

    def rows(self) -> Iterator[int]:
        context = self.datafusion.SessionContext()
        context.register_object_store("s3://", self.datafusion.object_store.AmazonS3(
            bucket_name=self.bucket, region=REGION, access_key_id=ACCESS_KEY, secret_access_key=SECRET_KEY,
            endpoint=self.endpoint, allow_http=True), host=self.bucket)
        for batch in context.read_parquet(f"s3://{self.bucket}/{self.prefix}").execute_stream():
            yield batch.to_pyarrow().num_rows


class DuckDB(Reader):
    def __init__(self, endpoint: str, bucket: str, prefix: str) -> None:
        super().__init__(endpoint, bucket, prefix)
        import duckdb

        self.connection = duckdb.connect()
        # The extension comes as a package: nothing is to be fetched from elsewhere.
        packages = pathlib.Path(duckdb.__file__).resolve().parents[1]
        (extension,) = packages.glob("duckdb_ext/extensions/*/*/httpfs.duckdb_extension")
        self.connection.execute(f"LOAD '{extension}'")

    def rows(self) -> Iterator[int]:
        self.connection.execute(
            f"CREATE SECRET (TYPE s3, KEY_ID '{ACCESS_KEY}', SECRET '{SECRET_KEY}', REGION '{REGION}', "
            f"ENDPOINT '{self.host}', URL_STYLE 'path', USE_SSL false)")
        found = self.connection.execute(f"SELECT * FROM read_parquet('s3://{self.bucket}/{self.prefix}*.parquet')")
        for batch in found.fetch_record_batch(100_000):
            yield batch.num_rows


ENGINES: dict[str, Callable[[str, str, str], Reader]] = {
    "plugin": Plugin, "standalone": Standalone, "pyarrow": PyArrow, "polars": Polars, "datafusion": DataFusion, "duckdb": DuckDB}


def main() -> None:
    reader = ENGINES[sys.argv[1]](*sys.argv[2:])
    start, cpu, began, first, rows = reader.peak(), reader.cpu_seconds(), time.monotonic(), 0.0, 0
    for count in reader.rows():
        first = first or time.monotonic() - began
        rows += count
    seconds = time.monotonic() - began
    print(json.dumps({"rows": rows, "first": first, "all": seconds, "cpu": reader.cpu_seconds() - cpu,
                      "start_mib": start // MEBIBYTE, "peak_mib": reader.peak() // MEBIBYTE}))
    if isinstance(reader, Plugin):
        reader.process.stop()
    sys.stdout.flush()
    # Some readers keep threads that do not end by themselves.
    os._exit(0)


if __name__ == "__main__":
    main()
