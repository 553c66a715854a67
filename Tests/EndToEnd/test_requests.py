"""Settings of the requests to S3, as far as a local server shows them."""

import http.server
import threading
import urllib.parse

import pyarrow as pa
import pytest
from harness.cli import CloudQuery
from harness.digests import differences

TABLE = pa.table({"n": pa.array(range(1000))})


def test_no_region_need_be_known(bucket, cloudquery):
    bucket.put_table("t/a.parquet", TABLE)
    run = cloudquery.sync(bucket.spec(region=None)).succeeded()
    assert not differences(run.recording.rows("t"), TABLE)


def test_a_wrong_region_is_followed_with_one_warning(bucket, cloudquery):
    for index in range(4):
        bucket.put_table(f"t{index}/a.parquet", TABLE)
    run = cloudquery.sync(bucket.spec(region="eu-north-1")).succeeded()
    assert run.resources == 4_000
    assert sum("another region" in line for line in run.warnings) == 1


def test_requests_are_counted_for_each_table_and_for_the_sync(bucket, cloudquery):
    for key in ("a/1.parquet", "a/2.parquet", "b/1.parquet"):
        bucket.put_table(key, TABLE)
    run = cloudquery.sync(bucket.spec()).succeeded()
    tables = {line["table"]: line for line in run.log if line.get("message") == "table synced"}
    [whole] = [line for line in run.log if line.get("message") == "sync finished"]
    assert {name: (int(line["requests"]), int(line["requests_GetObject"])) for name, line in tables.items()} == {"a": (2, 2), "b": (1, 1)}
    assert (int(whole["requests_GetObject"]), int(whole["requests_ListObjectsV2"])) == (3, 1)
    assert int(tables["a"]["bytes_received"]) == int(tables["a"]["object_bytes"]) > 0


def test_a_request_without_signature_is_refused_by_a_private_bucket(bucket, cloudquery):
    bucket.put_table("t/a.parquet", TABLE)
    run = cloudquery.sync(bucket.spec(no_sign_request=True)).failed()
    assert "denied" in run.output


def test_a_small_memory_limit_is_enough(bucket, cloudquery):
    bucket.put_table("t/a.parquet", TABLE)
    run = cloudquery.sync(bucket.spec(memory_limit="1 MiB", max_retries=0)).succeeded()
    assert not differences(run.recording.rows("t"), TABLE)


@pytest.fixture
def token_service():
    """A token service that keeps what it is asked and refuses it."""
    asked = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            length = int(self.headers["Content-Length"])
            asked.append(urllib.parse.parse_qs(self.rfile.read(length).decode()))
            body = (
                b"<ErrorResponse><Error><Code>AccessDenied</Code><Message>not for you</Message></Error>"
                b"<RequestId>r</RequestId></ErrorResponse>")
            self.send_response(403)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", asked
    server.shutdown()
    server.server_close()


def test_a_role_is_asked_for_as_the_spec_says(bucket, tmp_path, credentials, token_service):
    address, asked = token_service
    role = "arn:aws:iam::123456789012:role/reader"
    run = CloudQuery(tmp_path, credentials | {"AWS_ENDPOINT_URL_STS": address}).sync(
        bucket.spec(role_arn=role, external_id="cloudquery", role_session_name="test-sync")).failed()
    assert asked[0]["Action"] == ["AssumeRole"] and asked[0]["RoleArn"] == [role]
    assert asked[0]["ExternalId"] == ["cloudquery"] and asked[0]["RoleSessionName"] == ["test-sync"]
    assert role in run.output and "not for you" in run.output
