"""No output of the plugin shows what is secret: checked after every run of it, whatever the run is about.

Secrets are those that its environment and spec give it, those in the files they name, and those that a test or one of
its servers knows; every signature that was sent is one.
"""

from __future__ import annotations

import base64
import json
import pathlib
import re
import urllib.parse
from typing import Any, Iterable
from xml.sax.saxutils import escape

VARIABLES = ("AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_CONTAINER_AUTHORIZATION_TOKEN")
FILES = ("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", "AWS_WEB_IDENTITY_TOKEN_FILE")
FIELDS = ("sse_customer_key",)
# Signed requests and URLs, whoever signed them.
SIGNED = re.compile(rb"Signature=[0-9a-fA-F]{8}")
HEX_64 = re.compile(rb"(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])")

known: set[bytes] = set()
signatures: set[bytes] = set()


def know(*values: str) -> None:
    """From now on these must be in no output."""
    for value in filter(None, values):
        known.update(form.encode() for form in (value, urllib.parse.quote(value, safe=""), escape(value), json.dumps(value)[1:-1]))


def know_request(headers: dict[str, str]) -> None:
    """Takes the secrets of a request that came to a server."""
    signatures.update(signature.encode() for signature in signature_of(headers))
    know(*tokens_of(headers))


def signature_of(headers: dict[str, str]) -> list[str]:
    return re.findall("Signature=([0-9a-f]{64})", headers.get("authorization", ""))


def tokens_of(headers: dict[str, str]) -> list[str]:
    names = ("x-amz-security-token", "x-amz-s3session-token", "x-amz-server-side-encryption-customer-key")
    return [headers[name] for name in names if name in headers]


def repeated(headers: dict[str, str]) -> str:
    """All that a request was sent with. Its secrets come first: where a text is cut, its beginning is shown."""
    return " ".join(signature_of(headers) + tokens_of(headers) + [f"{name}: {value}" for name, value in headers.items()])


def secrets_of(environment: dict[str, str], spec: Any = None) -> set[bytes]:
    found = [environment.get(name, "") for name in VARIABLES]
    for name in FILES:
        file = pathlib.Path(environment.get(name, "/nonexistent"))
        found.append(file.read_text().strip() if file.exists() else "")
    if isinstance(spec, dict):
        found += [key for name in FIELDS for key in leaves(spec.get(name))]
        for key in leaves(spec.get("decryption_keys")):
            found += forms(key)
    return {value.encode() for value in found if value}


def leaves(value: Any) -> Iterable[str]:
    if isinstance(value, dict):
        for name, part in value.items():
            yield from leaves(part) if name != "aad_prefix" else ()
    elif isinstance(value, str) and len(value) >= 16:
        yield value


def forms(key: str) -> list[str]:
    """The ways to write a key of an encrypted file."""
    try:
        raw = bytes.fromhex(key) if re.fullmatch("(?:[0-9a-fA-F]{2})+", key) else base64.b64decode(key, validate=True)
    except ValueError:
        return [key]
    return [key, raw.hex(), raw.hex().upper(), base64.b64encode(raw).decode()]


def leaks(output: bytes, secrets: set[bytes]) -> list[str]:
    """What of the secrets is in an output."""
    found = [secret.decode() for secret in known | secrets if secret in output]
    found += [signature.decode() for signature in signatures.intersection(HEX_64.findall(output))]
    return found + [match.decode() for match in SIGNED.findall(output)]


def check(outputs: dict[str, bytes], environment: dict[str, str], spec: Any = None) -> None:
    """Fails where an output, by its name, shows a secret."""
    secrets = secrets_of(environment, spec)
    shown = {name: found for name, output in outputs.items() if (found := leaks(output, secrets))}
    assert not shown, f"secrets in the output: {shown}"


def check_files(folder: pathlib.Path, environment: dict[str, str], spec: Any = None) -> None:
    """The same of every file in a folder; of one with many rows its beginning and its end."""
    files = [path for path in folder.rglob("*") if path.is_file()] if folder.exists() else []
    check({str(path): ends_of(path) for path in files}, environment, spec)


def ends_of(path: pathlib.Path, byte_count: int = 1 << 18) -> bytes:
    with path.open("rb") as file:
        start = file.read(byte_count)
        file.seek(max(byte_count, path.stat().st_size - byte_count))
        return start + file.read()
