"""Objects above 8 MiB: one request for each of many, parts at the same time of a few."""

from __future__ import annotations

import base64
import zlib

import numpy as np
import pyarrow as pa
import pytest
from harness.digests import differences
from harness.faults import Rule
from harness.s3 import parquet_bytes

ROWS = 600_000
# So many at once that each gets one connection.
MANY = 8
# About 9.2 MiB of values that compress to nothing less, in six row groups.
TABLE = pa.table({
    "n": np.random.default_rng(1).integers(0, 1 << 62, ROWS),
    "x": np.random.default_rng(2).random(ROWS),
})
CONTENT = parquet_bytes(TABLE, compression="none", use_dictionary=False, row_group_size=100_000)


@pytest.fixture
def many(bucket):
    bucket.put_many((f"t/{number}.parquet", CONTENT) for number in range(MANY))
    return bucket


def reads(proxy, number: int = 0):
    return [request for request in proxy.requests if request.path.endswith(f"/t/{number}.parquet")]


def is_whole(run) -> bool:
    return not differences(run.recording.rows("t"), pa.concat_tables([TABLE] * MANY))


def test_each_of_many_is_its_end_and_one_request(many, cloudquery, proxy):
    run = cloudquery.sync(many.spec(endpoint=proxy.endpoint)).succeeded()
    assert is_whole(run)
    for number in range(MANY):
        end, rows = reads(proxy, number)
        assert end.range and end.range.endswith(f"-{len(CONTENT) - 1}"), end
        assert rows.range is None, "all of it, so that it comes with its checksum"


def test_a_few_are_read_in_parts(bucket, cloudquery, proxy):
    bucket.put("t/0.parquet", CONTENT)
    run = cloudquery.sync(bucket.spec(endpoint=proxy.endpoint)).succeeded()
    assert not differences(run.recording.rows("t"), TABLE)
    assert all(request.range for request in reads(proxy))
    assert len(reads(proxy)) == 1 + 6
    assert sum(request.body_bytes for request in reads(proxy)) <= len(CONTENT)


@pytest.mark.parametrize("fault", [
    {"times": 2, "reset_after": 2_000_000}, {"times": 2, "truncate_after": 3_000_000}, {"times": 1, "stall_after": 1_500_000},
    {"times": 2, "status": 503, "headers": {"Retry-After": "0"}}, {"times": 1, "status": 400, "code": "ExpiredToken"},
], ids=lambda fault: list(fault)[1] + str(fault.get("status", "")))
def test_what_breaks_is_taken_up_where_it_broke(many, cloudquery, proxy, fault):
    # The second request is the one for the rows.
    rule = Rule("/t/3.parquet", skip=1, **fault)
    proxy.rules.append(rule)
    run = cloudquery.sync(many.spec(endpoint=proxy.endpoint)).succeeded()
    assert is_whole(run) and rule.times == 0
    assert len(reads(proxy, 3)) == 2 + fault["times"]
    again = reads(proxy, 3)[2]
    if "status" not in fault:
        begun = next(value for name, value in fault.items() if name.endswith("_after"))
        assert again.range == f"bytes={begun}-{len(CONTENT) - 1}"


def test_a_byte_damaged_on_the_way_fails_the_table(many, cloudquery, proxy):
    value = base64.b64encode(zlib.crc32(CONTENT).to_bytes(4, "big")).decode()
    named = {"x-amz-checksum-crc32": value, "x-amz-checksum-type": "FULL_OBJECT"}
    proxy.rules.append(Rule("/t/3.parquet", times=1, skip=1, headers=named, corrupt_at=len(CONTENT) // 2))
    run = cloudquery.sync(many.spec(endpoint=proxy.endpoint)).failed()
    assert "t/3.parquet" in run.output and "crc32" in run.output, run.output


def test_a_byte_damaged_before_any_row_was_sent_is_fetched_again(bucket, cloudquery, proxy):
    content = parquet_bytes(TABLE, compression="none", use_dictionary=False)
    bucket.put_many((f"t/{number}.parquet", content) for number in range(MANY))
    value = base64.b64encode(zlib.crc32(content).to_bytes(4, "big")).decode()
    named = {"x-amz-checksum-crc32": value, "x-amz-checksum-type": "FULL_OBJECT"}
    proxy.rules.append(Rule("/t/3.parquet", times=1, skip=1, headers=named, corrupt_at=len(content) // 2))
    run = cloudquery.sync(bucket.spec(endpoint=proxy.endpoint)).succeeded()
    assert is_whole(run)
    assert [request.range is None for request in reads(proxy, 3)] == [False, True, True]


def test_one_much_larger_than_the_others_is_read_in_parts(many, cloudquery, proxy):
    table = pa.concat_tables([TABLE] * 12)
    many.put("big/a.parquet", parquet_bytes(table, compression="none", use_dictionary=False, row_group_size=1_200_000))
    run = cloudquery.sync(many.spec(endpoint=proxy.endpoint)).succeeded()
    assert is_whole(run) and not differences(run.recording.rows("big"), table)
    parts = [request for request in proxy.requests if request.path.endswith("/big/a.parquet")]
    assert len(parts) == 1 + 6 * 2 and all(request.range for request in parts)


def test_the_checksum_of_what_arrives_whole_is_right(many, cloudquery, proxy):
    value = base64.b64encode(zlib.crc32(CONTENT).to_bytes(4, "big")).decode()
    named = {"x-amz-checksum-crc32": value, "x-amz-checksum-type": "FULL_OBJECT"}
    proxy.rules.append(Rule("/t/3.parquet", times=1, skip=1, headers=named, reset_after=5_000_000))
    run = cloudquery.sync(many.spec(endpoint=proxy.endpoint)).succeeded()
    assert is_whole(run)


def test_an_object_replaced_before_its_rows_is_read_as_it_is_then(many, cloudquery, proxy):
    other = parquet_bytes(TABLE.slice(0, 10))
    proxy.rules.append(
        Rule("/t/3.parquet", times=1, skip=1, before=lambda: many.put("t/3.parquet", other)))
    run = cloudquery.sync(many.spec(endpoint=proxy.endpoint)).succeeded()
    expected = pa.concat_tables([TABLE] * (MANY - 1) + [TABLE.slice(0, 10)])
    assert not differences(run.recording.rows("t"), expected)
