"""What the network and S3's own servers do to requests. Numbers are those of harness.scenarios."""

import http.server
import random
import threading

import pyarrow as pa
import pytest
from harness import ideal
from harness.cli import Run
from harness.digests import differences
from harness.direct import Direct
from harness.faults import Certificate, Rule
from harness.fault_server import FaultBucket, FaultServer
from harness.s3 import parquet_bytes
from harness.world import IDEAL, KEYS, LARGE, LARGE_BYTES, World

HTML = b"<html><body><h1>503 Service Temporarily Unavailable</h1></body></html>"
LONG = len(LARGE_BYTES)


def test_nothing_is_fetched_twice_where_nothing_goes_wrong(either):
    either.passes()
    made = either.server.requests
    assert len(made) == IDEAL and all(request.method == "GET" for request in made)
    read = sum(request.body_bytes for request in made if request.path.endswith(KEYS[2]))
    # A column's bytes are read a little past their declared end, as old writers forgot a header in the count.
    assert read <= LONG + 128 * ideal.gets(LONG, 3), "no byte twice"


def test_01_slow_down(either):
    either.passes(
        Rule("list-type=2", status=503), Rule("small/a", times=2, status=503), Rule("large/c", status=503),
        Rule("small/b", status=503, headers={"Retry-After": "1"}))


def test_01_slow_down_counts_against_no_limit_of_retries(world):
    world.passes(Rule("small/a", times=4, status=503, headers={"x-amz-retry-after": "1"}), max_retries=1)


def test_02_failing_servers(either):
    either.passes(
        Rule("", times=3, status=500, code="InternalError"), Rule("", times=2, status=502, code="BadGateway"),
        Rule("", status=504, code="GatewayTimeout"), Rule("small/a", status=400, code="RequestTimeout"),
        Rule("small/b", status=408), Rule("small/b", status=409, code="OperationAborted"))


def test_03_errors_with_a_good_status(either):
    either.passes(
        Rule("list-type=2", times=2, status=200, code="InternalError"), Rule("list-type=2", truncate_after=100),
        Rule("list-type=2", status=200, body=b"<ListBucketResult><IsTruncated>false</IsTruncated>"))


def test_04_reset_before_an_answer(either):
    either.passes(Rule("", times=4, reset=True))


def test_05_reset_in_a_body(either):
    either.passes(Rule("small/a", times=2, reset_after=500), Rule("large/c", times=4, reset_after=1_000_000))


def test_05_progress_starts_the_count_of_attempts_again(world):
    """Far more resets than retries: each is taken up where it broke, under the tag that was listed."""
    world.passes(Rule("large/c", times=6, skip=1, reset_after=1_200_000), max_retries=1)
    again = [request for request in world.server.requests if request.path.endswith(KEYS[2])][1:]
    assert all(request.headers["if-match"] for request in again)
    starts = [int(request.range.split("=")[1].split("-")[0]) for request in again]
    assert len(set(starts)) == len(starts), "no part from its beginning again"


def test_06_short_and_long_bodies(either):
    either.passes(Rule("small/a", times=2, truncate_after=500), Rule("large/c", times=3, truncate_after=1_000_000))


def test_06_a_body_longer_than_the_range(either):
    either.passes(Rule("large/c", times=2, excess=10))


def test_07_stall(world):
    world.passes(Rule("small/a", stall_after=100), Rule("large/c", skip=1, stall_after=100_000))


def test_08_trickle(either):
    either.passes(Rule("small/b", bytes_per_second=60))


def test_08_a_trickle_that_a_slow_line_could_be(world):
    """Alone and before anything faster came: it is given up for a connection that may be better."""
    run = world.sync(Rule("large/c", bytes_per_second=2_000), path_prefix="large/").succeeded()
    assert run.resources == LARGE.num_rows
    starts = [int(r.range.split("=")[1].split("-")[0]) for r in world.server.requests if r.path.endswith(KEYS[2])]
    assert len(starts) == 1 + ideal.gets(LONG, 3) and starts[0] < starts[1] < LONG, "gone on with at its byte"


def test_09_another_range(either):
    either.passes(Rule("large/c", times=2, headers={"Content-Range": f"bytes 5-14/{LONG}"}))


def test_09_another_range_for_ever(world):
    run = world.ends(f"bytes 5-14/{LONG} came", Rule("large/c", times=99, headers={"Content-Range": f"bytes 5-14/{LONG}"}))
    assert "were asked for" in run.output and "large/c.parquet" in run.output
    world.expect_requests(2)


def test_09_another_total_is_another_object(world):
    run = world.sync(Rule("large/c", times=99, headers={"Content-Range": "bytes 0-9/10", "ETag": '"other"'}))
    assert any("large/c.parquet" in line and "replaced" in line for line in run.succeeded().warnings), run.log
    world.expect_rows(run, without=KEYS[2])


def test_10_all_in_place_of_a_part(world):
    world.passes(Rule("large/c", range=f"bytes={ideal.FIRST_BYTE}-", status=200, body=LARGE_BYTES, headers={"ETag": None}))


def test_10_all_in_place_of_a_part_far_inside(world):
    """Once: who did it, something on the way, is not to be expected to do it again."""
    world.passes(Rule("large/c", ignores_range=True))


WIDE = pa.table({"n": range(12_000), "x": [random.Random(n).randbytes(2_000) for n in range(12_000)]})


def wide_objects(server: FaultServer, count: int, row_group_rows: int = 2_000) -> tuple[FaultBucket, int]:
    """A bucket of objects of 24 MB, and the size of each."""
    bucket = server.make_bucket("wide")
    raw = parquet_bytes(WIDE, compression="none", use_dictionary=False, row_group_size=row_group_rows)
    for number in range(count):
        bucket.put(f"wide/{number}.parquet", raw)
    return bucket, len(raw)


def expect_wide_rows(run: Run, count: int) -> None:
    assert not differences(run.recording.rows("wide"), pa.concat_tables([WIDE] * count))


def test_10_parts_far_inside_a_lone_object(faults, direct):
    bucket, _ = wide_objects(faults, 1)
    faults.rules += [Rule("wide/0", range="bytes=16", ignores_range=True), Rule("wide/0", range="bytes=20", ignores_range=True)]
    run = direct.sync(bucket.spec()).succeeded()
    expect_wide_rows(run, 1)
    assert not run.warnings and all(rule.times == 0 for rule in faults.rules)
    assert len([request for request in faults.requests if not request.is_listing]) == 1 + 6 + 2


@pytest.mark.parametrize("memory_limit,downloads", [("256MiB", 1), ("40MiB", 2)])
def test_10_a_server_without_ranges(faults, direct, memory_limit, downloads):
    """Objects are read from the beginning: once where there is room for all of one, else for the footer and for the rows."""
    bucket, size = wide_objects(faults, 3)
    faults.rules.append(Rule("wide/", times=99, ignores_range=True))
    run = direct.sync(bucket.spec(memory_limit=memory_limit, concurrency=1)).succeeded()
    expect_wide_rows(run, 3)
    assert len([line for line in run.warnings if "takes no notice of ranges" in line]) == 1 == len(run.warnings), run.warnings
    got = [request for request in faults.requests if not request.is_listing]
    # The first object's end is asked for once more, in case only this answer was wrong, and again where it is not held.
    assert len(got) <= 3 * downloads + 2 + 1
    assert sum(request.body_bytes for request in got) <= (3 * downloads + 2) * size


def test_10_a_server_without_ranges_breaks_off(faults, direct):
    bucket, _ = wide_objects(faults, 2)
    # The second one in what is passed over.
    breaks = [Rule("wide/1", skip=1, ignores_range=True, reset_after=at) for at in (17_000_000, 12_000_000)]
    faults.rules += [*breaks, Rule("wide/", times=99, ignores_range=True)]
    run = direct.sync(bucket.spec(memory_limit="40MiB")).succeeded()
    expect_wide_rows(run, 2)
    assert all(rule.times == 0 for rule in breaks)


def test_10_a_server_without_ranges_and_a_row_group_too_large(faults, direct):
    bucket, _ = wide_objects(faults, 1, row_group_rows=12_000)
    faults.rules.append(Rule("wide/", times=99, ignores_range=True))
    run = direct.sync(bucket.spec(memory_limit="40MiB")).failed()
    assert "wide/0.parquet" in run.output and "an eighth of memory_limit" in run.output
    assert len([request for request in faults.requests if not request.is_listing]) <= 3


def test_34_html_and_noise(either):
    either.passes(
        Rule("", times=2, status=503, body=HTML, headers={"Content-Type": "text/html"}),
        Rule("small/a", headers={"Content-Length": None, "Connection": "close"}), Rule("small/b", chunked=True),
        Rule("large/c", times=2, chunked=True), Rule("list-type=2", chunked=True), more=-5)


def test_34_compressed_on_the_way(either):
    either.passes(Rule("small/a", gzip=True), Rule("large/c", times=2, gzip=True))


def test_34_a_page_that_is_no_listing(world):
    world.ends("not a listing", Rule("list-type=2", times=99, status=200, body=HTML))
    assert len(world.server.requests) <= 3


def test_34_what_a_proxy_says_is_shown_in_part(world):
    run = world.ends("Temporarily Unavailable", Rule("small/a", times=99, status=500, body=HTML + b"x" * 5_000), max_retries=1)
    assert "x" * 400 not in run.everything


def test_34_a_redirect_leads_nowhere(world):
    """Whoever controls the answer must not get a signed request, nor any."""
    asked = []

    class Elsewhere(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_error(404)

    elsewhere = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Elsewhere)
    threading.Thread(target=elsewhere.serve_forever, daemon=True).start()
    location = {"Location": f"http://127.0.0.1:{elsewhere.server_port}/login"}
    for status in (302, 307):
        world.server.rules.clear()
        world.sync(Rule("small/a", times=99, status=status, code="Found", headers=location), max_retries=1).failed()
    elsewhere.shutdown()
    elsewhere.server_close()
    assert not asked


@pytest.mark.parametrize("host,reason", [("DNS:another.test", "certificate"), ("IP:127.0.0.1", None)])
def test_34_a_certificate_for_another_host(tmp_path, credentials, host, reason):
    server = FaultServer(certificate=Certificate(tmp_path, host))
    server.start()
    world = World(server, server.make_bucket("scenario"), Direct(tmp_path / "cli", credentials))
    trusted = {"endpoint_ca_file": str(server.certificate.path)}
    if reason:
        world.ends(reason, **trusted)
        assert not server.requests
    else:
        world.passes(**trusted)
    server.stop()
