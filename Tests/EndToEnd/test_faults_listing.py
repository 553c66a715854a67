"""Listings as S3 and other servers write them. Numbers are those of harness.scenarios."""

import dataclasses
import random

import pyarrow as pa
import pytest
from harness.buckets import Content, token_of
from harness.digests import differences
from harness.faults import Rule
from harness.s3 import parquet_bytes
from harness.world import KEYS, SMALL_BYTES

ODD = [
    "with space", "plus+sign", "100%", "percent%20literal", "a&b=c?d#e", "quote'single\"double", "\u00e9", "e\u0301", "日本🚀",
    "tilde~*()!", "colon:@,;$", "less<more>", "tab\tkey", "new\nline", "control\x01", "a//b", "x/./y", "x/../z", "back\\slash",
]


def table_of(number: int) -> pa.Table:
    return pa.table({"n": pa.array([number]), "s": pa.array([f"key {number}"])})


def put_odd(world, keys: list[str | bytes]) -> pa.Table:
    """Writes a row under each key, of the directory `odd`, and gives all rows."""
    for number, key in enumerate(keys):
        name = key.encode() if isinstance(key, str) else key
        world.bucket.put(b"odd/" + name + b".parquet", parquet_bytes(table_of(number)))
    return pa.concat_tables(table_of(number) for number in range(len(keys)))


ONE_TABLE = {"path_prefix": "odd/", "tables_from": [{"pattern": "odd/**", "table": "odd"}]}


def test_26_odd_keys(world):
    wanted = put_odd(world, ODD)
    run = world.sync(**ONE_TABLE).succeeded()
    assert not differences(run.recording.rows("odd"), wanted) and not run.warnings
    # A page, and each object once; every signature was accepted.
    assert len(world.server.requests) == 1 + len(ODD)


def test_26_a_server_that_does_not_encode(world):
    """Then a plus is a plus, and what XML has no place for comes as a reference."""
    world.bucket.stored.encodes = False
    wanted = put_odd(world, ODD)
    run = world.sync(**ONE_TABLE).succeeded()
    assert not differences(run.recording.rows("odd"), wanted) and not run.warnings


def test_26_keys_that_are_no_utf_8(world):
    wanted = put_odd(world, [b"\xff\xfe", b"\xc3(", b"\xed\xa0\x80"])
    run = world.sync(**ONE_TABLE).succeeded()
    assert not differences(run.recording.rows("odd"), wanted) and not run.warnings


def test_26_the_prefix_of_the_spec_is_encoded_too(world):
    world.bucket.put("a b+c/é&%41/x.parquet", SMALL_BYTES)
    run = world.sync(path_prefix="a b+c/é&%41/").succeeded()
    assert run.resources == 20 and len(world.server.requests) == 2


HARMFUL = {
    "entities": b"<!DOCTYPE a [<!ENTITY b 'bb'>]><ListBucketResult>&b;</ListBucketResult>",
    "an entity of elsewhere": b"<!DOCTYPE a SYSTEM 'file:///etc/passwd'><ListBucketResult/>",
    "an entity that is not declared": b"<ListBucketResult><IsTruncated>&x;</IsTruncated></ListBucketResult>",
    "a text without end": b"<ListBucketResult>" + b" " * (17 << 20),
    "elements without end": b"<ListBucketResult>" + b"<a>" * 100_000,
    "another document": b"<ListAllMyBucketsResult/>",
}


@pytest.mark.parametrize("kind", HARMFUL)
def test_27_xml_made_to_harm(world, kind):
    run = world.sync(Rule("list-type=2", times=99, status=200, body=HARMFUL[kind])).failed()
    assert "the answer cannot be right" in run.output and "root:" not in run.output
    assert len(world.server.requests) <= 3


def page(text: str) -> Rule:
    return Rule("list-type=2", times=99, status=200, body=f"<ListBucketResult>{text}</ListBucketResult>".encode())


@pytest.mark.parametrize("text", [
    "<IsTruncated>true</IsTruncated><NextContinuationToken>t</NextContinuationToken>", "<IsTruncated>true</IsTruncated>"],
    ids=["the same page for ever", "no next page"])
def test_28_pages_without_end(world, text):
    world.ends("NextContinuationToken", page(text))
    assert len(world.server.requests) <= 4


def test_28_a_page_that_does_not_say_whether_it_is_the_last(world):
    world.ends("IsTruncated is missing", page(""))


def test_28_empty_pages_are_gone_past(world):
    empty = [
        Rule("list-type=2", status=200, body=(
            f"<ListBucketResult><IsTruncated>true</IsTruncated><NextContinuationToken>{token_of(token)}"
            "</NextContinuationToken></ListBucketResult>").encode()) for token in (b"", b"0", b"1")]
    world.passes(*empty)


def test_28_pages_of_large_directories_come_at_the_same_time(world):
    """Slow listings overlap, of no more directories than eight; all keys are found, at a request for each page of them."""
    for day in range(12):
        for number in range(1_100):
            world.bucket.put(f"wide/day={day}/{number}", b"")
        world.bucket.put(f"wide/day={day}/x.parquet", SMALL_BYTES)
    world.server.latency = 0.1
    run = world.sync(path_prefix="wide/", hive_partitioning=True).succeeded()
    assert run.resources == 12 * 20
    listings = [request for request in world.server.requests if request.is_listing]
    # The first page, the level of the directories, two pages of each.
    assert len(listings) == 2 + 12 * 2
    assert world.server.peak_listings == 8


def test_28_pages_smaller_than_asked_for(world):
    world.bucket.stored.page_limit = 1
    world.passes(more=2)


def test_29_keys_out_of_order_and_twice(world):
    def shuffled(versions):
        both = list(versions)
        both += [dataclasses.replace(version, last_modified=version.last_modified - 60) for version in both]
        random.Random(1).shuffle(both)
        return both
    world.bucket.stored.listed = shuffled
    world.passes()


def test_29_a_key_whose_newer_content_is_listed_first_or_last(world):
    """An object that is written while it is listed comes twice: the newer one counts."""
    newest = world.bucket.stored.versions[KEYS[0].encode()][-1]
    stale = dataclasses.replace(newest, last_modified=newest.last_modified - 60, content=Content(b"x" * 99))
    world.bucket.stored.listed = lambda versions: [stale, *versions, stale]
    world.passes()


def test_29_keys_that_look_alike(world):
    wanted = put_odd(world, ["\u00e9", "e\u0301", "\u212b", "\u00c5", "A\u030a"])
    run = world.sync(**ONE_TABLE).succeeded()
    assert not differences(run.recording.rows("odd"), wanted)


def test_30_markers_and_files_of_other_tools(world):
    others = [
        "small/", "large/", "empty/", "small/x.parquet/", "small/_SUCCESS", "small/.a.parquet.crc", "small_$folder$",
        "small/_temporary/0/task/part-0.parquet", "small/_delta_log/00.checkpoint.parquet", "_delta_log/00.json",
        ".spark-staging-1/small/part-0.parquet", "small/_spark_metadata/0.parquet",
    ]
    for key in others:
        world.bucket.put(key, b"" if key.endswith("/") else SMALL_BYTES)
    run = world.passes()
    assert run.recording.tables == ["large", "small"]


def test_30_what_the_prefix_names_is_read(world):
    """The prefix is the user's own word; and not all that begins like such a file is one."""
    for key in ("small/_temporary/a.parquet", "_private/a.parquet", "_delta_logs/a.parquet"):
        world.bucket.put(key, SMALL_BYTES)
    assert world.sync(path_prefix="small/_temporary/").succeeded().recording.tables == ["small_temporary"]
    assert world.sync(path_prefix="_").succeeded().recording.tables == ["delta_logs", "private"]
