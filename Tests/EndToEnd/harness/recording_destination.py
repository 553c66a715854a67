"""A CloudQuery destination that keeps every message as it came, for tests to look at.

Nothing is interpreted while writing, so memory stays flat. Each message is held against the protocol: a violation
fails the Write stream and with it the sync. The folder holds

    events.jsonl        one line per message in order of arrival
    schemas/N.arrow     the schema of the N-th event, a migration
    data.arrows         the Arrow streams of all inserts, one after the other (offsets are in the events)
"""

from __future__ import annotations

import json
import pathlib
import threading
import time
from typing import Any, Iterator

import pyarrow as pa
from cloudquery.plugin_v3 import plugin_pb2 as pb
from harness.recording import Recording
from plugin_server import (
    Destination, delete_condition, metadata_text, primary_keys, read_batches, read_schema, serve, table_name)

STATE_COLUMNS = {"key", "value", "version"}


class Violation(ValueError):
    """A message that the protocol forbids."""


class RecordingDestination(Destination):
    name = "recorder"
    spec_schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "required": ["folder"],
        "additionalProperties": False,
        "properties": {
            "folder": {"type": "string", "minLength": 1},
            # Fails the stream when this many inserts of data tables arrived.
            "fail_after": {"type": "integer", "minimum": 1},
            # Waits after each insert.
            "delay_ms": {"type": "integer", "minimum": 0},
            # Refuses to read or write state.
            "no_state": {"type": "boolean"},
        },
    }

    def open(self, spec: dict[str, Any], invocation_id: str) -> None:
        self.spec = spec
        self.folder = pathlib.Path(spec["folder"])
        (self.folder / "schemas").mkdir(parents=True, exist_ok=True)
        self.lock = threading.Lock()
        self.schemas: dict[str, pa.Schema] = {}
        self.sequence = 0
        self.insert_count = 0
        self.stream_count = 0
        events = self.folder / "events.jsonl"
        if events.exists():
            for line in events.read_text().splitlines():
                event = json.loads(line)
                self.sequence = event["sequence"]
                if event["kind"] == "migrate":
                    self.schemas[event["table"]] = read_schema((self.folder / event["file"]).read_bytes())
        self.events = events.open("a", buffering=1)
        self.data = (self.folder / "data.arrows").open("ab")
        self.event("init", invocation=invocation_id)

    def event(self, kind: str, **fields: Any) -> None:
        self.sequence += 1
        line = {"sequence": self.sequence, "seconds": time.time(), "kind": kind, **fields}
        self.events.write(json.dumps(line) + "\n")

    def write(self, requests: Iterator[pb.Write.Request]) -> None:
        with self.lock:
            self.stream_count += 1
            stream = self.stream_count
        for request in requests:
            kind = request.WhichOneof("message")
            with self.lock:
                if kind == "migrate_table":
                    self.migrate(stream, request.migrate_table.table)
                elif kind == "insert":
                    self.insert(stream, request.insert.record)
                elif kind == "delete":
                    sync_time = request.delete.sync_time
                    self.event("delete_stale", stream=stream, table=request.delete.table_name,
                               micros=sync_time.seconds * 1_000_000 + sync_time.nanos // 1000)
                elif kind == "delete_record":
                    self.delete_record(stream, request.delete_record)
                else:
                    raise Violation(f"unexpected write message {kind}")
            if kind == "insert" and self.spec.get("delay_ms"):
                time.sleep(self.spec["delay_ms"] / 1000)

    def migrate(self, stream: int, table_bytes: bytes) -> None:
        schema = read_schema(table_bytes)
        table = table_name(schema)
        if not table:
            raise Violation("migrate_table without cq:table_name")
        self.refuse_state(schema)
        repeated = {name for name in schema.names if schema.names.count(name) > 1}
        if repeated:
            raise Violation(f"{table}: repeated columns {sorted(repeated)}")
        file = f"schemas/{self.sequence + 1}.arrow"
        (self.folder / file).write_bytes(table_bytes)
        self.schemas[table] = schema
        self.event("migrate", stream=stream, table=table, file=file, keys=primary_keys(schema),
                   incremental=metadata_text(schema.metadata, "cq:extension:incremental") == "true")

    def insert(self, stream: int, record: bytes) -> None:
        schema, batches = read_batches(record)
        table = table_name(schema)
        if not table:
            raise Violation("insert without cq:table_name")
        if len(batches) != 1:
            raise Violation(f"{table}: an insert of {len(batches)} batches")
        if table not in self.schemas:
            raise Violation(f"{table}: insert before migrate_table")
        self.refuse_state(schema)
        compare_with_migrated(table, self.schemas[table], batches[0])
        offset = self.data.tell()
        self.data.write(record)
        self.data.flush()
        self.event("insert", stream=stream, table=table, offset=offset, bytes=len(record), rows=batches[0].num_rows)
        if not STATE_COLUMNS <= set(schema.names):
            self.insert_count += 1
            if self.insert_count == self.spec.get("fail_after"):
                raise RuntimeError(f"asked to fail after {self.insert_count} inserts")

    def delete_record(self, stream: int, request: pb.Write.MessageDeleteRecord) -> None:
        table = request.table_name
        condition = delete_condition(request)
        if table not in self.schemas:
            raise Violation(f"{table}: delete_record of a table that was never migrated")
        if not condition:
            raise Violation(f"{table}: delete_record of all rows")
        unknown = {column for _, tests in condition for column, _ in tests} - set(self.schemas[table].names)
        if unknown:
            raise Violation(f"{table}: delete_record by columns {sorted(unknown)}")
        self.event("delete_record", stream=stream, table=table, where=condition)

    def refuse_state(self, schema: pa.Schema) -> None:
        if self.spec.get("no_state") and STATE_COLUMNS <= set(schema.names):
            raise RuntimeError("this destination keeps no state")

    def read(self, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
        self.refuse_state(schema)
        table = table_name(schema)
        rows = Recording(self.folder).rows(table, all_runs=True)
        latest: dict[Any, dict[str, Any]] = {}
        keys = primary_keys(schema)
        for row in rows.to_pylist():
            latest[tuple(row[key] for key in keys)] = row
        with self.lock:
            self.event("read", table=table, rows=len(latest))
        if latest:
            columns = [pa.array([row[field.name] for row in latest.values()], field.type) for field in schema]
            yield pa.RecordBatch.from_arrays(columns, schema=schema)


def compare_with_migrated(table: str, migrated: pa.Schema, batch: pa.RecordBatch) -> None:
    """Records must have the columns of the migration: same names, order, types and nullability."""
    if batch.schema.names != migrated.names:
        raise Violation(f"{table}: columns {batch.schema.names}, migrated were {migrated.names}")
    keys = primary_keys(migrated)
    for wanted, got, column in zip(migrated, batch.schema, batch.columns):
        if wanted.type != got.type or wanted.nullable != got.nullable or wanted.metadata != got.metadata:
            raise Violation(f"{table}.{got.name}: {got} {got.metadata}, migrated was {wanted} {wanted.metadata}")
        if column.null_count and (not wanted.nullable or wanted.name in keys):
            raise Violation(f"{table}.{got.name}: {column.null_count} nulls in a column that must have none")
    batch.validate(full=True)


if __name__ == "__main__":
    serve(RecordingDestination())
