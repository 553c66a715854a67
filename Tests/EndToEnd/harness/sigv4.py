"""Checks a request's signature, Version 4, as S3 does: all is derived anew from the bytes that came.

Spec: "Authenticating Requests: Using the Authorization Header (AWS Signature Version 4)".
"""

from __future__ import annotations

import dataclasses
import datetime
import hashlib
import hmac
import re
import urllib.parse

AUTHORIZATION = re.compile(
    r"AWS4-HMAC-SHA256 Credential=(?P<key>[^/,\s]+)/(?P<date>\d{8})/(?P<region>[^/,\s]+)/(?P<service>[^/,\s]+)/aws4_request, ?"
    r"SignedHeaders=(?P<names>[^,\s]+), ?Signature=(?P<signature>[0-9a-f]{64})")
TOLERANCE_SECONDS = 15 * 60
EMPTY = hashlib.sha256(b"").hexdigest()


@dataclasses.dataclass
class Key:
    """What a server knows of an access key."""

    secret: str
    # Temporary keys come with this token.
    token: str | None = None
    is_expired: bool = False


class Refusal(Exception):
    """Why a request is not accepted."""

    def __init__(self, status: int, code: str, message: str, headers: dict[str, str] | None = None, **fields: str) -> None:
        super().__init__(f"{status} {code}: {message}")
        self.status, self.code, self.message, self.fields = status, code, message, fields
        self.headers = headers or {}


@dataclasses.dataclass
class Message:
    """A request as it came: the target is not decoded, names of headers are in small letters."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes


def verify(message: Message, keys: dict[str, Key], region: str, now: float, service: str = "s3") -> str:
    """The access key whose owner sent the message; otherwise raises Refusal. `now` counts seconds since 1970."""
    found = AUTHORIZATION.fullmatch(message.headers.get("authorization", ""))
    if not found:
        raise Refusal(400, "AuthorizationHeaderMalformed", "The authorization header is malformed.")
    key = keys.get(found["key"])
    token = message.headers.get("x-amz-security-token")
    if key is None or (key.token is not None and token is None):
        raise Refusal(403, "InvalidAccessKeyId", "The AWS Access Key Id you provided does not exist in our records.",
                      AWSAccessKeyId=found["key"])
    time = message.headers.get("x-amz-date", "")
    if not re.fullmatch(r"\d{8}T\d{6}Z", time) or not time.startswith(found["date"]):
        raise Refusal(403, "AccessDenied", "AWS authentication requires a valid Date or x-amz-date header")
    check_scope(found, region, service)
    check_time(time, now)
    check_headers(message, found["names"])
    canonical = canonical_request(message, found["names"])
    scope = f"{found['date']}/{found['region']}/{found['service']}/aws4_request"
    to_sign = "\n".join(["AWS4-HMAC-SHA256", time, scope, hashlib.sha256(canonical).hexdigest()])
    if not hmac.compare_digest(signature(key.secret, scope, to_sign), found["signature"]):
        # S3 answers with what it made of the request, and with the signature that came.
        raise Refusal(403, "SignatureDoesNotMatch",
                      "The request signature we calculated does not match the signature you provided. Check your key and "
                      "signing method.", AWSAccessKeyId=found["key"], StringToSign=to_sign,
                      SignatureProvided=found["signature"], CanonicalRequest=canonical.decode("utf-8", "replace"))
    if token != key.token:
        raise Refusal(400, "InvalidToken", "The provided token is malformed or otherwise invalid.", **{"Token-0": token or ""})
    if key.is_expired:
        raise Refusal(400, "ExpiredToken", "The provided token has expired.", **{"Token-0": token or ""})
    return found["key"]


def check_scope(found: re.Match, region: str, service: str) -> None:
    for name, wanted in (("region", region), ("service", service)):
        if found[name] != wanted:
            fields = {"Region": region} if name == "region" else {}
            raise Refusal(400, "AuthorizationHeaderMalformed",
                          f"The authorization header is malformed; the {name} '{found[name]}' is wrong; expecting '{wanted}'",
                          **fields)


def check_time(text: str, now: float) -> None:
    time = datetime.datetime.strptime(text, "%Y%m%dT%H%M%SZ").replace(tzinfo=datetime.timezone.utc)
    if abs(time.timestamp() - now) > TOLERANCE_SECONDS:
        server = datetime.datetime.fromtimestamp(now, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
        raise Refusal(403, "RequestTimeTooSkewed", "The difference between the request time and the current time is too large.",
                      RequestTime=text, ServerTime=server, MaxAllowedSkewMilliseconds="900000")


def check_headers(message: Message, names: str) -> None:
    signed = names.split(";")
    unsigned = [name for name in message.headers if name.startswith("x-amz-") and name not in signed]
    if unsigned or "host" not in signed:
        raise Refusal(403, "AccessDenied", "There were headers present in the request which were not signed",
                      HeadersNotSigned=", ".join(unsigned or ["host"]))
    if signed != sorted(set(signed)) or names != names.lower() or any(name not in message.headers for name in signed):
        raise Refusal(400, "AuthorizationHeaderMalformed", "SignedHeaders is not a sorted list of headers of the request")
    stated = message.headers.get("x-amz-content-sha256")
    if stated is None:
        raise Refusal(400, "InvalidRequest", "Missing required header for this request: x-amz-content-sha256")
    if stated == "UNSIGNED-PAYLOAD":
        return
    if not re.fullmatch("[0-9a-f]{64}", stated):
        raise Refusal(501, "NotImplemented", "A header you provided implies functionality that is not implemented")
    if stated != (hashlib.sha256(message.body).hexdigest() if message.body else EMPTY):
        raise Refusal(400, "XAmzContentSHA256Mismatch", "The provided 'x-amz-content-sha256' header does not match what was computed.")


def canonical_request(message: Message, names: str) -> bytes:
    path, _, query = message.target.partition("?")
    headers = "".join(f"{name}:{' '.join(message.headers[name].split())}\n" for name in names.split(";"))
    return "\n".join([
        message.method, encoded(urllib.parse.unquote_to_bytes(path), "/"), canonical_query(query), headers, names,
        message.headers["x-amz-content-sha256"],
    ]).encode("latin-1")


def canonical_query(query: str) -> str:
    fields = []
    for field in filter(None, query.split("&")):
        name, _, value = field.partition("=")
        fields.append((encoded(urllib.parse.unquote_to_bytes(name)), encoded(urllib.parse.unquote_to_bytes(value))))
    return "&".join(f"{name}={value}" for name, value in sorted(fields))


def encoded(raw: bytes, kept: str = "") -> str:
    unreserved = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~" + kept.encode()
    return "".join(chr(byte) if byte in unreserved else f"%{byte:02X}" for byte in raw)


def signature(secret: str, scope: str, to_sign: str) -> str:
    value = b"AWS4" + secret.encode()
    for part in scope.split("/"):
        value = hmac.digest(value, part.encode(), "sha256")
    return hmac.digest(value, to_sign.encode("latin-1"), "sha256").hex()
