"""A CloudQuery destination that writes into one local DuckDB file; it also keeps a source's sync state.

Spec: path, the database file (created when missing).
"""

from __future__ import annotations

from typing import Any, Iterator

import duckdb
import pyarrow as pa

from duckdb_types import column_type, insertable
from plugin_server import primary_keys, serve, table_name
from sql_destination import SQLDestination, quoted


class DuckDBDestination(SQLDestination):
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

    def column_type(self, field: pa.Field) -> str:
        return column_type(field)

    def comment(self, table: str) -> str | None:
        found = self.database.execute("SELECT comment FROM duckdb_tables() WHERE table_name = ?", [table]).fetchall()
        return found[0][0] if found else None

    def make(self, table: str, definition: str, comment: str) -> None:
        escaped = comment.replace("'", "''")
        self.database.execute(f"CREATE OR REPLACE TABLE {quoted(table)} ({definition})")
        self.database.execute(f"COMMENT ON TABLE {quoted(table)} IS '{escaped}'")

    def insert(self, table: str, rows: pa.Table) -> None:
        verb = "INSERT OR REPLACE INTO" if primary_keys(rows.schema) else "INSERT INTO"
        names = ", ".join(map(quoted, rows.schema.names))
        arriving = pa.table(
            [insertable(field, rows.column(index)) for index, field in enumerate(rows.schema)],
            names=rows.schema.names)
        self.database.register("arriving", arriving)
        self.database.execute(f"{verb} {quoted(table)} ({names}) SELECT {names} FROM arriving")
        self.database.unregister("arriving")

    def stale(self, sync_micros: int) -> tuple[str, Any]:
        return "epoch_us(_cq_sync_time) < ?", sync_micros

    def read(self, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
        names = ", ".join(map(quoted, schema.names))
        with self.lock:
            rows = self.database.sql(f"SELECT {names} FROM {quoted(table_name(schema))}").to_arrow_table()
        columns = [rows.column(field.name).cast(field.type) for field in schema]
        yield from pa.Table.from_arrays(columns, schema=schema).combine_chunks().to_batches()


if __name__ == "__main__":
    serve(DuckDBDestination())
