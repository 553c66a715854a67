"""Credentials from elsewhere than variables, as far as a machine without AWS has them."""

import http.server
import json
import shlex
import threading

import pyarrow as pa
import pytest
from harness.cli import CloudQuery
from harness.digests import differences

TABLE = pa.table({"n": pa.array(range(1000))})


@pytest.fixture
def no_keys(credentials):
    """What a plugin gets where no variable holds keys."""
    return {name: value for name, value in credentials.items() if not name.endswith(("KEY_ID", "ACCESS_KEY"))}


@pytest.fixture
def service(server):
    """A service of this machine that gives the server's keys: to a container with its token, or as metadata."""
    asked = []
    document = json.dumps({
        "Code": "Success", "AccessKeyId": server.access_key, "SecretAccessKey": server.secret_key,
        "Expiration": "2126-01-01T00:00:00Z",
    }).encode()

    class Handler(http.server.BaseHTTPRequestHandler):
        def answer(self, body: bytes | None):
            asked.append(f"{self.command} {self.path}")
            self.send_response(200 if body else 403)
            self.send_header("Content-Length", str(len(body or b"")))
            self.end_headers()
            self.wfile.write(body or b"")

        def do_PUT(self):
            self.answer(b"metadata-token")

        def do_GET(self):
            if self.path == "/container":
                self.answer(document if self.headers["Authorization"] == "container-token" else None)
            elif self.headers["X-aws-ec2-metadata-token"] != "metadata-token":
                self.answer(None)
            else:
                self.answer(document if self.path.endswith("/role") else b"role")

        def log_message(self, *_):
            pass

    running = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=running.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{running.server_port}", asked
    running.shutdown()
    running.server_close()


def config(tmp_path, process: str) -> dict[str, str]:
    file = tmp_path / "aws-config"
    file.write_text(f"[profile program]\nregion = us-east-1\ncredential_process = {process}\n")
    return {"AWS_CONFIG_FILE": str(file)}


def test_a_program_gives_credentials(bucket, server, tmp_path, no_keys):
    bucket.put_table("t/a.parquet", TABLE)
    document = json.dumps(
        {"Version": 1, "AccessKeyId": server.access_key, "SecretAccessKey": server.secret_key})
    variables = config(tmp_path, f"printf %s {shlex.quote(document)}")
    run = CloudQuery(tmp_path, no_keys | variables).sync(bucket.spec(local_profile="program")).succeeded()
    assert not differences(run.recording.rows("t"), TABLE)
    assert server.secret_key not in run.everything


def test_a_program_that_fails_ends_the_sync_and_is_named(bucket, tmp_path, credentials):
    variables = config(tmp_path, "echo not today >&2; exit 3")
    run = CloudQuery(tmp_path, credentials | variables).sync(bucket.spec(local_profile="program")).failed()
    assert "aws-config:3: " in run.output and "ended with code 3: not today" in run.output


def test_a_container_gives_credentials(bucket, tmp_path, no_keys, service):
    address, asked = service
    bucket.put_table("t/a.parquet", TABLE)
    token = tmp_path / "token"
    token.write_text("container-token")
    run = CloudQuery(tmp_path, no_keys | {
        "AWS_CONTAINER_CREDENTIALS_FULL_URI": f"{address}/container",
        "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": str(token), "http_proxy": "http://127.0.0.1:9",
    }).sync(bucket.spec()).succeeded()
    assert not differences(run.recording.rows("t"), TABLE)
    assert set(asked) == {"GET /container"}


def test_an_instance_gives_credentials(bucket, tmp_path, no_keys, service):
    address, asked = service
    bucket.put_table("t/a.parquet", TABLE)
    run = CloudQuery(tmp_path, no_keys | {
        "AWS_EC2_METADATA_DISABLED": "false", "AWS_EC2_METADATA_SERVICE_ENDPOINT": address,
    }).sync(bucket.spec()).succeeded()
    assert not differences(run.recording.rows("t"), TABLE)
    roles = "/latest/meta-data/iam/security-credentials/"
    assert set(asked) == {"PUT /latest/api/token", f"GET {roles}", f"GET {roles}role"}


def test_where_there_are_none_every_place_is_named(bucket, tmp_path, no_keys):
    run = CloudQuery(tmp_path, no_keys).sync(bucket.spec()).failed()
    assert "no AWS credentials: " in run.output and "/.aws/config and " in run.output
