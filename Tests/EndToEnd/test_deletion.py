"""What becomes of the rows of objects that were replaced or deleted, where rows carry their lineage."""

import pyarrow as pa
import pytest
from harness.s3 import parquet_bytes


def numbers(*values: int) -> bytes:
    return parquet_bytes(pa.table({"n": pa.array(values)}))


def sync(cloudquery, bucket, deleted_objects="delete_rows", **options):
    spec = bucket.spec(lineage=True, deleted_objects=deleted_objects)
    return cloudquery.sync(spec, state=True, **options).succeeded()


def present(run, table="a") -> list[int]:
    return sorted(row["n"] for row in run.recording.present(table))


def where(run) -> list[dict]:
    """What is deleted, object by object: a message may name several keys, of one version or all."""
    found = []
    for event in run.recording.of_kind("delete_record"):
        (word, keys), *version = event["where"]
        assert word == "OR"
        found += [dict([key, *(test for _, tests in version for test in tests)]) for key in keys]
    return found


@pytest.mark.parametrize("rule", ["keep", "delete_rows"])
def test_rows_that_a_new_version_lacks_are_deleted(bucket, cloudquery, rule):
    bucket.put("a/1.parquet", numbers(1, 2, 3, 4, 5))
    bucket.put("a/2.parquet", numbers(10, 20))
    sync(cloudquery, bucket, rule)
    old = bucket.server.client.head_object(Bucket=bucket.name, Key="a/1.parquet")["ETag"]
    bucket.put("a/1.parquet", numbers(7, 8))
    run = sync(cloudquery, bucket, rule)
    assert present(run) == [7, 8, 10, 20]
    assert where(run) == [{"_cq_s3_key": "a/1.parquet", "_cq_s3_etag": old}]
    bucket.put("a/1.parquet", numbers(9))
    assert present(sync(cloudquery, bucket, rule)) == [9, 10, 20]
    again = sync(cloudquery, bucket, rule)
    assert not where(again) and again.resources == 0


def test_rows_of_deleted_objects_stay_or_go(bucket, cloudquery):
    for number in range(1, 4):
        bucket.put(f"a/{number}.parquet", numbers(number))
    sync(cloudquery, bucket, "keep")
    bucket.delete("a/1.parquet")
    kept = sync(cloudquery, bucket, "keep")
    assert present(kept) == [1, 2, 3] and not where(kept)
    bucket.delete("a/2.parquet")
    run = sync(cloudquery, bucket)
    assert present(run) == [3], "what was gone before is known too"
    assert where(run) == [{"_cq_s3_key": "a/1.parquet"}, {"_cq_s3_key": "a/2.parquet"}]
    assert not where(sync(cloudquery, bucket)), "once is enough"


def test_a_table_whose_objects_are_all_gone_is_emptied(bucket, cloudquery):
    bucket.put("a/1.parquet", numbers(1))
    bucket.put("b/1.parquet", numbers(2))
    sync(cloudquery, bucket)
    bucket.delete("a/1.parquet")
    run = sync(cloudquery, bucket)
    assert present(run, "a") == [] and present(run, "b") == [2]
    assert not run.recording.of_kind("migrate", "a")
    bucket.delete("b/1.parquet")
    assert present(sync(cloudquery, bucket), "b") == []
    assert sync(cloudquery, bucket).resources == 0


def test_an_object_that_comes_back_has_its_rows_again(bucket, cloudquery):
    bucket.put("a/1.parquet", numbers(1, 2))
    bucket.put("a/2.parquet", numbers(3))
    sync(cloudquery, bucket)
    bucket.delete("a/1.parquet")
    assert present(sync(cloudquery, bucket)) == [3]
    bucket.put("a/1.parquet", numbers(1, 2))
    assert present(sync(cloudquery, bucket)) == [1, 2, 3]


def test_a_narrower_prefix_deletes_nothing(bucket, cloudquery):
    bucket.put("a/x1.parquet", numbers(1))
    bucket.put("a/y1.parquet", numbers(2))
    sync(cloudquery, bucket)
    run = cloudquery.sync(
        bucket.spec(lineage=True, deleted_objects="delete_rows", path_prefix="a/x"), state=True).succeeded()
    assert present(run) == [1, 2] and not where(run)


def test_shards_delete_rows_of_their_own_objects(bucket, cloudquery):
    keys = [f"a/{number}.parquet" for number in range(12)]
    for number, key in enumerate(keys):
        bucket.put(key, numbers(number))
    sync(cloudquery, bucket)
    for key in keys[:6]:
        bucket.delete(key)
    deleted = []
    for shard in ("1/3", "2/3", "3/3"):
        run = sync(cloudquery, bucket, arguments=("--shard", shard))
        deleted.append({test["_cq_s3_key"] for test in where(run)})
    assert sorted(key for part in deleted for key in part) == keys[:6]
    assert present(run) == list(range(6, 12))
    whole = sync(cloudquery, bucket)
    assert not where(whole), "the shards' records are newer than that of the whole"
    bucket.delete(keys[11])
    assert where(sync(cloudquery, bucket)) == [{"_cq_s3_key": keys[11]}]


def test_a_sync_that_fails_deletes_with_the_next(bucket, cloudquery):
    bucket.put("a/1.parquet", numbers(*range(2000)))
    sync(cloudquery, bucket)
    bucket.put("a/1.parquet", numbers(*range(5000, 6500)))
    spec = bucket.spec(lineage=True, rows_per_record=10)
    failed = cloudquery.sync(spec, state=True, destination={"fail_after": 3}).failed()
    assert len(present(failed)) == 2000, "rows are overwritten, and none is missing"
    assert present(sync(cloudquery, bucket)) == list(range(5000, 6500))


def test_without_a_state_nothing_is_known_of_deleted_objects(bucket, cloudquery):
    bucket.put("a/1.parquet", numbers(1))
    run = cloudquery.sync(bucket.spec(lineage=True, deleted_objects="delete_rows")).succeeded()
    assert any("backend_options" in line for line in run.warnings)


def test_rows_can_only_be_deleted_by_their_lineage(bucket, cloudquery):
    run = cloudquery.sync(bucket.spec(deleted_objects="delete_rows")).failed()
    assert 'deleted_objects \\"delete_rows\\" needs lineage' in run.output or "needs lineage" in run.output
    cloudquery.run("validate-config", bucket.spec(deleted_objects="delete_rows")).failed()
    cloudquery.run("validate-config", bucket.spec(deleted_objects="delete_rows", lineage=True)).succeeded()
