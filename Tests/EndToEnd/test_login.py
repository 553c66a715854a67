"""Sessions of `aws login`: the plugin renews their credentials as the AWS SDKs do."""

import base64
import hashlib
import http.client
import http.server
import json
import threading
import time

import pyarrow as pa
import pytest
from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, utils
from harness.cli import CloudQuery
from harness.digests import differences

TABLE = pa.table({"n": pa.array(range(1000))})
TOKEN = "token-of-the-session"
SESSION = "arn:aws:iam::123456789012:user/me"
CLIENT = "arn:aws:signin:::devtools/same-device"


def decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


class Answers:
    """A server in threads; `answer` makes status, headers and body of each request."""

    def __init__(self) -> None:
        service = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do(self):
                body = self.rfile.read(int(self.headers["Content-Length"] or 0))
                status, headers, content = service.answer(self, body)
                self.send_response(status)
                for name, value in {**headers, "Content-Length": str(len(content))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_POST = do

            def log_message(self, *_):
                pass

        self.running = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.running.server_port}"
        threading.Thread(target=self.running.serve_forever, daemon=True).start()

    def stop(self) -> None:
        self.running.shutdown()
        self.running.server_close()


class TokenGate(Answers):
    """The S3 server, which knows no session tokens itself: whoever has the right one is let through."""

    def __init__(self, server) -> None:
        super().__init__()
        self.server = server

    def answer(self, asked, _: bytes):
        headers = asked.headers
        if headers["X-Amz-Security-Token"] != TOKEN or "x-amz-security-token" not in headers["Authorization"]:
            return 400, {}, b"<Error><Code>ExpiredToken</Code><Message>The token has expired.</Message></Error>"
        kept = {name: asked.headers[name] for name in ("Range", "If-Match") if asked.headers[name]}
        request = AWSRequest("GET", self.server.endpoint + asked.path, headers=kept)
        S3SigV4Auth(Credentials(self.server.access_key, self.server.secret_key), "s3", "us-east-1").add_auth(request)
        connection = http.client.HTTPConnection(self.server.host, self.server.port)
        connection.request("GET", asked.path, headers=dict(request.headers))
        response = connection.getresponse()
        content = response.read()
        connection.close()
        kept = {name: response.headers[name] for name in ("ETag", "Content-Range", "Date") if response.headers[name]}
        return response.status, kept, content


class SignIn(Answers):
    """The sign-in service: gives the server's keys for the present refresh token and a proof of its key."""

    def __init__(self, server) -> None:
        super().__init__()
        self.server = server
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.refresh_tokens = ["refresh-0"]
        self.proofs: set[str] = set()
        self.has_ended = False

    def answer(self, asked, body: bytes):
        status, document = self.renewal(asked.path, asked.headers, body)
        return status, {"Content-Type": "application/json"}, json.dumps(document).encode()

    def renewal(self, path: str, headers, body: bytes):
        try:
            self.check_proof(headers["DPoP"], self.address + path)
        except (AssertionError, InvalidSignature, ValueError, KeyError) as error:
            return 400, {"error": "invalid_request", "message": f"proof: {error!r}"}
        wanted = {"clientId": CLIENT, "grantType": "refresh_token", "refreshToken": self.refresh_tokens[-1]}
        if path != "/v1/token" or headers["Content-Type"] != "application/json" or json.loads(body) != wanted:
            return 400, {"error": "invalid_request", "message": "not what the service takes"}
        if self.has_ended:
            return 401, {"error": "TOKEN_EXPIRED", "message": "Your session has ended."}
        self.refresh_tokens.append(f"refresh-{len(self.refresh_tokens)}")
        return 200, {
            "accessToken": {
                "accessKeyId": self.server.access_key, "secretAccessKey": self.server.secret_key,
                "sessionToken": TOKEN,
            },
            "tokenType": "aws_sigv4", "expiresIn": 900, "refreshToken": self.refresh_tokens[-1],
        }

    def check_proof(self, proof: str, url: str) -> None:
        head, claims, signature = proof.split(".")
        numbers = self.key.public_key().public_numbers()
        jwk = json.loads(decoded(head))
        assert (jwk["typ"], jwk["alg"], jwk["jwk"]["kty"], jwk["jwk"]["crv"]) == ("dpop+jwt", "ES256", "EC", "P-256")
        assert set(jwk["jwk"]) == {"kty", "crv", "x", "y"}, "the private number is nobody's business"
        assert decoded(jwk["jwk"]["x"]) == numbers.x.to_bytes(32, "big")
        assert decoded(jwk["jwk"]["y"]) == numbers.y.to_bytes(32, "big")
        said = json.loads(decoded(claims))
        assert (said["htm"], said["htu"]) == ("POST", url) and abs(said["iat"] - time.time()) < 60
        assert said["jti"] not in self.proofs, "a proof is good for one request"
        self.proofs.add(said["jti"])
        pair = decoded(signature)
        assert len(pair) == 64
        encoded = utils.encode_dss_signature(int.from_bytes(pair[:32], "big"), int.from_bytes(pair[32:], "big"))
        self.key.public_key().verify(encoded, f"{head}.{claims}".encode(), ec.ECDSA(hashes.SHA256()))


@pytest.fixture
def sign_in(server):
    service = SignIn(server)
    yield service
    service.stop()


@pytest.fixture
def gate(server):
    service = TokenGate(server)
    yield service.address
    service.stop()


@pytest.fixture
def session(tmp_path, credentials, sign_in):
    """What a plugin gets after `aws login`, some hours ago, and the file in which the session is kept."""
    config = tmp_path / "aws-config"
    config.write_text(f"[profile me]\nregion = us-east-1\nlogin_session = {SESSION}\n")
    file = tmp_path / "logins" / (hashlib.sha256(SESSION.encode()).hexdigest() + ".json")
    file.parent.mkdir()
    pem = sign_in.key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption())
    file.write_text(json.dumps({
        "accessToken": {
            "accessKeyId": "ENDED", "secretAccessKey": "ended-secret", "sessionToken": "ended-token",
            "accountId": "123456789012", "expiresAt": "2026-01-01T00:00:00Z",
        },
        "tokenType": "aws_sigv4", "clientId": CLIENT, "refreshToken": "refresh-0", "dpopKey": pem.decode(),
        "idToken": "who-i-am",
    }))
    file.chmod(0o600)
    kept = {name: value for name, value in credentials.items() if not name.endswith(("KEY_ID", "ACCESS_KEY"))}
    return file, kept | {
        "AWS_CONFIG_FILE": str(config), "AWS_LOGIN_CACHE_DIRECTORY": str(file.parent),
        "AWS_ENDPOINT_URL_SIGNIN": sign_in.address,
    }


def test_a_session_is_renewed_and_kept_for_others(bucket, tmp_path, gate, sign_in, session, server):
    bucket.put_table("t/a.parquet", TABLE)
    file, variables = session
    before = json.loads(file.read_text())
    run = CloudQuery(tmp_path, variables).sync(bucket.spec(local_profile="me", endpoint=gate)).succeeded()
    assert not differences(run.recording.rows("t"), TABLE)
    # Other programs go on with what the file holds now, and only its owner may read it.
    after = json.loads(file.read_text())
    assert len(sign_in.refresh_tokens) >= 2 and after["refreshToken"] == sign_in.refresh_tokens[-1]
    token = after.pop("accessToken")
    assert token["accessKeyId"] == server.access_key and token["accountId"] == "123456789012"
    assert 0 < time.mktime(time.strptime(token["expiresAt"], "%Y-%m-%dT%H:%M:%SZ")) - time.timezone - time.time() <= 900
    assert {name: value for name, value in before.items() if name not in ("accessToken", "refreshToken")} == {
        name: value for name, value in after.items() if name != "refreshToken"}
    assert file.stat().st_mode & 0o777 == 0o600 and list(file.parent.iterdir()) == [file]
    for secret in [server.secret_key, TOKEN, *sign_in.refresh_tokens, "ended-secret"]:
        assert secret not in run.everything


def test_credentials_that_are_refused_are_renewed_before_their_end(bucket, tmp_path, gate, sign_in, session):
    bucket.put_table("t/a.parquet", TABLE)
    file, variables = session
    document = json.loads(file.read_text())
    document["accessToken"]["expiresAt"] = "2126-01-01T00:00:00Z"
    file.write_text(json.dumps(document))
    run = CloudQuery(tmp_path, variables).sync(bucket.spec(local_profile="me", endpoint=gate)).succeeded()
    assert not differences(run.recording.rows("t"), TABLE)
    assert len(sign_in.refresh_tokens) == 2


def test_a_session_that_has_ended_asks_for_a_sign_in(bucket, tmp_path, sign_in, session):
    sign_in.has_ended = True
    file, variables = session
    before = file.read_bytes()
    run = CloudQuery(tmp_path, variables).sync(bucket.spec(local_profile="me")).failed()
    assert "aws-config:3: " in run.output and "TOKEN_EXPIRED" in run.output
    assert "sign in with: aws login --profile me" in run.output and file.read_bytes() == before
