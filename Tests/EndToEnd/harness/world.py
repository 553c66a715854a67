"""The bucket of the fault scenarios, and what a sync of it has to come to whatever happens on the way."""

from __future__ import annotations

import copy
import random
from typing import Any

import pyarrow as pa

from harness import ideal
from harness.cli import CloudQuery, Run
from harness.direct import Direct
from harness.digests import differences
from harness.faults import FaultyServer, Rule
from harness.s3 import parquet_bytes

SMALL = pa.table({"n": pa.array(range(20)), "s": pa.array([f"row {n}" for n in range(20)])})
# About 11 MiB in three row groups of few long values: its end first, then its parts.
LARGE = pa.table({"n": pa.array(range(100, 5_600)), "x": pa.array([random.Random(n).randbytes(2_000) for n in range(5_500)])})
LARGE_BYTES = parquet_bytes(LARGE, compression="none", use_dictionary=False, row_group_size=2_000)
ROW_COUNT = 27 + LARGE.num_rows
SMALL_BYTES = parquet_bytes(SMALL)
ROWS = {"small": pa.concat_tables([SMALL, SMALL.slice(0, 7)]), "large": LARGE}
AWS_REGION = "eu-central-1"
KEYS = ["small/a.parquet", "small/b.parquet", "large/c.parquet"]
IDEAL = ideal.lists(3) + 2 * ideal.gets(len(SMALL_BYTES), 1) + ideal.gets(len(LARGE_BYTES), 3)


class World:
    """Three objects, the server that hurts what is asked of them, and what syncs them."""

    def __init__(self, server: FaultyServer, bucket: Any, syncs: CloudQuery | Direct, **spec: Any) -> None:
        """`spec` has what every sync's spec says, unless the sync says otherwise."""
        self.server, self.bucket, self.syncs = server, bucket, syncs
        self.spec = {"endpoint": server.endpoint} | spec
        bucket.put(KEYS[0], SMALL_BYTES)
        bucket.put(KEYS[1], parquet_bytes(SMALL.slice(0, 7)))
        bucket.put(KEYS[2], LARGE_BYTES)

    def sync(self, *rules: Rule, state: bool = False, **spec: Any) -> Run:
        """A sync that meets what the rules say."""
        self.server.rules += [copy.copy(rule) for rule in rules]
        return self.syncs.sync(self.bucket.spec(**self.spec | spec), state=state)

    def passes(self, *rules: Rule, more: int = 0, **spec: Any) -> Run:
        """A sync that the rules' faults do not keep from its rows, at one request for each fault and `more`."""
        injected = sum(rule.times for rule in rules)
        run = self.sync(*rules, **spec).succeeded()
        assert not self.unused, f"not met: {self.unused}"
        self.expect_rows(run)
        self.expect_requests(injected + more)
        assert all("another region" in line or "clock of this machine" in line for line in run.warnings), run.warnings
        return run

    def passes_over(self, key: str, text: str, *rules: Rule, **spec: Any) -> Run:
        """A sync that warns of one object, by its key and reason, and reads all others."""
        run = self.sync(*rules, **spec).succeeded()
        warnings = [line for line in run.warnings if key in line]
        assert len(warnings) == 1 and text in warnings[0], run.warnings
        self.expect_rows(run, without=key)
        return run

    def ends(self, text: str, *rules: Rule, **spec: Any) -> Run:
        """A sync that fails and says why."""
        run = self.sync(*rules, **spec).failed()
        assert text in run.output, run.output
        return run

    @property
    def unused(self) -> list[Rule]:
        return [rule for rule in self.server.rules if rule.times > 0]

    def expect_rows(self, run: Run, without: str | None = None) -> None:
        """The rows are pyarrow's, of all objects or of all but one."""
        wanted = {
            "small": {KEYS[0]: SMALL.slice(0, 7), KEYS[1]: SMALL}.get(without, ROWS["small"]),
            "large": LARGE.slice(0, 0) if without == KEYS[2] else LARGE,
        }
        for table, rows in wanted.items():
            if rows.num_rows:
                assert not differences(run.recording.rows(table), rows), table
            else:
                assert run.recording.row_count(table) == 0

    def expect_requests(self, injected: int) -> None:
        """No more requests than there are reasons for."""
        made = self.server.requests
        allowed = IDEAL + injected + ideal.hedges(len(made))
        shown = [(request.method, request.target, request.range) for request in made]
        assert len(made) <= allowed, f"{len(made)} of {allowed}: {shown}"

    def requests_for(self, key: str) -> int:
        return sum(request.path.endswith(key) for request in self.server.requests)
