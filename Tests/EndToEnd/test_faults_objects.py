"""What becomes of objects while they are read. Numbers are those of harness.scenarios."""

import base64
import hashlib
import time

import numpy as np
import pyarrow as pa
import pytest
from harness import ideal
from harness.buckets import Content
from harness.direct import Direct
from harness.digests import differences
from harness.faults import Certificate, Rule
from harness.fault_server import FaultServer
from harness.s3 import parquet_bytes
from harness.world import KEYS, LARGE_BYTES, ROW_COUNT, SMALL, SMALL_BYTES, World

NEW = SMALL.set_column(0, "n", pa.array(range(1_000, 1_020)))


def test_05_a_byte_damaged_on_the_way(world):
    """The content has the checksum that it was uploaded with, or is fetched again."""
    world.bucket.put(KEYS[0], SMALL_BYTES, has_checksum=True)
    world.passes(Rule("small/a", corrupt_at=300))


def test_11_an_object_that_shrank(world):
    world.passes_over(KEYS[2], "replaced", Rule("large/c", times=99, status=416, code="InvalidRange"))
    assert world.requests_for(KEYS[2]) <= 3


def test_11_an_empty_object_is_not_asked_for(world):
    world.bucket.put("small/empty.parquet", b"")
    world.passes_over("small/empty.parquet", "not a Parquet file")
    assert world.requests_for("small/empty.parquet") == 0


@pytest.mark.parametrize("form", ["{}", 'W/"{}"'])
def test_12_a_tag_in_another_form(world, form):
    """Servers and proxies leave out the quotes, or make the tag a weak one: it is the same content."""
    tags = [world.bucket.stored.versions[key.encode()][-1].content.tag.strip('"') for key in KEYS]
    world.passes(*(Rule(key, times=count, headers={"ETag": form.format(tag)}) for key, tag, count in zip(KEYS, tags, (1, 1, 4))))


def test_12_a_condition_that_fails_for_ever(world):
    world.passes_over(KEYS[1], "replaced", Rule("small/b", times=99, status=412, code="PreconditionFailed"))
    assert world.requests_for(KEYS[1]) <= 3


def test_12_not_modified_which_nothing_asked_for(world):
    run = world.ends("status 304", Rule("small/b", times=99, status=304, body=b""))
    assert "small/b.parquet" in run.output and world.requests_for(KEYS[1]) <= 3


def test_14_replaced_before_a_row_was_sent(world):
    """412 for what was listed; the next request is for what is there now, found by a listing of that key."""
    run = world.sync(Rule("small/b", before=lambda: world.bucket.put(KEYS[1], parquet_bytes(NEW)))).succeeded()
    assert not differences(run.recording.rows("small"), pa.concat_tables([SMALL, NEW])) and not run.warnings
    world.expect_requests(2)


@pytest.fixture
def versioned(world):
    """The bucket keeps versions; the first long read is cut, and what goes on with it is `resumed`."""
    world.bucket.stored.is_versioned = True
    for key in KEYS:
        world.bucket.put(key, world.bucket.stored.versions[key.encode()][-1].content)
    return world


CUT = Rule("large/c", range=f"bytes={ideal.FIRST_BYTE}-", truncate_after=3_000_000)
RESUMED = f"bytes={ideal.FIRST_BYTE + 3_000_000}-"


def test_14_the_version_that_was_begun_is_read_to_its_end(versioned):
    versioned.passes(CUT, Rule("large/c", range=RESUMED, before=lambda: versioned.bucket.put(KEYS[2], SMALL_BYTES)))
    assert all("versionId=" in r.target for r in versioned.server.requests if (r.range or "").startswith(RESUMED))


def test_14_who_may_not_read_versions_reads_by_the_tag(versioned):
    versioned.passes(CUT, Rule("versionId=", range=RESUMED, status=403, code="AccessDenied"))


def test_14_replaced_after_rows_were_sent(plugin, tmp_path):
    """No row of the other content follows: the object is named, and the next sync reads it as it is then."""
    rows = 40 * ideal.MEBIBYTE // 16
    chance = np.random.default_rng(1)
    old = {"n": chance.integers(0, 1 << 40, rows), "x": chance.random(rows)}
    content = parquet_bytes(pa.table(old), compression="none", use_dictionary=False, row_group_size=100_000)
    server = FaultServer(bytes_per_second=8_000_000)
    server.start()
    bucket = server.make_bucket("scenario")
    bucket.put("t/a.parquet", content)
    plugin.init(bucket.spec(memory_limit="4 MiB", rows_per_record=10_000))
    # However long the reads are, they end soon after the other content is there.
    server.rules.append(Rule("t/a", times=999, skip=1, truncate_after=3_000_000))
    sent = []
    for message in plugin.sync():
        if message.WhichOneof("message") != "insert":
            continue
        if not sent:
            bucket.put("t/a.parquet", SMALL_BYTES)
        with pa.ipc.open_stream(message.insert.record) as reader:
            sent += [batch for batch in reader]
    server.stop()
    got = pa.Table.from_batches(sent)
    assert 0 < got.num_rows < rows
    assert got["n"].to_numpy().tolist() == old["n"][:got.num_rows].tolist(), "a beginning of the old content"
    output = plugin.output.read_text()
    assert "the rest of an object skipped" in output and "replaced while it was read" in output


def test_15_deleted_after_the_listing(world):
    world.passes_over(KEYS[1], "deleted", Rule("small/b", before=lambda: world.bucket.delete(KEYS[1])))
    assert world.requests_for(KEYS[1]) == 1


def test_15_deleted_between_its_end_and_its_rows(world):
    world.passes_over(KEYS[2], "deleted", Rule("large/c", skip=1, before=lambda: world.bucket.delete(KEYS[2])))


def test_16_a_delete_marker(world):
    world.bucket.stored.is_versioned = True
    run = world.passes_over(KEYS[1], "delete marker", Rule("small/b", before=lambda: world.bucket.delete(KEYS[1])))
    assert world.requests_for(KEYS[1]) == 1 and "deleted" in run.everything


def test_16_a_delete_marker_by_its_version(world):
    world.passes_over(KEYS[1], "delete marker", Rule(
        "small/b", times=99, status=405, code="MethodNotAllowed", headers={"x-amz-delete-marker": "true"}))


ARCHIVES = pytest.mark.parametrize("kind", ["GLACIER", "DEEP_ARCHIVE"])


@ARCHIVES
def test_20_archived(aws, kind):
    """AWS lists what is restored of its archives: the rest is not asked for."""
    world, _ = aws
    world.bucket.put("small/cold.parquet", SMALL_BYTES, storage_class=kind)
    world.bucket.put(KEYS[0], SMALL_BYTES, storage_class=kind, is_restored=True)
    world.passes_over("small/cold.parquet", "archived")
    assert world.requests_for("small/cold.parquet") == 0


@ARCHIVES
def test_20_archived_at_another_server(world, kind):
    """Which does not list what is restored, or has other things under that name: each object is asked for."""
    world.bucket.put("small/cold.parquet", SMALL_BYTES, storage_class=kind)
    world.bucket.put(KEYS[0], SMALL_BYTES, storage_class=kind, is_restored=True)
    world.passes_over("small/cold.parquet", "archived")
    assert world.requests_for("small/cold.parquet") == 1


@pytest.mark.parametrize("kind", ["GLACIER_IR", "STANDARD_IA", "INTELLIGENT_TIERING"])
def test_20_classes_that_are_read_at_once(world, kind):
    world.bucket.put(KEYS[0], SMALL_BYTES, storage_class=kind)
    world.passes()


def test_20_archived_and_the_listing_does_not_say_so(world):
    """The archive tiers of INTELLIGENT_TIERING: only the read shows it."""
    world.passes_over(KEYS[1], "archived", Rule("small/b", times=99, status=403, code="InvalidObjectState"))
    assert world.requests_for(KEYS[1]) == 1


def customer_key_world(tmp_path, credentials) -> tuple[World, str]:
    key = bytes(range(32))
    server = FaultServer(certificate=Certificate(tmp_path))
    server.start()
    world = World(server, server.make_bucket("scenario"), Direct(tmp_path / "cli", credentials))
    digest = base64.b64encode(hashlib.md5(key).digest()).decode()
    for name in KEYS:
        world.bucket.put(name, world.bucket.stored.versions[name.encode()][-1].content, customer_key_digest=digest)
    return world, base64.b64encode(key).decode()


def test_21_a_customers_key(tmp_path, credentials):
    world, key = customer_key_world(tmp_path, credentials)
    trusted = {"endpoint_ca_file": str(world.server.certificate.path)}
    run = world.passes(sse_customer_key=key, **trusted)
    assert key not in run.everything
    assert all("customer" not in name for r in world.server.requests if r.is_listing for name in r.headers)
    world.server.stop()


def test_21_a_customers_key_that_the_spec_does_not_have(tmp_path, credentials):
    world, _ = customer_key_world(tmp_path, credentials)
    world.bucket.put(KEYS[0], SMALL_BYTES)
    world.bucket.put(KEYS[2], LARGE_BYTES)
    world.passes_over(KEYS[1], "sse_customer_key", endpoint_ca_file=str(world.server.certificate.path))
    assert world.requests_for(KEYS[1]) == 1
    world.server.stop()


MALFORMED = {
    "no bytes": b"", "short": b"PAR1PAR1", "text": b"this is not Parquet" * 50, "no tail": SMALL_BYTES[:-20],
    "being written": LARGE_BYTES[:9_000_000],
}


@pytest.mark.parametrize("kind", MALFORMED)
def test_31_no_parquet(world, kind):
    world.bucket.put("small/bad.parquet", MALFORMED[kind])
    run = world.sync(state=True).succeeded()
    assert sum("small/bad.parquet" in line for line in run.warnings) == 1, run.warnings
    world.expect_rows(run)
    first = world.requests_for("small/bad.parquet")
    second = world.sync(state=True).succeeded()
    assert second.resources == 0
    assert world.requests_for("small/bad.parquet") == first, "the same content is not asked for again"
    # A gateway that shows what is still being written gives the whole one the same time, within its second.
    world.bucket.put("small/bad.parquet", parquet_bytes(NEW))
    third = world.sync(state=True).succeeded()
    assert not differences(third.recording.rows("small"), NEW)


def test_32_times_within_one_second(world):
    now = int(time.time())
    world.bucket.put(KEYS[0], SMALL_BYTES, last_modified=now)
    assert world.sync(state=True).succeeded().resources == ROW_COUNT
    world.bucket.put("small/0.parquet", parquet_bytes(NEW), last_modified=now)
    assert world.sync(state=True).succeeded().resources == 20
    assert world.sync(state=True).succeeded().resources == 0


@pytest.mark.parametrize("hours", [1, 23])
def test_32_an_upload_that_is_seen_late(world, hours):
    """An upload in parts has the time when it began, and is there when it ends."""
    world.sync(state=True).succeeded()
    world.bucket.put("small/late.parquet", parquet_bytes(NEW), last_modified=time.time() - hours * 3_600)
    late = world.sync(state=True).succeeded()
    assert not differences(late.recording.rows("small"), NEW)
    assert world.sync(state=True).succeeded().resources == 0


def test_32_a_clock_of_the_server_that_is_ahead(world):
    world.bucket.put(KEYS[0], SMALL_BYTES, last_modified=time.time() + 86_400)
    world.sync(state=True).succeeded()
    world.bucket.put("small/next.parquet", parquet_bytes(NEW))
    assert world.sync(state=True).succeeded().resources == 20


@pytest.mark.parametrize("hours", [2, 48])
def test_33_an_earlier_content_put_back(world, hours):
    """As itself with its time, by replication or since the newer version was deleted; and as a new object."""
    earlier = world.bucket.put(KEYS[1], parquet_bytes(NEW), last_modified=time.time() - hours * 3_600)
    world.sync(state=True).succeeded()
    world.bucket.put(KEYS[1], SMALL_BYTES)
    assert world.sync(state=True).succeeded().resources == 20
    world.bucket.stored.restore_version(KEYS[1], earlier)
    back = world.sync(state=True).succeeded()
    assert not differences(back.recording.rows("small"), NEW)
    assert world.sync(state=True).succeeded().resources == 0
    world.bucket.put(KEYS[1], SMALL_BYTES)
    assert world.sync(state=True).succeeded().resources == 20
    world.bucket.put(KEYS[1], parquet_bytes(NEW))
    again = world.sync(state=True).succeeded()
    assert not differences(again.recording.rows("small"), NEW)
    assert world.sync(state=True).succeeded().resources == 0


def test_33_another_content_with_an_old_time(world):
    world.sync(state=True).succeeded()
    other = Content(parquet_bytes(NEW.slice(0, 3)))
    world.bucket.put(KEYS[1], other, last_modified=time.time() - 7_200)
    assert world.sync(state=True).succeeded().resources == 3
