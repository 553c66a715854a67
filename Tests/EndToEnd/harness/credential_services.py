"""The services that give credentials, as one server of this machine: container, instance, STS, Identity Center.

What they give is good for a fault server; or they refuse and repeat in the refusal all that they were asked with.
"""

from __future__ import annotations

import http.server
import itertools
import json
import threading
import urllib.parse
from xml.sax.saxutils import escape

from harness import secrecy
from harness.fault_server import FaultServer
from harness.sigv4 import Key

END = "2126-01-01T00:00:00Z"
# Tokens are written otherwise in URLs, XML and JSON: no form of them may be shown.
ODD = "+/=&\"<-"


class CredentialServices:
    """Runs between `start` and `stop`; each answer gives credentials of its own."""

    def __init__(self, server: FaultServer) -> None:
        self.server, self.echoes = server, False
        self.numbers = itertools.count(1)
        self.container_token, self.metadata_token = f"container-token-{ODD[:3]}", "metadata-token-0123"
        self.identity_token, self.access_token = f"web-identity-token.{ODD[:3]}", f"sso-access-token{ODD[:3]}"
        self.refresh_token, self.client_secret = f"sso-refresh-token{ODD}", f"sso-client-secret{ODD}"
        secrecy.know(self.container_token, self.metadata_token, self.identity_token, self.access_token,
                     self.refresh_token, self.client_secret)
        services = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                services.answer(self, "")

            def do_PUT(self):
                services.answer(self, "")

            def do_POST(self):
                services.answer(self, self.rfile.read(int(self.headers["Content-Length"])).decode())

            def log_message(self, *_):
                pass

        self.http = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.http.server_port}"

    def start(self) -> None:
        threading.Thread(target=self.http.serve_forever, daemon=True).start()

    def stop(self) -> None:
        self.http.shutdown()
        self.http.server_close()

    def new_key(self, is_temporary: bool = True) -> tuple[str, str, str]:
        """Access key, secret and token that the S3 server knows."""
        number = next(self.numbers)
        name, secret = f"ASIASECRECY{number}", f"secret-of-service-{number}-{ODD[:2]}abcdef"
        token = f"session-token-{number}-{ODD[:3]}abcdefghijk" if is_temporary else None
        self.server.keys[name] = Key(secret, token)
        secrecy.know(secret, token or "")
        return name, secret, token or ""

    def answer(self, handler: http.server.BaseHTTPRequestHandler, body: str) -> None:
        headers = {name.lower(): value for name, value in handler.headers.items()}
        secrecy.know_request(headers)
        asked = f"{secrecy.repeated(headers)} {body} {handler.command} {handler.path}"
        form = {name: values[0] for name, values in urllib.parse.parse_qs(body).items()}
        found = self.good_answer(handler, form, body)
        # The token of the metadata service comes first of all: without it there is nothing to repeat.
        refuses = found is None or self.echoes and handler.command != "PUT"
        if refuses:
            found = self.refusal(handler, form, asked)
        handler.send_response(400 if refuses else 200)
        handler.send_header("Content-Length", str(len(found)))
        handler.end_headers()
        handler.wfile.write(found)

    def good_answer(self, handler: http.server.BaseHTTPRequestHandler, form: dict[str, str], body: str) -> bytes | None:
        path, headers = handler.path.split("?")[0], handler.headers
        if path == "/container" and headers["Authorization"] == self.container_token:
            return self.document()
        if path == "/latest/api/token":
            return self.metadata_token.encode()
        if path.startswith("/latest/") and headers["X-aws-ec2-metadata-token"] == self.metadata_token:
            return self.document() if path.endswith("/role") else b"role"
        if path == "/federation/credentials" and headers["x-amz-sso_bearer_token"].startswith(self.access_token):
            key, secret, token = self.new_key()
            return json.dumps({"roleCredentials": {
                "accessKeyId": key, "secretAccessKey": secret, "sessionToken": token, "expiration": 4_900_000_000_000}}).encode()
        if path == "/token" and json.loads(body)["refreshToken"] == self.refresh_token:
            secrecy.know(self.access_token + "-renewed")
            return json.dumps({"accessToken": self.access_token + "-renewed", "expiresIn": 28_800,
                               "refreshToken": self.refresh_token}).encode()
        if form.get("Action") == "AssumeRole" or form.get("WebIdentityToken") == self.identity_token:
            key, secret, token = map(escape, self.new_key())
            return (f"<R><{form['Action']}Result><Credentials><AccessKeyId>{key}</AccessKeyId><SecretAccessKey>{secret}"
                    f"</SecretAccessKey><SessionToken>{token}</SessionToken><Expiration>{END}</Expiration></Credentials>"
                    f"</{form['Action']}Result></R>").encode()
        return None

    def document(self) -> bytes:
        key, secret, token = self.new_key()
        return json.dumps({"Code": "Success", "AccessKeyId": key, "SecretAccessKey": secret, "Token": token,
                           "Expiration": END}).encode()

    def refusal(self, handler: http.server.BaseHTTPRequestHandler, form: dict[str, str], asked: str) -> bytes:
        if form:
            return f"<ErrorResponse><Error><Code>Refused</Code><Message>{escape(asked)}</Message></Error></ErrorResponse>".encode()
        return json.dumps({"Code": asked, "code": asked, "message": asked, "error": asked, "error_description": asked}).encode()
