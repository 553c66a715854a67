"""Reads what the recording destination wrote."""

from __future__ import annotations

import functools
import json
import pathlib
from typing import Any

import pyarrow as pa


class Recording:
    """The messages of one folder. Without `all_runs` only those since the last Init count: the last sync."""

    def __init__(self, folder: pathlib.Path) -> None:
        self.folder = pathlib.Path(folder)

    @functools.cached_property
    def all_events(self) -> list[dict[str, Any]]:
        file = self.folder / "events.jsonl"
        return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []

    @functools.cached_property
    def events(self) -> list[dict[str, Any]]:
        starts = [index for index, event in enumerate(self.all_events) if event["kind"] == "init"]
        return self.all_events[starts[-1]:] if starts else []

    def of_kind(self, kind: str, table: str | None = None, all_runs: bool = False) -> list[dict[str, Any]]:
        events = self.all_events if all_runs else self.events
        return [event for event in events if event["kind"] == kind and table in (None, event.get("table"))]

    @property
    def tables(self) -> list[str]:
        """Names of the migrated tables, without those of state."""
        names = {event["table"] for event in self.of_kind("migrate")}
        return sorted(name for name in names if "_cq_id" in self.schema(name).names)

    def schema(self, table: str) -> pa.Schema:
        event = self.of_kind("migrate", table, all_runs=True)[-1]
        with pa.ipc.open_stream(str(self.folder / event["file"])) as reader:
            return reader.schema

    def batches(self, table: str, all_runs: bool = False) -> list[pa.RecordBatch]:
        found = []
        inserts = self.of_kind("insert", table, all_runs)
        if not inserts:
            return found
        with pa.memory_map(str(self.folder / "data.arrows")) as file:
            for event in inserts:
                file.seek(event["offset"])
                with pa.ipc.open_stream(file.read_buffer(event["bytes"])) as reader:
                    found.extend(reader)
        return found

    def batch_sizes(self, table: str) -> list[int]:
        return [event["rows"] for event in self.of_kind("insert", table)]

    def row_count(self, table: str | None = None) -> int:
        tables = self.tables if table is None else [table]
        return sum(sum(self.batch_sizes(name)) for name in tables)

    def rows(self, table: str, all_runs: bool = False) -> pa.Table:
        """Every row that arrived, in order of arrival."""
        batches = self.batches(table, all_runs)
        if batches:
            return pa.Table.from_batches(batches)
        return self.schema(table).empty_table() if self.of_kind("migrate", table, all_runs=True) else pa.table({})

    def present(self, table: str) -> list[dict[str, Any]]:
        """The rows that a table has after all runs at a destination that overwrites by primary key and deletes as told,
        in order of their first arrival."""
        rows: dict[Any, dict[str, Any]] = {}
        for event in self.all_events:
            if event.get("table") != table:
                continue
            if event["kind"] == "insert":
                for row in self.batch(event).to_pylist():
                    rows[row["_cq_id"]] = row
            elif event["kind"] == "delete_record":
                rows = {key: row for key, row in rows.items() if not matches(row, event["where"])}
        return list(rows.values())

    def batch(self, insert: dict[str, Any]) -> pa.RecordBatch:
        with pa.memory_map(str(self.folder / "data.arrows")) as file:
            file.seek(insert["offset"])
            with pa.ipc.open_stream(file.read_buffer(insert["bytes"])) as reader:
                return next(iter(reader))


def matches(row: dict[str, Any], condition: list[tuple[str, list[tuple[str, Any]]]]) -> bool:
    def holds(word: str, tests: list[tuple[str, Any]]) -> bool:
        found = [row[column] is not None and row[column] == value for column, value in tests]
        return all(found) if word == "AND" else any(found)

    return all(holds(word, tests) for word, tests in condition)
