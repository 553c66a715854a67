"""What destinations in SQL databases share: the order of writing, what is held back, conditions and names."""

from __future__ import annotations

import threading
from typing import Any, Iterator

import pyarrow as pa
from cloudquery.plugin_v3 import plugin_pb2 as pb

from plugin_server import Destination, delete_condition, metadata_text, primary_keys, read_batches, read_schema, table_name

# Rows held back per table: one statement per batch of a few hundred rows would spend its time in the planner.
ROWS_PER_STATEMENT = 50_000


def quoted(name: str) -> str:
    """A SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def extension_name(field: pa.Field) -> str | None:
    if isinstance(field.type, pa.BaseExtensionType):
        return field.type.extension_name
    return metadata_text(field.metadata, "ARROW:extension:name")


def table_definition(schema: pa.Schema, column_type) -> str:
    """Columns with their types and NOT NULL, then the primary key and the columns without duplicates."""
    parts = [
        f"{quoted(field.name)} {column_type(field)}{'' if field.nullable else ' NOT NULL'}" for field in schema]
    keys = primary_keys(schema)
    if keys:
        parts.append(f"PRIMARY KEY ({', '.join(map(quoted, keys))})")
    for field in schema:
        if metadata_text(field.metadata, "cq:extension:unique") == "true" and keys != [field.name]:
            parts.append(f"UNIQUE ({quoted(field.name)})")
    return ", ".join(parts)


class SQLDestination(Destination):
    """A destination whose tables have the column types, NOT NULL and keys that the source migrates; rows with a known
    primary key replace the old ones. Subclasses run the statements, under `lock`."""

    # How a statement of the database writes a parameter.
    parameter = "?"
    # The connection, which `open` makes.
    database: Any

    def __init__(self) -> None:
        super().__init__()
        # Write streams of the CLI and of a source's state client overlap.
        self.lock = threading.Lock()

    def close(self) -> None:
        self.database.close()

    def execute(self, statement: str, parameters: list[Any]) -> None:
        self.database.execute(statement, parameters)

    # What a subclass supplies.

    def column_type(self, field: pa.Field) -> str:
        raise NotImplementedError

    def comment(self, table: str) -> str | None:
        """The comment of a table; None where there is none, or no table."""
        raise NotImplementedError

    def make(self, table: str, definition: str, comment: str) -> None:
        """Makes a table with a comment, in place of one that may be there."""
        raise NotImplementedError

    def insert(self, table: str, rows: pa.Table) -> None:
        raise NotImplementedError

    def stale(self, sync_micros: int) -> tuple[str, Any]:
        """The condition that `_cq_sync_time` is before a sync, and its parameter."""
        raise NotImplementedError

    # The messages of a Write stream.

    def write(self, requests: Iterator[pb.Write.Request]) -> None:
        pending: dict[str, list[pa.RecordBatch]] = {}
        for request in requests:
            match request.WhichOneof("message"):
                case "migrate_table":
                    self.flush(pending)
                    schema = read_schema(request.migrate_table.table)
                    with self.lock:
                        self.migrate(table_name(schema), schema)
                case "insert":
                    schema, batches = read_batches(request.insert.record)
                    table = table_name(schema)
                    rows = pending.setdefault(table, [])
                    rows.extend(batches)
                    if sum(batch.num_rows for batch in rows) >= ROWS_PER_STATEMENT:
                        self.flush({table: pending.pop(table)})
                case "delete":
                    self.flush(pending)
                    self.delete_stale(request.delete)
                case "delete_record":
                    self.flush(pending)
                    self.delete_record(request.delete_record)
                case other:
                    raise ValueError(f"{other} is not supported")
        self.flush(pending)

    def migrate(self, table: str, schema: pa.Schema) -> None:
        """Makes a table; one whose columns changed is made anew."""
        definition = table_definition(schema, self.column_type)
        # The comment remembers what a table was made from, in our words rather than the database's.
        comment = "columns: " + definition
        if self.comment(table) != comment:
            self.make(table, definition, comment)

    def flush(self, pending: dict[str, list[pa.RecordBatch]]) -> None:
        for table in list(pending):
            with self.lock:
                self.insert(table, pa.Table.from_batches(pending.pop(table)))

    def delete_stale(self, request: pb.Write.MessageDeleteStale) -> None:
        micros = request.sync_time.seconds * 1_000_000 + request.sync_time.nanos // 1000
        condition, value = self.stale(micros)
        with self.lock:
            self.execute(
                f"DELETE FROM {quoted(request.table_name)} WHERE _cq_source_name = {self.parameter} AND {condition}",
                [request.source_name, value])

    def delete_record(self, request: pb.Write.MessageDeleteRecord) -> None:
        parts, values = [], []
        for word, tests in delete_condition(request):
            parts.append("(" + f" {word} ".join(f"{quoted(column)} = {self.parameter}" for column, _ in tests) + ")")
            values += [value for _, value in tests]
        with self.lock:
            self.execute(f"DELETE FROM {quoted(request.table_name)} WHERE {' AND '.join(parts) or 'TRUE'}", values)
