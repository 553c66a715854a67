"""A sync with a state backend moves what is new, once."""

import time

import pyarrow as pa
import pytest
from harness.s3 import parquet_bytes


def numbers(start: int, count: int) -> bytes:
    return parquet_bytes(pa.table({"n": pa.array(range(start, start + count))}))


def arrived(run, table: str) -> list[int]:
    rows = run.recording.rows(table)
    return sorted(rows["n"].to_pylist()) if run.recording.batch_sizes(table) else []


def sync(cloudquery, bucket, **options):
    return cloudquery.sync(bucket.spec(), state=True, **options).succeeded()


def test_the_second_sync_moves_nothing_and_a_new_object_only_its_rows(bucket, cloudquery):
    bucket.put("a/1.parquet", numbers(0, 600))
    bucket.put("b/1.parquet", numbers(0, 10))
    assert sync(cloudquery, bucket).resources == 610

    second = sync(cloudquery, bucket)
    assert second.resources == 0
    assert second.recording.tables == ["a", "b"], "tables without new rows are migrated all the same"

    bucket.put("a/2.parquet", numbers(1000, 7))
    third = sync(cloudquery, bucket)
    assert arrived(third, "a") == list(range(1000, 1007))
    assert arrived(third, "b") == []
    assert sync(cloudquery, bucket).resources == 0


def test_an_object_put_in_the_same_second_is_not_lost(bucket, cloudquery):
    """S3 tells the time of an object in whole seconds."""
    time.sleep(1 - time.time() % 1)
    bucket.put("a/1.parquet", numbers(0, 5))
    assert sync(cloudquery, bucket).resources == 5
    bucket.put("a/2.parquet", numbers(100, 5))
    bucket.put("a/0.parquet", numbers(200, 5))
    assert arrived(sync(cloudquery, bucket), "a") == [*range(100, 105), *range(200, 205)]


def test_a_replaced_object_is_read_again(bucket, cloudquery):
    bucket.put("a/1.parquet", numbers(0, 5))
    assert sync(cloudquery, bucket).resources == 5
    bucket.put("a/1.parquet", numbers(50, 3))
    assert arrived(sync(cloudquery, bucket), "a") == [50, 51, 52]


def test_a_new_table_is_found(bucket, cloudquery):
    bucket.put("a/1.parquet", numbers(0, 5))
    sync(cloudquery, bucket)
    bucket.put("c/1.parquet", numbers(0, 4))
    run = sync(cloudquery, bucket)
    assert run.resources == 4
    assert run.recording.tables == ["a", "c"]


def test_state_has_the_columns_of_the_state_table(bucket, cloudquery):
    bucket.put("a/1.parquet", numbers(0, 5))
    run = sync(cloudquery, bucket)
    schema = run.recording.schema("cq_state_s3")
    assert [(field.name, str(field.type)) for field in schema] == [("key", "string"), ("value", "string"), ("version", "uint64")]
    rows = run.recording.rows("cq_state_s3").to_pylist()
    cursor = f"s3/{bucket.name}/a/last_modified_cursor"
    assert cursor in [row["key"] for row in rows], rows


def test_incremental_tables_are_never_cleared_as_stale(bucket, cloudquery):
    bucket.put("a/1.parquet", numbers(0, 5))
    sync(cloudquery, bucket)
    run = sync(cloudquery, bucket)
    assert run.recording.of_kind("migrate", "a")[0]["incremental"]
    assert not run.recording.of_kind("delete_stale", "a")


def test_a_failed_sync_keeps_the_old_state(bucket, cloudquery):
    bucket.put("a/1.parquet", numbers(0, 5))
    sync(cloudquery, bucket)
    bucket.put("a/2.parquet", numbers(100, 5))
    bucket.put_table("a/3.parquet", pa.table({"n": ["text"]}))
    cloudquery.sync(bucket.spec(), state=True).failed()
    bucket.delete("a/3.parquet")
    assert arrived(sync(cloudquery, bucket), "a") == list(range(100, 105))


def test_a_backend_that_keeps_no_state_is_told_clearly(bucket, cloudquery):
    bucket.put("a/1.parquet", numbers(0, 5))
    run = cloudquery.sync(bucket.spec(), state=True, destination={"no_state": True}).failed()
    assert "state" in run.output
    assert "keeps no state" in run.output


@pytest.mark.parametrize("malformed", [b"", b"PAR1", b"no Parquet at all" * 100], ids=["empty", "magic", "text"])
def test_a_malformed_object_does_not_hold_up_the_state(bucket, cloudquery, malformed):
    bucket.put("a/1.parquet", numbers(0, 5))
    bucket.put("a/2.parquet", malformed)
    run = sync(cloudquery, bucket)
    assert arrived(run, "a") == list(range(5))
    assert any("a/2.parquet" in line for line in run.warnings), run.log
    assert sync(cloudquery, bucket).resources == 0


def test_what_is_known_of_a_table_is_given_up_where_objects_that_it_was_known_by_do_not_contradict(world):
    """An object of another type than a column had in an object that is gone: footers of all are read, and the table goes on."""
    def table(**columns) -> bytes:
        return parquet_bytes(pa.table({name: pa.array([value]) for name, value in columns.items()}))

    for number in range(4):
        world.bucket.put(f"t/{number}.parquet", table(n=number))
    world.bucket.put("t/gone.parquet", table(n=4, u=1))
    assert world.sync(state=True, schema_mismatch="union", path_prefix="t/").succeeded().resources == 5
    world.bucket.delete("t/gone.parquet")
    world.bucket.put("t/new.parquet", table(n=5, u="text"))
    world.server.requests.clear()
    run = world.sync(state=True, schema_mismatch="union", path_prefix="t/").succeeded()
    assert run.resources == 1 and run.recording.rows("t")["u"].to_pylist() == ["text"]
    assert [world.requests_for(f"t/{number}.parquet") for number in range(4)] == [2, 1, 1, 1]
    world.server.requests.clear()
    assert world.sync(state=True, schema_mismatch="union", path_prefix="t/").succeeded().resources == 0
    assert len(world.server.requests) == 1
