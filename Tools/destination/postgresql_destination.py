"""A CloudQuery destination that writes into a PostgreSQL database; it also keeps a source's sync state.

Spec: connection_string, as libpq takes it. Rows are written in transactions, by COPY and an upsert.
"""

from __future__ import annotations

from typing import Any, Iterator

import psycopg
import psycopg.sql
import pyarrow as pa

from plugin_server import primary_keys, serve, table_name
from postgresql_types import column_type, values
from sql_destination import SQLDestination, quoted


class PostgreSQLDestination(SQLDestination):
    name = "postgresql"
    parameter = "%s"
    spec_schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "required": ["connection_string"],
        "additionalProperties": False,
        "properties": {"connection_string": {"type": "string", "minLength": 1}},
    }

    def open(self, spec: dict[str, Any], invocation_id: str) -> None:
        self.database = psycopg.connect(spec["connection_string"], autocommit=True)

    def column_type(self, field: pa.Field) -> str:
        return column_type(field)

    def comment(self, table: str) -> str | None:
        [found] = self.database.execute(
            "SELECT obj_description(to_regclass(%s)::oid, 'pg_class')", [quoted(table)]).fetchone()
        return found

    def make(self, table: str, definition: str, comment: str) -> None:
        with self.database.transaction():
            self.database.execute(f"DROP TABLE IF EXISTS {quoted(table)}")
            self.database.execute(f"CREATE TABLE {quoted(table)} ({definition})")
            self.database.execute(
                psycopg.sql.SQL("COMMENT ON TABLE {} IS {}").format(psycopg.sql.Identifier(table), comment))

    def insert(self, table: str, rows: pa.Table) -> None:
        names = ", ".join(map(quoted, rows.schema.names))
        columns = [values(field, rows.column(index)) for index, field in enumerate(rows.schema)]
        keys = primary_keys(rows.schema)
        with self.database.transaction(), self.database.cursor() as cursor:
            target = quoted(table)
            if keys:
                target = "arriving"
                cursor.execute(f"CREATE TEMPORARY TABLE arriving (LIKE {quoted(table)}) ON COMMIT DROP")
            with cursor.copy(f"COPY {target} ({names}) FROM STDIN") as copy:
                for row in zip(*columns):
                    copy.write_row(row)
            if keys:
                changes = ", ".join(
                    f"{quoted(name)} = EXCLUDED.{quoted(name)}" for name in rows.schema.names if name not in keys)
                action = f"UPDATE SET {changes}" if changes else "NOTHING"
                # A key that comes twice in one statement cannot be upserted: its last row counts.
                key = ", ".join(map(quoted, keys))
                cursor.execute(
                    f"INSERT INTO {quoted(table)} ({names}) SELECT DISTINCT ON ({key}) {names} FROM arriving "
                    f"ORDER BY {key}, ctid DESC ON CONFLICT ({key}) DO {action}")

    def stale(self, sync_micros: int) -> tuple[str, Any]:
        return "_cq_sync_time < timestamp '1970-01-01' + %s * interval '1 microsecond'", sync_micros

    def read(self, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
        names = ", ".join(map(quoted, schema.names))
        with self.lock:
            rows = self.database.execute(f"SELECT {names} FROM {quoted(table_name(schema))}").fetchall()
        if not rows:
            return
        columns = []
        for field, column in zip(schema, zip(*rows)):
            # Unsigned numbers are kept as decimals.
            whole = pa.types.is_integer(field.type)
            columns.append(pa.array([int(value) if whole and value is not None else value for value in column], field.type))
        yield pa.RecordBatch.from_arrays(columns, schema=schema)


if __name__ == "__main__":
    serve(PostgreSQLDestination())
