#!/usr/bin/env python3
"""An S3 server that does as its rules say: objects in memory, every signature checked, every fault at hand.

    fault_server.py [PORT]     prints "PID PORT" once it listens on 127.0.0.1

Keys: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY of the caller, else testaccess and testsecret123. Region us-east-1.
Virtual-hosted requests: any Host BUCKET.s3.localhost:PORT.
"""

from __future__ import annotations

import asyncio
import dataclasses
import email.utils
import os
import pathlib
import re
import signal
import sys
import threading
import time
import urllib.parse
from typing import AsyncIterator
from xml.sax.saxutils import escape

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1])]

from harness import sigv4  # noqa: E402
from harness.buckets import ListQuery, StoredBucket, Version, list_page  # noqa: E402
from harness.faults import Connection, FaultyServer, Headers, Request, Rule  # noqa: E402
from harness.sigv4 import Key, Message, Refusal  # noqa: E402

REGION = "us-east-1"
PIECE = 1 << 18
# The hosts of S3, and one for servers of this machine.
HOST = re.compile(r"(?:(?P<bucket>.+)\.)?s3\.(?:(?P<region>[a-z0-9-]+)\.amazonaws\.com|localhost)")


class FaultServer(FaultyServer):
    """Runs in a thread of its own between `start` and `stop`."""

    def __init__(self, **options) -> None:
        super().__init__(**options)
        self.access_key = os.environ.get("AWS_ACCESS_KEY_ID", "testaccess")
        self.secret_key = os.environ.get("AWS_SECRET_ACCESS_KEY", "testsecret123")
        self.keys = {self.access_key: Key(self.secret_key)}
        self.buckets: dict[str, StoredBucket] = {}
        # How far the server's clock is ahead of that of this machine, in seconds.
        self.clock_lead = 0

    @property
    def now(self) -> float:
        return time.time() + self.clock_lead

    def make_bucket(self, name: str, region: str = REGION) -> "FaultBucket":
        self.buckets[name] = StoredBucket(name, region)
        return FaultBucket(self, self.buckets[name])

    def connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> Connection:
        return ServerConnection(self, reader, writer)

    def respond(self, request: Request, headers: Headers, body: bytes) -> "Answer":
        """What S3 answers to a request."""
        name, key, query, region = address(request)
        bucket = self.buckets.get(name)
        by_region = {"x-amz-bucket-region": bucket.region} if bucket else {}
        try:
            if bucket and region not in (None, bucket.region):
                raise misdirected(bucket, "PermanentRedirect")
            self.authenticate(request, headers, body, bucket)
            if request.method == "PUT" and not key:
                self.buckets.setdefault(name, StoredBucket(name, REGION))
                return Answer(200)
            if bucket is None:
                raise Refusal(404, "NoSuchBucket", "The specified bucket does not exist", BucketName=name)
            if bucket.requester_pays and request.headers.get("x-amz-request-payer") != "requester":
                raise Refusal(403, "AccessDenied", "Access Denied")
            if not key:
                return self.respond_for_bucket(bucket, request, query, by_region)
            if request.method == "PUT":
                stored = bucket.put(key, body)
                return Answer(200, {"ETag": stored.content.tag})
            if request.method == "DELETE":
                bucket.delete(key)
                return Answer(204)
            return read_object(bucket, request, key, query)
        except Refusal as refusal:
            return refused(refusal, request, by_region)

    def authenticate(self, request: Request, headers: Headers, body: bytes, bucket: StoredBucket | None) -> None:
        if "authorization" not in request.headers:
            if bucket is None or not bucket.is_public:
                raise Refusal(403, "AccessDenied", "Access Denied")
            return
        repeated = [name for name, _ in headers if sum(name.lower() == other.lower() for other, _ in headers) > 1]
        if repeated:
            raise Refusal(400, "InvalidRequest", f"{repeated[0].decode()} came more than once")
        message = Message(request.method, request.target, request.headers, body)
        region = bucket.region if bucket else REGION
        try:
            sigv4.verify(message, self.keys, region, self.now)
        except Refusal as refusal:
            if bucket and "Region" in refusal.fields and bucket.misdirected != "AuthorizationHeaderMalformed":
                raise misdirected(bucket, bucket.misdirected) from None
            raise

    def respond_for_bucket(
        self, bucket: StoredBucket, request: Request, query: dict[str, bytes], by_region: dict[str, str]
    ) -> "Answer":
        if request.method == "HEAD":
            return Answer(200, by_region)
        if request.method == "GET" and query.get("list-type") == b"2":
            page = list_page(bucket, ListQuery.parse(query, request.headers))
            return Answer(200, {"Content-Type": "application/xml"} | by_region, page)
        raise Refusal(501, "NotImplemented", "A header you provided implies functionality that is not implemented")


@dataclasses.dataclass
class Answer:
    status: int
    headers: dict[str, str] = dataclasses.field(default_factory=dict)
    body: bytes | memoryview = b""
    # The object that the body is a part of, and where it begins there.
    version: Version | None = None
    offset: int = 0


class ServerConnection(Connection):
    """A client's connection."""

    async def exchange(self, rule: Rule, request: Request, line: bytes, headers: Headers, body: bytes) -> bool:
        answer = self.server.respond(request, headers, body)
        fixed = {
            "x-amz-request-id": f"{len(self.server.requests):016X}", "x-amz-id-2": "fault-server",
            "Date": email.utils.formatdate(self.server.now, usegmt=True), "Server": "FaultS3",
        }
        if answer.status != 204:
            fixed["Content-Length"] = str(len(answer.body))
        shown = b"" if request.method == "HEAD" else answer.body
        status = f"HTTP/1.1 {answer.status} Answer".encode()
        if rule.hurts_answer or len(shown) < PIECE or not answer.version or self.server.certificate:
            return await self.send(rule, request, status, fixed | answer.headers, pieces(shown))
        self.write_head(status, fixed | answer.headers)
        await self.send_file(request, answer)
        return True

    async def send_file(self, request: Request, answer: Answer) -> None:
        """Has the kernel send an object's bytes, no faster than the server's limit."""
        loop, limit = asyncio.get_running_loop(), self.server.bytes_per_second
        began, sent, count = loop.time(), 0, len(answer.body)
        while sent < count:
            part = min(count - sent, PIECE * 4)
            await loop.sendfile(self.writer.transport, answer.version.content.file, answer.offset + sent, part, fallback=False)
            sent += part
            self.count(request, part)
            if limit and (early := began + sent / limit - loop.time()) > 0:
                await asyncio.sleep(early)


async def pieces(body: bytes | memoryview) -> AsyncIterator[bytes]:
    for start in range(0, len(body), PIECE):
        yield bytes(body[start:start + PIECE])


def address(request: Request) -> tuple[str, bytes, dict[str, bytes], str | None]:
    """Bucket, key and query of a request, and the region of its host; the bucket may be in the host."""
    path, _, query = request.target.partition("?")
    raw = urllib.parse.unquote_to_bytes(path)[1:]
    host = re.sub(r":\d+$", "", request.headers.get("host", ""))
    named = HOST.fullmatch(host)
    if named and named["bucket"]:
        bucket, key = named["bucket"], raw
    else:
        name, _, key = raw.partition(b"/")
        bucket = name.decode("utf-8", "replace")
    fields = {}
    for field in filter(None, query.split("&")):
        name, _, value = field.partition("=")
        fields[urllib.parse.unquote(name)] = urllib.parse.unquote_to_bytes(value.replace("+", " "))
    return bucket, key, fields, named["region"] if named else None


def read_object(bucket: StoredBucket, request: Request, key: bytes, query: dict[str, bytes]) -> Answer:
    """Spec: S3 API, GetObject and HeadObject."""
    version = bucket.find(key, query["versionId"].decode() if "versionId" in query else None)
    content, headers = version.content, request.headers
    if version.is_archived:
        raise Refusal(403, "InvalidObjectState", "The operation is not valid for the object's storage class",
                      StorageClass=version.storage_class)
    check_customer_key(version, headers)
    shown = {
        "ETag": content.tag, "Last-Modified": email.utils.formatdate(version.last_modified, usegmt=True),
        "Accept-Ranges": "bytes", "Content-Type": "application/octet-stream",
    }
    if version.id != "null":
        shown["x-amz-version-id"] = version.id
    if version.storage_class != "STANDARD":
        shown["x-amz-storage-class"] = version.storage_class
    if (wanted := headers.get("if-match")) and wanted not in ("*", content.tag, content.tag.strip('"')):
        raise Refusal(412, "PreconditionFailed", "At least one of the pre-conditions you specified did not hold",
                      Condition="If-Match")
    if headers.get("if-none-match") in ("*", content.tag):
        return Answer(304, shown)
    size = len(content.raw)
    span = None if request.is_range_ignored else span_of(headers.get("range", ""), size)
    if span is None:
        if version.has_checksum and headers.get("x-amz-checksum-mode") == "ENABLED":
            shown |= {"x-amz-checksum-crc32": content.crc32, "x-amz-checksum-type": "FULL_OBJECT"}
        return Answer(200, shown, memoryview(content.raw), version)
    first, last = span
    return Answer(206, shown | {"Content-Range": f"bytes {first}-{last}/{size}"},
                  memoryview(content.raw)[first:last + 1], version, first)


def span_of(text: str, size: int) -> tuple[int, int] | None:
    """First and last byte of a range; None where the whole is asked for. S3 takes no notice of what it cannot read."""
    found = re.fullmatch(r"bytes=(\d*)-(\d*)", text)
    if not found or found.groups() == ("", ""):
        return None
    if not found[1]:
        first, last = max(size - int(found[2]), 0), size - 1
    else:
        first, last = int(found[1]), min(int(found[2] or size - 1), size - 1)
    if found[1] and found[2] and int(found[2]) < first:
        return None
    if first >= size or found[2] == "0" and not found[1]:
        raise Refusal(416, "InvalidRange", "The requested range is not satisfiable", ActualObjectSize=str(size),
                      RangeRequested=text)
    return first, last


def check_customer_key(version: Version, headers: dict[str, str]) -> None:
    given = headers.get("x-amz-server-side-encryption-customer-key-md5")
    if given == version.customer_key_digest:
        return
    if version.customer_key_digest is None:
        raise Refusal(400, "InvalidRequest", "The encryption parameters are not applicable to this object.")
    if given is None:
        raise Refusal(400, "InvalidRequest", "The object was stored using a form of Server Side Encryption. The correct "
                      "parameters must be provided to retrieve the object.")
    raise Refusal(403, "AccessDenied", "Access Denied")


def misdirected(bucket: StoredBucket, kind: str) -> Refusal:
    """How hosts of other regions than the bucket's answer."""
    host = f"{bucket.name}.s3.{bucket.region}.amazonaws.com"
    return {
        "PermanentRedirect": Refusal(301, "PermanentRedirect", "The bucket you are attempting to access must be addressed "
                                     "using the specified endpoint.", Endpoint=host, Bucket=bucket.name),
        "TemporaryRedirect": Refusal(307, "TemporaryRedirect", "Please re-send this request to the specified temporary "
                                     "endpoint.", {"Location": f"https://{host}/"}, Endpoint=host, Bucket=bucket.name),
        "IllegalLocationConstraintException": Refusal(
            400, "IllegalLocationConstraintException", f"The {bucket.region} location constraint is incompatible for the "
            "region specific endpoint this request was sent to."),
        # Without a body, and without a region where it is a GET.
        "bare": Refusal(301, "", "", {"x-amz-bucket-region": bucket.region}),
    }[kind]


def refused(refusal: Refusal, request: Request, by_region: dict[str, str]) -> Answer:
    if not refusal.code:
        return Answer(refusal.status, refusal.headers)
    fields = {"Code": refusal.code, "Message": refusal.message} | refusal.fields | {"RequestId": "REFUSED"}
    document = "".join(f"<{name}>{escape(value)}</{name}>" for name, value in fields.items())
    body = f'<?xml version="1.0" encoding="UTF-8"?>\n<Error>{document}</Error>'.encode()
    return Answer(refusal.status, {"Content-Type": "application/xml"} | by_region | refusal.headers, body)


class FaultBucket:
    """A bucket of the fault server as tests use it; `stored` has what other clients could do to it."""

    def __init__(self, server: FaultServer, stored: StoredBucket) -> None:
        self.server, self.stored, self.name = server, stored, stored.name
        self.put, self.delete = stored.put, stored.delete

    def spec(self, **changes) -> dict:
        """The source's spec for this bucket."""
        spec = {"bucket": self.name, "region": self.stored.region, "endpoint": self.server.endpoint, "path_style": True}
        return {name: value for name, value in (spec | changes).items() if value is not None}


def main() -> None:
    server = FaultServer(port=int(sys.argv[1]) if len(sys.argv) > 1 else 0)
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    server.start()
    print(os.getpid(), server.port, flush=True)
    ended.wait()
    server.stop()


if __name__ == "__main__":
    main()
