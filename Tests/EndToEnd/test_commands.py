"""The CLI's other commands, the plugin's flags and signals."""

import json
import os
import pathlib
import signal
import socket
import subprocess

import grpc
import pyarrow as pa
import pytest
from cloudquery.plugin_v3 import plugin_pb2 as pb
from harness.cli import ROOT, plugin_path
from harness.digests import differences
from harness.fault_proxy import Rule
from harness.plugin_process import PluginProcess

TABLE = pa.table({"n": pa.array(range(30)), "name": [f"row {n}" for n in range(30)]})


@pytest.fixture
def filled(bucket):
    bucket.put_table("sales/2024/a.parquet", TABLE)
    bucket.put_table("people.parquet", TABLE)
    return bucket


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_tables(filled, cloudquery):
    cloudquery.run("tables", filled.spec(), arguments=("--output-dir", "docs")).succeeded()
    listed = json.loads((cloudquery.work / "docs/s3/__tables.json").read_text())
    assert sorted(table["name"] for table in listed) == ["people", "sales_2024"]
    columns = {column["name"]: column["type"] for column in listed[0]["columns"]}
    assert columns["n"] == "int64"
    assert columns["name"] == "utf8"
    assert columns["_cq_id"] == "uuid"


def test_tables_as_markdown(filled, cloudquery):
    cloudquery.run("tables", filled.spec(), arguments=("--output-dir", "docs", "--format", "markdown")).succeeded()
    folder = cloudquery.work / "docs/s3"
    assert "sales_2024" in (folder / "README.md").read_text()
    page = (folder / "sales_2024.md").read_text()
    assert "|_cq_id|`uuid`|" in page.replace(" (PK)", "") and "|n|`int64`|" in page, page


def test_documentation_of_no_bucket_has_no_tables(plugin):
    """As the SDKs ask: without a connection, and without a spec."""
    plugin.init(None, no_connection=True)
    assert plugin.tables() == []
    assert "bucket is required" in plugin.init_error(None).details()


def test_summary(filled, cloudquery):
    filled.put("people/bad.parquet", b"no Parquet")
    run = cloudquery.sync(filled.spec()).succeeded()
    summary = run.summary
    assert (summary["resources"], summary["source_name"], summary["source_errors"], summary["source_warnings"]) == (60, "s3", 0, 1)
    assert summary["destination_name"] == "recorder" and summary["destination_errors"] == 0


def test_migrate(filled, cloudquery):
    run = cloudquery.run("migrate", filled.spec()).succeeded()
    assert run.recording.tables == ["people", "sales_2024"]
    assert not run.recording.of_kind("insert")


def test_test_connection(filled, cloudquery):
    run = cloudquery.run("test-connection", filled.spec()).succeeded()
    assert "Success" in run.output
    run = cloudquery.run("test-connection", filled.spec(bucket="no-such-bucket-anywhere")).failed()
    assert "Failure" in run.output
    assert "no-such-bucket-anywhere" in run.output


def test_codes_of_failed_connections(filled, plugin, proxy, credentials, tmp_path):
    def code(spec, tried=plugin):
        answer = tried.stub.TestConnection(pb.TestConnection.Request(spec=json.dumps(spec).encode()), timeout=60)
        assert answer.success == (answer.failure_code == "") == (answer.failure_description == "")
        return answer.failure_code

    assert code(filled.spec()) == ""
    assert code(filled.spec(rows_per_record=0)) == "INVALID_SPEC"
    assert code(filled.spec(bucket="no-such-bucket-anywhere")) == "BUCKET_NOT_FOUND"
    assert code(filled.spec(endpoint="http://127.0.0.1:9", max_retries=0)) == "UNREACHABLE"
    proxy.rules.append(Rule("list-type=2", times=99, status=403, code="AccessDenied"))
    assert code(filled.spec(endpoint=proxy.endpoint)) == "ACCESS_DENIED"
    stranger = PluginProcess(tmp_path / "stranger", credentials | {"AWS_SECRET_ACCESS_KEY": "wrong"})
    try:
        assert code(filled.spec(), stranger) == "UNAUTHORIZED"
    finally:
        stranger.stop()
    nobody = PluginProcess(tmp_path / "nobody", {
        name: value for name, value in credentials.items() if not name.startswith("AWS_ACCESS")} | {
            "AWS_CONFIG_FILE": "/nonexistent", "AWS_SHARED_CREDENTIALS_FILE": "/nonexistent"})
    try:
        assert code(filled.spec(), nobody) == "UNAUTHORIZED"
    finally:
        nobody.stop()


def test_every_example_of_the_schema_is_valid(plugin, cloudquery):
    """One source for every example: the CLI holds all of them against the schema."""
    schema = json.loads(plugin.stub.GetSpecSchema(pb.GetSpecSchema.Request()).json_schema)
    needs = {"external_id": {"role_arn": "arn:aws:iam::123456789012:role/r"},
             "role_session_name": {"role_arn": "arn:aws:iam::123456789012:role/r"}, "deleted_objects": {"lineage": True}}
    # Variables of other fields are the user's.
    examples = [
        (name, example) for name, field in schema["properties"].items() for example in [*field["examples"], field.get("default")]
        if example is not None and "${" not in json.dumps(example)]
    documents = [
        {"kind": "source", "spec": {
            "name": f"s{number}", "registry": "grpc", "path": plugin.target, "tables": ["*"], "destinations": ["recorder"],
            "spec": {"bucket": "b"} | needs.get(name, {}) | {name: example}}}
        for number, (name, example) in enumerate(examples)]
    documents.append({"kind": "destination", "spec": {
        "name": "recorder", "registry": "local", "path": str(cloudquery.destination_path), "spec": {"folder": "f"}}})
    cloudquery.work.mkdir(parents=True, exist_ok=True)
    config = cloudquery.work / "examples.yml"
    config.write_text("\n---\n".join(map(json.dumps, documents)))
    ended = subprocess.run(
        [ROOT / "Tools/cloudquery", "validate-config", str(config)], env=cloudquery.env, cwd=cloudquery.work,
        capture_output=True, text=True, timeout=120, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert len(examples) > 50


def test_validate_config(filled, cloudquery):
    cloudquery.run("validate-config", filled.spec()).succeeded()
    for wrong in ({"rows_per_record": 0}, {"unknown": 1}, {"bucket": 7}):
        cloudquery.run("validate-config", filled.spec(**wrong)).failed()


@pytest.mark.parametrize("network", ["tcp", "unix"])
def test_one_plugin_serves_many_syncs(filled, make_bucket, cloudquery, credentials, tmp_path, network):
    address = f"127.0.0.1:{free_port()}" if network == "tcp" else None
    plugin = PluginProcess(tmp_path, credentials, network=network, address=address)
    try:
        cloudquery.registry, cloudquery.path = "grpc", plugin.target
        run = cloudquery.sync(filled.spec()).succeeded()
        assert not differences(run.recording.rows("people"), TABLE)
        other = make_bucket("other")
        other.put_table("other/a.parquet", TABLE)
        run = cloudquery.sync(other.spec()).succeeded()
        assert run.recording.tables == ["other"], "Init replaces what an earlier sync knew"
        assert plugin.process.poll() is None
    finally:
        plugin.stop()


def test_the_service(plugin, filled):
    assert plugin.versions() == [3]
    assert plugin.stub.GetName(pb.GetName.Request()).name == "s3"
    assert plugin.stub.GetVersion(pb.GetVersion.Request()).version
    schema = json.loads(plugin.stub.GetSpecSchema(pb.GetSpecSchema.Request()).json_schema)
    assert "bucket" in schema["required"]
    assert schema["additionalProperties"] is False
    calls = (
        (plugin.stub.Read, pb.Read.Request()), (plugin.stub.Write, iter([pb.Write.Request()])),
        (plugin.stub.Transform, iter([pb.Transform.Request()])),
        (plugin.stub.TransformSchema, pb.TransformSchema.Request()),
        (plugin.channel.unary_unary("/cloudquery.plugin.v3.Plugin/AssessTables"), b""),
        (plugin.channel.unary_unary("/cloudquery.discovery.v0.Discovery/GetVersions"), b""))
    for call, request in calls:
        with pytest.raises(grpc.RpcError) as caught:
            answer = call(request, timeout=10)
            list(answer) if hasattr(answer, "__iter__") else None
        assert caught.value.code() == grpc.StatusCode.UNIMPLEMENTED
    plugin.init(filled.spec())
    assert len(plugin.tables()) == 2
    plugin.stub.Close(pb.Close.Request())


def test_tables_before_init_is_an_error_not_a_crash(plugin):
    with pytest.raises(grpc.RpcError) as caught:
        plugin.tables()
    assert "initialized" in caught.value.details().lower()
    assert plugin.process.poll() is None


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_signals_end_an_idle_plugin(plugin, number):
    assert plugin.stop(number) == 0
    assert not os.path.exists(plugin.address)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_signals_end_a_plugin_in_the_middle_of_a_sync(plugin, bucket, number):
    bucket.put_table("t/a.parquet", pa.table({"n": pa.array(range(300_000))}))
    plugin.init(bucket.spec(rows_per_record=10))
    messages = plugin.sync()
    for _ in range(3):
        next(messages)
    assert plugin.process.poll() is None
    plugin.process.send_signal(number)
    assert plugin.process.wait(5) == 0
    with pytest.raises(grpc.RpcError):
        list(messages)


def test_it_listens_within_100_milliseconds(tmp_path, credentials):
    """The best of a few starts: other work on the machine is not the plugin's."""
    seconds = []
    for number in range(8):
        plugin = PluginProcess(tmp_path / str(number), credentials)
        seconds.append(plugin.seconds_to_listen)
        plugin.stop()
    assert min(seconds) < 0.1, seconds


@pytest.mark.parametrize("arguments", [["serve", "--no-such-flag"], ["serve", "positional"], ["no-such-command"]])
def test_wrong_usage(arguments):
    ended = subprocess.run([plugin_path(), *arguments], capture_output=True, text=True, timeout=10, check=False)
    assert ended.returncode == 1
    assert "Usage: cq-source-s3" in ended.stderr


def test_flags_of_the_go_plugin_are_accepted(tmp_path, credentials):
    address = str(pathlib.Path("/tmp") / f"cq-flags-{os.getpid()}.sock")
    process = subprocess.Popen(
        [plugin_path(), "serve", "--network=unix", f"--address={address}", "--log-level=debug", "--log-format=json",
         "--no-sentry=true", "--otel-endpoint", "localhost:1", "--otel-endpoint-insecure", "--license", ""],
        env=credentials, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    line = json.loads(process.stdout.readline())
    assert line["level"] in ("debug", "info")
    assert line["message"]
    process.terminate()
    assert process.wait(5) == 0


def test_log_lines_are_json_the_cli_understands(filled, cloudquery):
    run = cloudquery.sync(filled.spec()).succeeded()
    ours = [line for line in run.log if line.get("module", "").startswith("s3")]
    assert ours, "the plugin logged nothing"
    assert all(line["level"] in ("trace", "debug", "info", "warn", "error") for line in ours)
    assert not [line for line in run.log if line["level"] in ("unknown", "unreadable")]
    started = next(index for index, line in enumerate(ours) if line.get("method", "").endswith("/Init"))
    invocations = {line.get("invocation_id") for line in ours[started + 1:]}
    [invocation] = {event["invocation"] for event in run.recording.of_kind("init")}
    assert invocations == {invocation}, "every line after Init says which run it is of"
