"""What S3 and the network do to a sync: the rows are pyarrow's, and no request is made without a reason.

The server behind the proxy checks every signature, those of repeated and resumed requests among them.
"""

from __future__ import annotations

import base64
import email.utils
import random
import zlib

import pyarrow as pa
import pytest
from harness.digests import differences
from harness.fault_proxy import Rule
from harness.s3 import parquet_bytes

SMALL = pa.table({"n": pa.array(range(20)), "s": pa.array([f"row {n}" for n in range(20)])})
# About 11 MiB in three row groups: its end first, then its parts.
LARGE = pa.table({"n": pa.array(range(100, 700_100)), "x": pa.array([n * 0.5 for n in range(700_000)])})
LARGE_BYTES = parquet_bytes(LARGE, compression="none", use_dictionary=False, row_group_size=250_000)


@pytest.fixture
def filled(bucket):
    bucket.put_table("small/a.parquet", SMALL)
    bucket.put_table("small/b.parquet", SMALL.slice(0, 7))
    bucket.put("large/c.parquet", LARGE_BYTES)
    return bucket


def is_whole(run) -> bool:
    small = pa.concat_tables([SMALL, SMALL.slice(0, 7)])
    return not differences(run.recording.rows("small"), small) and not differences(run.recording.rows("large"), LARGE)


def counts(proxy) -> tuple[int, int, int]:
    """Requests by listing, small objects, large object."""
    lists = sum("list-type=2" in request.target for request in proxy.requests)
    large = sum("/large/" in request.path for request in proxy.requests if "list-type=2" not in request.target)
    return lists, len(proxy.requests) - lists - large, large


def test_each_small_object_is_one_request_and_nothing_is_fetched_twice(filled, cloudquery, proxy):
    run = cloudquery.sync(filled.spec(endpoint=proxy.endpoint)).succeeded()
    assert is_whole(run)
    lists, small, large = counts(proxy)
    assert (lists, small) == (1, 2) and large <= 7, [(r.target, r.range) for r in proxy.requests]
    assert all(request.method == "GET" for request in proxy.requests)
    read = sum(request.body_bytes for request in proxy.requests if "/large/" in request.path)
    # A column's bytes are read a little past their declared end, as old writers forgot a header in the count.
    assert read <= len(LARGE_BYTES) + 128 * large, "no byte twice"


SKEWED = {"Date": email.utils.formatdate(usegmt=True)}
HTML = b"<html><body><h1>503 Service Temporarily Unavailable</h1></body></html>"

# By number of the scenario: what is done to which requests, how often.
PASSING = {
    "1 slow down": [Rule("list-type=2", times=1, status=503), Rule("small/a", times=2, status=503),
                    Rule("large/c", times=1, status=503)],
    "1 slow down, with a time": [Rule("small/a", times=1, status=503, headers={"Retry-After": "1"})],
    "2 internal error": [Rule("", times=3, status=500, code="InternalError")],
    "2 bad gateway": [Rule("", times=2, status=502, code="BadGateway"), Rule("", times=1, status=504, code="GatewayTimeout")],
    "3 error in a listing": [Rule("list-type=2", times=2, status=200, code="InternalError")],
    "3 half a listing": [Rule("list-type=2", times=1, truncate_after=100)],
    "4 reset before an answer": [Rule("", times=4, reset=True)],
    "5 reset in a body": [Rule("small/a", times=2, reset_after=500), Rule("large/c", times=4, reset_after=1_000_000)],
    "6 short body": [Rule("small/a", times=2, truncate_after=500), Rule("large/c", times=4, truncate_after=1_000_000)],
    "7 stall": [Rule("small/a", times=1, stall_after=100)],
    "8 trickle": [Rule("small/b", times=1, bytes_per_second=60)],
    "9 another range": [Rule("large/c", times=2, headers={"Content-Range": "bytes 5-14/999"})],
    "10 all in place of a part": [Rule("large/c", range="bytes=4-", times=1, status=200, body=LARGE_BYTES)],
    "22 KMS throttles": [Rule("small/a", times=1, status=400, code="ThrottlingException")],
    "24 expired token": [Rule("small/a", times=1, status=400, code="ExpiredToken"),
                         Rule("large/c", times=1, skip=1, status=400, code="ExpiredToken")],
    "25 wrong clock": [Rule("large/c", times=1, status=403, code="RequestTimeTooSkewed", headers=SKEWED)],
    "34 HTML": [Rule("", times=2, status=503, body=HTML, headers={"Content-Type": "text/html"})],
    "34 no length": [Rule("small/a", times=1, headers={"Content-Length": None, "Connection": "close"})],
    "34 compressed on the way": [Rule("small/a", times=1, headers={"Content-Encoding": "gzip", "Content-Length": None,
                                                                   "Connection": "close"})],
    "request timeout": [Rule("small/a", times=1, status=400, code="RequestTimeout"), Rule("small/b", times=1, status=408)],
    "conflict": [Rule("small/a", times=1, status=409, code="OperationAborted")],
}


@pytest.mark.parametrize("name", PASSING)
def test_what_passes_costs_no_rows_and_one_request_for_each_fault(filled, cloudquery, proxy, name):
    rules = [Rule(**vars(rule)) for rule in PASSING[name]]
    injected = sum(rule.times for rule in rules)
    proxy.rules += rules
    run = cloudquery.sync(filled.spec(endpoint=proxy.endpoint)).succeeded()
    assert is_whole(run), run.log
    assert all(rule.times == 0 for rule in rules), rules
    lists, small, large = counts(proxy)
    assert len(proxy.requests) <= 1 + 2 + 7 + injected, [(r.method, r.target, r.range) for r in proxy.requests]
    assert lists <= 1 + injected and small <= 2 + injected and large <= 7 + injected


PASSED_OVER = {
    "11 range not satisfiable": (416, "InvalidRange", {}, "replaced"),
    "12 condition failed": (412, "PreconditionFailed", {}, "replaced"),
    "15 deleted": (404, "NoSuchKey", {}, "deleted"),
    "16 delete marker": (404, "NoSuchKey", {"x-amz-delete-marker": "true"}, "deleted"),
    "16 delete marker by version": (405, "MethodNotAllowed", {"x-amz-delete-marker": "true"}, "deleted"),
    "20 archived": (403, "InvalidObjectState", {}, "archived"),
    "21 a customer's key": (400, "InvalidRequest", {}, "sse_customer_key"),
}


@pytest.mark.parametrize("name", PASSED_OVER)
def test_an_object_that_cannot_be_read_is_named_and_the_others_arrive(filled, cloudquery, proxy, name):
    status, code, headers, text = PASSED_OVER[name]
    proxy.rules.append(Rule("small/b", times=99, status=status, code=code, headers=headers))
    run = cloudquery.sync(filled.spec(endpoint=proxy.endpoint)).succeeded()
    assert not differences(run.recording.rows("small"), SMALL)
    assert any("small/b.parquet" in line and text in line for line in run.warnings), run.log
    # What cannot be mended is asked for once, a replaced object as often as it may be replaced.
    assert sum("small/b" in r.path for r in proxy.requests) <= 3


ENDING = {
    "17 no such bucket": (Rule("", times=99, status=404, code="NoSuchBucket"), "bucket does not exist"),
    "18 denied": (Rule("small/a", times=99, status=403, code="AccessDenied"), "s3:GetObject"),
    "19 listing denied": (Rule("list-type=2", times=99, status=403, code="AccessDenied"), "s3:ListBucket"),
    "22 KMS denied": (Rule("small/a", times=99, status=403, code="AccessDenied", message="kms:Decrypt"), "kms:Decrypt"),
    "27 entities": (Rule("list-type=2", times=99, status=200, body=b"<!DOCTYPE a [<!ENTITY b 'bb'>]><a>&b;</a>"),
                    "not a listing"),
    "27 without end": (Rule("list-type=2", times=99, status=200, body=b"<ListBucketResult>" + b" " * (17 << 20)), ""),
    "28 the same page for ever": (
        Rule("list-type=2", times=99, status=200, body=b"<ListBucketResult><IsTruncated>true</IsTruncated>"
             b"<NextContinuationToken>t</NextContinuationToken></ListBucketResult>"), "NextContinuationToken"),
    "28 no next page": (
        Rule("list-type=2", times=99, status=200, body=b"<ListBucketResult><IsTruncated>true</IsTruncated>"
             b"</ListBucketResult>"), "NextContinuationToken"),
    "34 a page that is no listing": (Rule("list-type=2", times=99, status=200, body=HTML), "not a listing"),
}


@pytest.mark.parametrize("name", ENDING)
def test_what_cannot_be_mended_ends_the_sync_and_says_why(filled, cloudquery, proxy, server, name):
    rule, text = ENDING[name]
    proxy.rules.append(Rule(**vars(rule)))
    run = cloudquery.sync(filled.spec(endpoint=proxy.endpoint)).failed()
    assert text in run.output, run.output
    assert server.secret_key not in run.everything


def listing(entries: list[tuple[str, int, str, str]]) -> bytes:
    """A page as S3 writes it: key, size, tag and storage class."""
    contents = "".join(
        f"<Contents><Key>{key}</Key><LastModified>2026-03-14T15:09:26.000Z</LastModified><ETag>{tag}</ETag>"
        f"<Size>{size}</Size><StorageClass>{kind}</StorageClass></Contents>" for key, size, tag, kind in entries)
    return (f"<ListBucketResult><EncodingType>url</EncodingType><IsTruncated>false</IsTruncated>{contents}"
            "</ListBucketResult>").encode()


def test_a_byte_damaged_on_the_way_is_fetched_again(filled, cloudquery, proxy):
    checksum = base64.b64encode(zlib.crc32(parquet_bytes(SMALL)).to_bytes(4, "big")).decode()
    named = {"x-amz-checksum-crc32": checksum, "x-amz-checksum-type": "FULL_OBJECT"}
    proxy.rules += [Rule("small/a", headers=named, corrupt_at=300), Rule("small/a", times=9, headers=named)]
    run = cloudquery.sync(filled.spec(endpoint=proxy.endpoint)).succeeded()
    assert is_whole(run)
    assert sum("small/a" in r.path for r in proxy.requests) == 2


def test_markers_and_archived_objects_of_a_listing_are_not_asked_for(filled, cloudquery, proxy):
    tag = filled.server.client.head_object(Bucket=filled.name, Key="small/a.parquet")["ETag"]
    size = len(parquet_bytes(SMALL))
    page = listing([
        ("small/", 0, '"m"', "STANDARD"), ("small/a.parquet", size, tag, "STANDARD"),
        ("small/a.parquet", size, tag, "STANDARD"), ("small/cold.parquet", 1000, '"c"', "GLACIER"),
        ("small/colder.parquet", 1000, '"d"', "DEEP_ARCHIVE"), ("small/empty.parquet", 0, '"e"', "STANDARD"),
        ("small/short.parquet", 11, '"s"', "STANDARD"),
    ])
    proxy.rules.append(Rule("list-type=2", times=99, status=200, body=page))
    run = cloudquery.sync(filled.spec(endpoint=proxy.endpoint)).succeeded()
    assert not differences(run.recording.rows("small"), SMALL)
    assert [r.path for r in proxy.requests if "list-type=2" not in r.target] == [f"/{filled.name}/small/a.parquet"]
    for key in ("cold", "colder", "empty", "short"):
        assert any(f"small/{key}.parquet" in line for line in run.warnings), run.log


@pytest.mark.parametrize("seed", range(4))
def test_any_faults_that_pass_cost_no_rows(filled, cloudquery, proxy, seed):
    chance = random.Random(seed)
    kinds = [
        lambda: {"status": 500, "code": "InternalError"}, lambda: {"status": 503, "headers": {"Retry-After": "0"}},
        lambda: {"reset": True}, lambda: {"reset_after": chance.randrange(2_000_000)},
        lambda: {"truncate_after": chance.randrange(2_000_000)}, lambda: {"delay": chance.random() / 2},
        lambda: {"status": 400, "code": "RequestTimeout"}, lambda: {"headers": {"Content-Range": "bytes 1-2/3"}},
    ]
    rules = [
        Rule(chance.choice(["", "list-type=2", "small/a", "small/b", "large/c"]), times=1, skip=chance.randrange(3),
             **chance.choice(kinds)()) for _ in range(12)
    ]
    proxy.rules += rules
    run = cloudquery.sync(filled.spec(endpoint=proxy.endpoint)).succeeded()
    assert is_whole(run), (seed, run.log)
    fired = sum(rule.times == 0 for rule in rules)
    assert len(proxy.requests) <= 1 + 2 + 7 + fired, (seed, [(r.target, r.range) for r in proxy.requests])
