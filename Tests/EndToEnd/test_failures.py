"""What goes wrong in practice, and what the user is told."""

import pyarrow as pa
import pytest
from harness import ideal
from harness.cli import environment
from harness.digests import differences
from harness.faults import Rule
from harness.s3 import parquet_bytes

SMALL = pa.table({"n": pa.array(range(20))})


def large(start: int = 0) -> bytes:
    """An object too large to come whole with the first request."""
    numbers = pa.array(range(start, start + 500_000))
    return parquet_bytes(
        pa.table({"n": numbers, "m": numbers, "o": numbers}), compression="none", use_dictionary=False,
        row_group_size=100_000)


def test_an_object_deleted_after_the_listing_is_passed_over(bucket, cloudquery, proxy):
    bucket.put_table("t/a.parquet", SMALL)
    bucket.put_table("t/b.parquet", SMALL)
    proxy.rules.append(Rule(f"GET /{bucket.name}/t/b.parquet", before=lambda: bucket.delete("t/b.parquet")))
    run = cloudquery.sync(bucket.spec(endpoint=proxy.endpoint)).succeeded()
    assert not differences(run.recording.rows("t"), SMALL)
    assert any("t/b.parquet" in line for line in run.warnings), run.log


def test_an_object_deleted_between_footer_and_columns_is_passed_over(bucket, cloudquery, proxy):
    bucket.put("t/a.parquet", parquet_bytes(pa.table({name: pa.array([-1, -2]) for name in "nmo"})))
    bucket.put("t/b.parquet", large())
    proxy.rules.append(Rule(f"GET /{bucket.name}/t/b.parquet", skip=1, before=lambda: bucket.delete("t/b.parquet")))
    run = cloudquery.sync(bucket.spec(endpoint=proxy.endpoint)).succeeded()
    assert sorted(run.recording.rows("t")["n"].to_pylist()) == [-2, -1]
    assert any("t/b.parquet" in line for line in run.warnings), run.log


def test_rows_of_an_object_replaced_while_it_is_read_are_never_mixed(bucket, cloudquery, proxy):
    bucket.put("t/a.parquet", parquet_bytes(pa.table({name: pa.array([-1]) for name in "nmo"})))
    bucket.put("t/b.parquet", large())
    replacement = large(10_000_000)
    # Of the requests for row groups, which are under way at once, the first: its rows are sent first.
    proxy.rules.append(Rule(
        f"GET /{bucket.name}/t/b.parquet", range=f"bytes={ideal.FIRST_BYTE}-",
        before=lambda: bucket.put("t/b.parquet", replacement)))
    run = cloudquery.sync(bucket.spec(endpoint=proxy.endpoint, rows_per_record=50_000)).succeeded()
    rows = sorted(run.recording.rows("t")["n"].to_pylist())
    # Nothing of it was sent before it was replaced: it is read as it is now.
    assert rows == [-1, *range(10_000_000, 10_500_000)]


MALFORMED = {
    "empty": b"",
    "short": b"PAR1PAR1",
    "text": b"this is not Parquet" * 50,
    "no-tail": parquet_bytes(SMALL)[:-20],
    "footer-length": parquet_bytes(SMALL)[:-8] + b"\xff\xff\xff\x7fPAR1",
    "footer": (lambda raw, length: raw[:-length] + bytes(60) + raw[60 - length:])(
        parquet_bytes(SMALL), int.from_bytes(parquet_bytes(SMALL)[-8:-4], "little") + 8),
    "page": (lambda raw: raw[:4] + bytes(60) + raw[64:])(parquet_bytes(SMALL)),
}


def test_a_width_that_no_page_bears_out_costs_no_memory(bucket, cloudquery):
    """500 nulls of a type that the footer says has 128 MiB: 64 GiB, were they spread out."""
    nulls = parquet_bytes(pa.table({"wide": pa.nulls(500, pa.binary(1 << 20))}), store_schema=False)
    declared, claimed = b"\x80\x80\x80\x01", b"\xfe\xff\xff\x7f"
    assert declared in nulls
    bucket.put("wide/a.parquet", nulls.replace(declared, claimed))
    bucket.put_table("t/good.parquet", SMALL)
    run = cloudquery.sync(bucket.spec()).succeeded()
    assert not differences(run.recording.rows("t"), SMALL)
    assert any("wide/a.parquet" in line and "batch" in line for line in run.warnings), run.log


@pytest.mark.parametrize("kind", MALFORMED)
def test_a_malformed_object_is_named_and_the_others_arrive(bucket, cloudquery, kind):
    bucket.put_table("t/good.parquet", SMALL)
    bucket.put("t/bad.parquet", MALFORMED[kind])
    bucket.put("alone/bad.parquet", MALFORMED[kind])
    bucket.put_table("u/good.parquet", SMALL)
    run = cloudquery.sync(bucket.spec()).succeeded()
    assert not differences(run.recording.rows("t"), SMALL)
    assert not differences(run.recording.rows("u"), SMALL)
    for key in ("t/bad.parquet", "alone/bad.parquet"):
        assert sum(key in line for line in run.warnings) == 1, run.log
    assert "Warnings: 2" in run.output


@pytest.mark.parametrize("access_key,secret_key", [(None, "wrong-secret-77"), ("unknownkey", None)], ids=["secret", "key"])
def test_bad_credentials(bucket, server, cloudquery, access_key, secret_key):
    bucket.put_table("t/a.parquet", SMALL)
    cloudquery.env = environment(access_key or server.access_key, secret_key or server.secret_key)
    run = cloudquery.sync(bucket.spec()).failed()
    assert "credential" in run.output.lower() or "access key" in run.output.lower()
    assert (secret_key or server.secret_key) not in run.everything


def test_no_credentials(bucket, cloudquery, server):
    bucket.put_table("t/a.parquet", SMALL)
    cloudquery.env = environment(
        "", "", AWS_ACCESS_KEY_ID=None, AWS_SECRET_ACCESS_KEY=None, AWS_CONFIG_FILE="/nonexistent",
        AWS_SHARED_CREDENTIALS_FILE="/nonexistent")
    run = cloudquery.sync(bucket.spec()).failed()
    assert "AWS_ACCESS_KEY_ID" in run.output


def test_credentials_from_a_profile(bucket, cloudquery, server, tmp_path):
    bucket.put_table("t/a.parquet", SMALL)
    file = tmp_path / "credentials"
    file.write_text(
        f"[default]\naws_access_key_id = no\naws_secret_access_key = no\n\n"
        f"[reports]\naws_access_key_id = {server.access_key}\naws_secret_access_key = {server.secret_key}\n")
    cloudquery.env = environment(
        "", "", AWS_ACCESS_KEY_ID=None, AWS_SECRET_ACCESS_KEY=None, AWS_CONFIG_FILE="/nonexistent",
        AWS_SHARED_CREDENTIALS_FILE=str(file))
    run = cloudquery.sync(bucket.spec(local_profile="reports")).succeeded()
    assert run.resources == 20
    run = cloudquery.sync(bucket.spec(local_profile="no-such-profile")).failed()
    assert "no-such-profile" in run.output


def test_a_bucket_that_does_not_exist(bucket, cloudquery):
    run = cloudquery.sync(bucket.spec(bucket="no-such-bucket-anywhere")).failed()
    assert "no-such-bucket-anywhere" in run.output
    assert "exist" in run.output or "NoSuchBucket" in run.output


def test_the_wrong_region_is_mended_and_named(bucket, cloudquery):
    bucket.put_table("t/a.parquet", SMALL)
    run = cloudquery.sync(bucket.spec(region="eu-west-3")).succeeded()
    assert run.resources == 20
    assert len(run.warnings) == 1 and "eu-west-3" in run.warnings[0] and "us-east-1" in run.warnings[0]


def test_access_denied_to_the_listing(bucket, cloudquery, proxy):
    proxy.rules.append(Rule("list-type=2", times=99, status=403, code="AccessDenied"))
    run = cloudquery.sync(bucket.spec(endpoint=proxy.endpoint)).failed()
    assert bucket.name in run.output
    assert "s3:ListBucket" in run.output


def test_access_denied_to_the_objects(bucket, cloudquery, proxy):
    bucket.put_table("t/a.parquet", SMALL)
    proxy.rules.append(Rule(f"GET /{bucket.name}/t/a.parquet", times=99, status=403, code="AccessDenied"))
    run = cloudquery.sync(bucket.spec(endpoint=proxy.endpoint)).failed()
    assert "t/a.parquet" in run.output
    assert "s3:GetObject" in run.output


def test_nobody_listens_at_the_endpoint(bucket, cloudquery):
    run = cloudquery.sync(bucket.spec(endpoint="http://127.0.0.1:9")).failed()
    assert "127.0.0.1:9" in run.output


def test_a_failing_destination_ends_the_sync(bucket, cloudquery):
    bucket.put_table("t/a.parquet", pa.table({"n": pa.array(range(5000))}))
    run = cloudquery.sync(bucket.spec(), destination={"fail_after": 2}).failed()
    # The CLI gives the destination's reason, or only that its stream ended, whichever it sees first.
    assert "asked to fail" in run.output or "failed to sync v3 source s3: EOF" in run.output


@pytest.mark.parametrize("state", [False, True], ids=["full", "incremental"])
def test_an_empty_bucket_is_a_warning(bucket, cloudquery, state):
    run = cloudquery.sync(bucket.spec(), state=state).succeeded()
    assert run.resources == 0 and run.recording.tables == []
    assert [line for line in run.warnings if "no Parquet objects found" in line and bucket.name in line]


def test_a_row_over_the_message_limit_is_named(bucket, cloudquery):
    wide = pa.table({"n": [1, 2, 3], "text": ["short", "short", "x" * (100 << 20)]})
    bucket.put_table("t/long.parquet", wide, compression="zstd")
    bucket.put_table("u/a.parquet", SMALL)
    run = cloudquery.sync(bucket.spec(rows_per_record=2)).failed()
    assert "t/long.parquet: table t: row 2 needs a message of" in run.output
    assert not differences(run.recording.rows("u"), SMALL), "the other tables go on"
