"""The commands that need no CloudQuery, and those of every CloudQuery plugin."""

import hashlib
import json
import os
import pty
import subprocess
import zipfile

import pyarrow as pa
import pyarrow.ipc
import pytest
from harness.cli import plugin_path
from harness.digests import differences
from harness.s3 import parquet_bytes

TABLE = pa.table({"n": pa.array(range(30)), "name": [f"row {n}" for n in range(30)]})


def run(env, *arguments, code=0):
    ended = subprocess.run([plugin_path(), *arguments], env=env, capture_output=True, text=True, timeout=120, check=False)
    assert ended.returncode == code, ended.stdout + ended.stderr
    return ended


@pytest.fixture
def spec_file(tmp_path):
    def write(spec, document=False):
        path = tmp_path / "spec.json"
        path.write_text(json.dumps({"kind": "source", "spec": {"tables": ["a"], "spec": spec}} if document else spec))
        return str(path)
    return write


def read(path) -> pa.Table:
    with pyarrow.ipc.open_stream(str(path)) as stream:
        return stream.read_all()


def test_sync_writes_a_stream_for_every_table(bucket, credentials, tmp_path, spec_file):
    for key in ("a/1.parquet", "a/2.parquet", "b/1.parquet"):
        bucket.put_table(key, TABLE)
    ended = run(credentials, "sync", "--spec", spec_file(bucket.spec()), "--out", str(tmp_path / "out"))
    assert sorted(os.listdir(tmp_path / "out")) == ["a.arrows", "b.arrows"]
    assert read(tmp_path / "out/a.arrows").num_rows == 60
    assert not differences(read(tmp_path / "out/b.arrows"), TABLE)
    assert "3/3 objects" in ended.stderr
    assert "\r" not in ended.stderr, "a bar is for terminals"


def test_the_bar_of_a_terminal_is_one_line(bucket, credentials, tmp_path, spec_file):
    bucket.put_table("a/1.parquet", TABLE)
    terminal, end = pty.openpty()
    arguments = ["sync", "--spec", spec_file(bucket.spec()), "--out", str(tmp_path / "out")]
    subprocess.run([plugin_path(), *arguments], env=credentials, stderr=end, timeout=120, check=True)
    os.close(end)
    shown = os.read(terminal, 1 << 16).decode()
    os.close(terminal)
    *_, last = shown.rstrip("\r\n").split("\r")
    assert "100%  1/1 objects" in last and "\n" not in shown.rstrip("\r\n")
    assert last.startswith("\x1b[K\x1b[?7l") and last.endswith("\x1b[?7h"), "no wrapping at the right edge"


def test_more_tables_than_files_may_be_open_at_first(credentials, tmp_path, spec_file):
    folder = tmp_path / "tables"
    for number in range(100):
        (folder / f"t{number}").mkdir(parents=True)
        (folder / f"t{number}/x.parquet").write_bytes(parquet_bytes(TABLE))
    out = tmp_path / "not there/yet"
    spec = spec_file({"bucket": "local", "endpoint": f"file://{folder}"})
    ended = subprocess.run(
        ["sh", "-c", 'ulimit -S -n 64 && exec "$@"', "sh", plugin_path(), "sync", "--spec", spec, "--out", out],
        env=credentials, capture_output=True, text=True, timeout=120, check=False)
    assert ended.returncode == 0, ended.stderr
    assert len(os.listdir(out)) == 100


def test_sync_takes_a_source_document(bucket, credentials, tmp_path, spec_file):
    for key in ("a/1.parquet", "b/1.parquet"):
        bucket.put_table(key, TABLE)
    run(credentials, "sync", "--spec", spec_file(bucket.spec(), document=True), "--out", str(tmp_path / "out"))
    assert os.listdir(tmp_path / "out") == ["a.arrows"]


def test_the_configuration_of_cloudquery_is_taken_as_it_is(bucket, credentials, tmp_path):
    for key in ("a/1.parquet", "b/1.parquet"):
        bucket.put_table(key, TABLE)
    config = tmp_path / "config.yml"
    config.write_text(f"""\
# ${{NOBODY_SETS_THIS}}
kind: source
spec:
  name: s3
  registry: local
  path: ./cq-source-s3
  tables: ["a"]
  destinations: [postgresql]
  backend_options:
    table_name: cq_state_s3
    connection: "@@plugins.postgresql.connection"
  spec:
    bucket: ${{THE_BUCKET}}   # where it lies
    endpoint: {bucket.server.endpoint}
    region: us-east-1
    path_style: yes
    rows_per_record: ${{ROWS}}
---
kind: destination
spec:
  name: postgresql
  path: cloudquery/postgresql
  registry: cloudquery
  version: v8.0.0
  spec:
    connection_string: ${{PG_CONNECTION_STRING}}
""")
    env = credentials | {"THE_BUCKET": bucket.name, "ROWS": "7"}
    run(env, "sync", "--spec", str(config), "--out", str(tmp_path / "out"))
    assert os.listdir(tmp_path / "out") == ["a.arrows"]
    assert not differences(read(tmp_path / "out/a.arrows"), TABLE)
    plan = json.loads(run(env, "plan", "--spec", str(config), "--json", "--source", "s3").stdout)
    assert [table["name"] for table in plan["tables"]] == ["a"]
    missing = run(credentials, "plan", "--spec", str(config), code=1).stderr
    assert f"{config}: spec.bucket: ${{THE_BUCKET}} is not set" in missing
    assert "has no source named other; the sources are: s3" in run(
        env, "plan", "--spec", str(config), "--source", "other", code=1).stderr


def test_sync_of_a_local_directory(credentials, tmp_path, spec_file):
    folder = tmp_path / "a folder"
    (folder / "sales/2024").mkdir(parents=True)
    (folder / "sales/2024/x.parquet").write_bytes(parquet_bytes(TABLE))
    spec = {"bucket": "local", "endpoint": "file://" + str(folder).replace(" ", "%20")}
    run(credentials, "sync", "--spec", spec_file(spec), "--out", str(tmp_path / "out"))
    assert not differences(read(tmp_path / "out/sales_2024.arrows"), TABLE)


def test_a_directory_that_cannot_be_listed_fails_the_tables_that_may_have_files_in_it(credentials, tmp_path, spec_file):
    folder = tmp_path / "folder"
    for table in ("a", "a/b", "c", "lost"):
        (folder / table).mkdir(parents=True, exist_ok=True)
    for table in ("a", "a/b", "c"):
        (folder / table / "x.parquet").write_bytes(parquet_bytes(TABLE))
    # Not even root can name what lies so deep; other users meet directories that they may not read.
    for parent in ("a/b", "lost"):
        here = os.open(folder / parent, os.O_RDONLY)
        for _ in range(20):
            os.mkdir("p=" + "d" * 240, dir_fd=here)
            inner = os.open("p=" + "d" * 240, os.O_RDONLY, dir_fd=here)
            os.close(here)
            here = inner
        os.close(here)
    spec = {"bucket": "local", "endpoint": f"file://{folder}"}
    ended = run(credentials, "sync", "--spec", spec_file(spec), "--out", str(tmp_path / "out"))
    assert sorted(os.listdir(tmp_path / "out")) == ["a.arrows", "a_b.arrows", "c.arrows"]
    assert ended.stderr.count("a directory cannot be listed") == 2
    # As partitions, they may be of the table of the directory above.
    ended = run(
        credentials, "sync", "--spec", spec_file(spec | {"hive_partitioning": True}), "--out", str(tmp_path / "hive"), code=1)
    assert sorted(os.listdir(tmp_path / "hive")) == ["a.arrows", "c.arrows"]
    assert "1 of 3 tables failed: table a_b: directory a/b/p=ddd" in ended.stderr
    # With a pattern, the files in there may be of any table.
    spec["tables_from"] = [{"pattern": "{name}/**", "table": "all_{name}"}]
    ended = run(credentials, "sync", "--spec", spec_file(spec), "--out", str(tmp_path / "out2"), code=1)
    assert "lost/p=ddd" in ended.stderr and "cannot be listed" in ended.stderr


def test_sync_keeps_the_whole_tables_when_another_fails(bucket, credentials, tmp_path, spec_file):
    bucket.put_table("a/1.parquet", TABLE)
    bucket.put_table("b/1.parquet", TABLE)
    bucket.put_table("b/2.parquet", pa.table({"other": [1]}))
    ended = run(credentials, "sync", "--spec", spec_file(bucket.spec()), "--out", str(tmp_path / "out"), code=1)
    assert os.listdir(tmp_path / "out") == ["a.arrows"]
    assert "b/2.parquet" in ended.stderr


def test_plan(bucket, credentials, spec_file):
    bucket.put_table("a/1.parquet", TABLE)
    bucket.put("a/2.parquet", b"This is no Parquet.")
    plan = json.loads(run(credentials, "plan", "--spec", spec_file(bucket.spec()), "--json").stdout)
    table = plan["tables"][0]
    assert (table["name"], table["objects"], table["new_objects"], table["new_rows"]) == ("a", 2, 1, 30)
    assert [skipped["key"] for skipped in table["skipped"]] == ["a/2.parquet"]
    assert plan["list_requests"] == 1 and plan["get_requests"] == 2
    text = run(credentials, "plan", "--spec", spec_file(bucket.spec())).stdout
    assert "a/2.parquet" in text and "GET" in text


def test_footers_are_fetched_and_wait_within_the_memory_limit(faults, credentials, spec_file):
    bucket = faults.make_bucket("footers")
    large = parquet_bytes(TABLE.replace_schema_metadata({"k": "x" * 300_000}))
    for number in range(40):
        bucket.put(f"a/{number}.parquet", large)
    faults.latency = 0.02
    peaks = []
    for limit in ("1 MiB", "256 MiB"):
        faults.peak_objects = 0
        plan = json.loads(run(credentials, "plan", "--spec", spec_file(bucket.spec(memory_limit=limit)), "--json").stdout)
        assert plan["tables"][0]["new_objects"] == 40
        peaks.append(faults.peak_objects)
    # Half a MiB for the ends of objects, of which the first are guessed to be 64 KiB.
    assert peaks[0] <= 8 < peaks[1]


def test_what_every_plugin_answers(credentials, tmp_path):
    version = run(credentials, "--version").stdout.strip()
    assert version.startswith("v")
    assert run(credentials, "-v").stdout.strip() == version
    assert run(credentials, "info").stdout.strip() == f"Package and version: infobloxopen/source/s3@{version}"
    run(credentials, "doc", str(tmp_path / "doc"))
    assert json.loads((tmp_path / "doc/__tables.json").read_text()) == []


def test_package(credentials, tmp_path):
    version = run(credentials, "--version").stdout.strip()
    run(credentials, "package", "-m", "First version", "-D", str(tmp_path / "dist"), version, str(tmp_path))
    package = json.loads((tmp_path / "dist/package.json").read_text())
    assert (package["kind"], package["name"], package["version"], package["message"]) == ("source", "s3", version, "First version")
    assert package["protocols"] == [3] and package["package_type"] == "native"
    target = package["supported_targets"][0]
    archive = tmp_path / "dist" / target["path"]
    assert target["checksum"] == "sha256:" + hashlib.sha256(archive.read_bytes()).hexdigest()
    with zipfile.ZipFile(archive) as opened:
        assert opened.testzip() is None
        assert [entry.filename for entry in opened.infolist()] == [archive.stem]
        assert opened.read(archive.stem) == plugin_path().read_bytes()
    assert json.loads((tmp_path / "dist/tables.json").read_text()) == []
    assert "bucket" in json.loads((tmp_path / "dist/spec_json_schema.json").read_text())["properties"]
    assert (tmp_path / "dist/docs/overview.md").read_text().startswith("---\nname: S3")
    assert "`rows_per_record`" in (tmp_path / "dist/docs/configuration.md").read_text()
    other = run(credentials, "package", "-m", "m", "v99.0.0", str(tmp_path), code=1)
    assert f"this executable is {version}, not v99.0.0" in other.stderr
