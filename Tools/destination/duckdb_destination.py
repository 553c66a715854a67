"""A CloudQuery destination that writes into one local DuckDB file; it also keeps a source's sync state.

Spec: path, the database file (created when missing). Tables get the column types, NOT NULL and primary keys that
the source migrates; rows with a known primary key replace the old ones. A table whose columns changed is made anew.
"""

from __future__ import annotations

import threading
from typing import Any, Iterator

import duckdb
import pyarrow as pa
from cloudquery.plugin_v3 import plugin_pb2 as pb

from arrow_types import column_type, insertable, quoted, sql_condition
from plugin_server import (
    Destination, delete_condition, primary_keys, read_batches, read_schema, serve, table_name)

# Rows held back per table: one statement per batch of a few hundred rows would spend its time in the planner.
ROWS_PER_STATEMENT = 50_000


class DuckDBDestination(Destination):
    name = "duckdb"
    spec_schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "required": ["path"],
        "additionalProperties": False,
        "properties": {"path": {"type": "string", "minLength": 1}},
    }

    def open(self, spec: dict[str, Any], invocation_id: str) -> None:
        self.database = duckdb.connect(spec["path"])
        # Write streams of the CLI and of a source's state client overlap.
        self.lock = threading.Lock()

    def close(self) -> None:
        self.database.close()

    def write(self, requests: Iterator[pb.Write.Request]) -> None:
        pending: dict[str, list[pa.RecordBatch]] = {}
        for request in requests:
            match request.WhichOneof("message"):
                case "migrate_table":
                    self.flush(pending)
                    self.migrate(read_schema(request.migrate_table.table))
                case "insert":
                    schema, batches = read_batches(request.insert.record)
                    table = table_name(schema)
                    rows = pending.setdefault(table, [])
                    rows.extend(batches)
                    if sum(batch.num_rows for batch in rows) >= ROWS_PER_STATEMENT:
                        self.insert(table, pending.pop(table))
                case "delete":
                    self.flush(pending)
                    self.delete_stale(request.delete)
                case "delete_record":
                    self.flush(pending)
                    self.delete_record(request.delete_record)
                case other:
                    raise ValueError(f"{other} is not supported")
        self.flush(pending)

    def flush(self, pending: dict[str, list[pa.RecordBatch]]) -> None:
        for table in list(pending):
            self.insert(table, pending.pop(table))

    def migrate(self, schema: pa.Schema) -> None:
        table = table_name(schema)
        keys = primary_keys(schema)
        definition = ", ".join(
            f"{quoted(field.name)} {column_type(field)}{'' if field.nullable else ' NOT NULL'}" for field in schema)
        if keys:
            definition += f", PRIMARY KEY ({', '.join(map(quoted, keys))})"
        # The comment remembers what a table was made from, in our words rather than the database's.
        comment = "columns: " + definition
        with self.lock:
            present = self.database.execute(
                "SELECT comment FROM duckdb_tables() WHERE table_name = ?", [table]).fetchall()
            if present != [(comment,)]:
                self.database.execute(f"CREATE OR REPLACE TABLE {quoted(table)} ({definition})")
                escaped = comment.replace("'", "''")
                self.database.execute(f"COMMENT ON TABLE {quoted(table)} IS '{escaped}'")

    def insert(self, table: str, batches: list[pa.RecordBatch]) -> None:
        rows = pa.Table.from_batches(batches)
        keys = primary_keys(rows.schema)
        rows = pa.table(
            [insertable(field, rows.column(index)) for index, field in enumerate(rows.schema)],
            names=rows.schema.names)
        names = ", ".join(map(quoted, rows.schema.names))
        verb = "INSERT OR REPLACE INTO" if keys else "INSERT INTO"
        with self.lock:
            self.database.register("arriving", rows)
            self.database.execute(f"{verb} {quoted(table)} ({names}) SELECT {names} FROM arriving")
            self.database.unregister("arriving")

    def delete_stale(self, request: pb.Write.MessageDeleteStale) -> None:
        micros = request.sync_time.seconds * 1_000_000 + request.sync_time.nanos // 1000
        with self.lock:
            self.database.execute(
                f"DELETE FROM {quoted(request.table_name)} "
                "WHERE _cq_source_name = ? AND epoch_us(_cq_sync_time) < ?",
                [request.source_name, micros])

    def delete_record(self, request: pb.Write.MessageDeleteRecord) -> None:
        condition, values = sql_condition(delete_condition(request), "?")
        with self.lock:
            self.database.execute(f"DELETE FROM {quoted(request.table_name)} WHERE {condition}", values)

    def read(self, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
        names = ", ".join(map(quoted, schema.names))
        with self.lock:
            rows = self.database.sql(f"SELECT {names} FROM {quoted(table_name(schema))}").to_arrow_table()
        columns = [rows.column(field.name).cast(field.type) for field in schema]
        yield from pa.Table.from_arrays(columns, schema=schema).combine_chunks().to_batches()


if __name__ == "__main__":
    serve(DuckDBDestination())
