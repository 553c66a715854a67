"""Several machines share a bucket."""

import pyarrow as pa
import pytest


@pytest.fixture
def filled(bucket):
    for number in range(24):
        bucket.put_table(f"{'ab'[number % 2]}/{number}.parquet", pa.table({"n": pa.array([number * 10, number * 10 + 1])}))
    return bucket


def numbers(run) -> list[int]:
    return [n for table in "ab" if run.recording.batch_sizes(table) for n in run.recording.rows(table)["n"].to_pylist()]


ALL = sorted(n * 10 + more for n in range(24) for more in (0, 1))


@pytest.mark.parametrize("state", [False, True], ids=["full", "incremental"])
def test_shards_send_every_row_once(filled, cloudquery, state):
    found = []
    for shard in ("1/3", "2/3", "3/3"):
        run = cloudquery.sync(filled.spec(), state=state, arguments=("--shard", shard)).succeeded()
        assert run.recording.tables == ["a", "b"]
        found.append(numbers(run))
    assert all(0 < len(part) < 48 for part in found)
    assert sorted(n for part in found for n in part) == ALL


def test_the_number_of_shards_may_change(filled, cloudquery):
    for shard in ("1/2", "2/2"):
        cloudquery.sync(filled.spec(), state=True, arguments=("--shard", shard)).succeeded()
    filled.put_table("a/new.parquet", pa.table({"n": pa.array([7777])}))
    found = [numbers(cloudquery.sync(filled.spec(), state=True, arguments=("--shard", f"{n}/3")).succeeded()) for n in (1, 2, 3)]
    assert [n for part in found for n in part] == [7777]
    assert numbers(cloudquery.sync(filled.spec(), state=True).succeeded()) == []
