"""The gRPC side that every CloudQuery destination written here shares: flags, logs, discovery, Arrow payloads."""

from __future__ import annotations

import argparse
import io
import json
import signal
import threading
from concurrent import futures
from typing import Any, Iterator

import grpc
import pyarrow as pa
from cloudquery.discovery_v1 import discovery_pb2, discovery_pb2_grpc
from cloudquery.plugin_v3 import plugin_pb2 as pb
from cloudquery.plugin_v3 import plugin_pb2_grpc

MESSAGE_LIMIT = 200 * 1024 * 1024
LEVELS = ["trace", "debug", "info", "warn", "error"]


class Log:
    """Lines for the CLI, which reads JSON from standard output and counts `warn` and `error`."""

    def __init__(self, module: str, level: str = "info", as_json: bool = False) -> None:
        self.module = module
        self.threshold = LEVELS.index(level)
        self.as_json = as_json

    def __call__(self, level: str, message: str, **fields: Any) -> None:
        if LEVELS.index(level) < self.threshold:
            return
        if self.as_json:
            print(json.dumps({"level": level, "module": self.module, **fields, "message": message}), flush=True)
        else:
            print(level.upper(), message, fields or "", flush=True)


def metadata_text(metadata: dict[bytes, bytes] | None, key: str) -> str | None:
    """The value of one metadata key, or None."""
    value = (metadata or {}).get(key.encode())
    return None if value is None else value.decode()


def primary_keys(schema: pa.Schema) -> list[str]:
    return [field.name for field in schema if metadata_text(field.metadata, "cq:extension:primary_key") == "true"]


def table_name(schema: pa.Schema) -> str | None:
    return metadata_text(schema.metadata, "cq:table_name")


def read_schema(stream: bytes) -> pa.Schema:
    """The schema of an Arrow IPC stream."""
    with pa.ipc.open_stream(pa.py_buffer(stream)) as reader:
        return reader.schema


def read_batches(stream: bytes) -> tuple[pa.Schema, list[pa.RecordBatch]]:
    """The schema and all batches of an Arrow IPC stream."""
    with pa.ipc.open_stream(pa.py_buffer(stream)) as reader:
        return reader.schema, list(reader)


def batch_stream(batch: pa.RecordBatch) -> bytes:
    """One batch as an Arrow IPC stream."""
    sink = io.BytesIO()
    with pa.ipc.new_stream(sink, batch.schema) as writer:
        writer.write_batch(batch)
    return sink.getvalue()


def delete_condition(message: pb.Write.MessageDeleteRecord) -> list[tuple[str, list[tuple[str, Any]]]]:
    """Which rows to delete: groups that must all hold, each as AND or OR over columns and the values they must equal."""
    if message.table_relations:
        raise ValueError(f"{message.table_name}: rows of other tables cannot be deleted along")
    groups = []
    for group in message.where_clause:
        word = pb.PredicatesGroup.GroupingType.Name(group.grouping_type)
        tests = []
        for predicate in group.predicates:
            _, batches = read_batches(predicate.record)
            [value] = [value for batch in batches for value in batch.column(0).to_pylist()]
            tests.append((predicate.column, value))
        if tests:
            groups.append((word, tests))
    return groups


class Destination(plugin_pb2_grpc.PluginServicer):
    """A destination plugin. Subclasses open a store and handle the messages of one Write stream."""

    name = "destination"
    version = "v1.0.0"
    spec_schema: dict[str, Any] = {"type": "object"}

    def __init__(self) -> None:
        self.log = Log(f"{self.name}-destination")
        self.opened = False

    # What a subclass supplies.

    def open(self, spec: dict[str, Any], invocation_id: str) -> None:
        raise NotImplementedError

    def write(self, requests: Iterator[pb.Write.Request]) -> None:
        raise NotImplementedError

    def read(self, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
        raise NotImplementedError

    def close(self) -> None:
        """Ends what `open` began."""

    # The service.

    def GetName(self, request, context):
        return pb.GetName.Response(name=self.name)

    def GetVersion(self, request, context):
        return pb.GetVersion.Response(version=self.version)

    def GetSpecSchema(self, request, context):
        return pb.GetSpecSchema.Response(json_schema=json.dumps(self.spec_schema))

    def TestConnection(self, request, context):
        missing = [name for name in self.spec_schema.get("required", []) if name not in parse_spec(request.spec)]
        if missing:
            return pb.TestConnection.Response(
                success=False, failure_code="INVALID_SPEC", failure_description=f"{missing[0]} is required")
        return pb.TestConnection.Response(success=True)

    def Init(self, request, context):
        spec = parse_spec(request.spec)
        for name in self.spec_schema.get("required", []):
            if name not in spec:
                context.abort(grpc.StatusCode.INVALID_ARGUMENT, f"spec.{name} is required")
        if not request.no_connection:
            try:
                self.open(spec, request.invocation_id)
            except Exception as error:
                context.abort(grpc.StatusCode.INTERNAL, f"failed to init plugin: {error}")
            self.opened = True
        return pb.Init.Response()

    def Write(self, request_iterator, context):
        self.require_open(context)
        try:
            self.write(request_iterator)
        except grpc.RpcError:
            raise
        except Exception as error:
            self.log("error", "write failed", error=str(error))
            context.abort(grpc.StatusCode.INTERNAL, f"write failed: {error}")
        return pb.Write.Response()

    def Read(self, request, context):
        self.require_open(context)
        for batch in self.read(read_schema(request.table)):
            yield pb.Read.Response(record=batch_stream(batch))

    def GetTables(self, request, context):
        context.abort(grpc.StatusCode.UNIMPLEMENTED, "this plugin is a destination")

    def Sync(self, request, context):
        context.abort(grpc.StatusCode.UNIMPLEMENTED, "this plugin is a destination")

    def Close(self, request, context):
        if self.opened:
            self.close()
        return pb.Close.Response()

    def require_open(self, context) -> None:
        if not self.opened:
            context.abort(grpc.StatusCode.FAILED_PRECONDITION, "plugin not initialized")


class Discovery(discovery_pb2_grpc.DiscoveryServicer):
    def GetVersions(self, request, context):
        return discovery_pb2.GetVersions.Response(versions=[3])


def parse_spec(spec: bytes) -> dict[str, Any]:
    return json.loads(spec or b"null") or {}


def start(destination: Destination, target: str) -> grpc.Server:
    """A running server of the destination."""
    server = grpc.server(
        futures.ThreadPoolExecutor(max_workers=16),
        options=[
            ("grpc.max_receive_message_length", MESSAGE_LIMIT),
            ("grpc.max_send_message_length", MESSAGE_LIMIT),
        ])
    plugin_pb2_grpc.add_PluginServicer_to_server(destination, server)
    discovery_pb2_grpc.add_DiscoveryServicer_to_server(Discovery(), server)
    server.add_insecure_port(target)
    server.start()
    return server


def serve(destination: Destination) -> None:
    """Runs `PLUGIN serve …` until SIGINT or SIGTERM."""
    parser = argparse.ArgumentParser(prog=destination.name)
    command = parser.add_subparsers(dest="command", required=True).add_parser("serve")
    command.add_argument("--address", default="localhost:7777")
    command.add_argument("--network", default="tcp")
    command.add_argument("--log-level", default="info", choices=LEVELS)
    command.add_argument("--log-format", default="text", choices=["text", "json"])
    for flag in ("--no-sentry", "--otel-endpoint-insecure"):
        command.add_argument(flag, action="store_true")
    for flag in ("--otel-endpoint", "--license"):
        command.add_argument(flag, default="")
    options = parser.parse_args()
    destination.log = Log(f"{destination.name}-destination", options.log_level, options.log_format == "json")

    server = start(destination, ("unix:" if options.network == "unix" else "") + options.address)
    destination.log("info", "Plugin server listening", address=options.address)

    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    stop.wait()
    server.stop(0.2).wait()
