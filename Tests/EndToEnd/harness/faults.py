"""What can be done to a request, and a server that does it: the common part of the fault proxy and the fault server."""

from __future__ import annotations

import asyncio
import collections
import contextlib
import dataclasses
import gzip
import pathlib
import socket
import ssl
import struct
import subprocess
import threading
import urllib.parse
from typing import AsyncIterator, Callable
from xml.sax.saxutils import escape

from harness import secrecy

Headers = list[tuple[bytes, bytes]]


@dataclasses.dataclass
class Rule:
    """What to do to requests whose `METHOD /path?query` contains `match` (compared after percent-decoding)."""

    match: str
    times: int = 1
    skip: int = 0
    # Only requests whose Range header contains this.
    range: str = ""
    # Answer with this status and S3 error code instead of what was asked for.
    status: int | None = None
    code: str = "SlowDown"
    message: str = "injected"
    # Repeat the head of the request in that answer, as some servers do.
    echo: bool = False
    # The body of that answer, in place of an error document.
    body: bytes | None = None
    # Header lines of that answer, or in place of the right ones; None leaves a right one out.
    headers: dict[str, str | None] = dataclasses.field(default_factory=dict)
    # Close with RST before an answer.
    reset: bool = False
    # Pass this many bytes of the body, then close with RST.
    reset_after: int | None = None
    # Pass this many bytes of the body, then nothing until the client goes away.
    stall_after: int | None = None
    # Change the byte at this offset of the body.
    corrupt_at: int | None = None
    # Pass the body no faster than this.
    bytes_per_second: int | None = None
    # Pass this many bytes of the body, then close.
    truncate_after: int | None = None
    # Pass the body in chunks, without its length.
    chunked: bool = False
    # Compress the body, as some gateways do unasked.
    gzip: bool = False
    # Pass this many bytes too many after the body, the length saying so.
    excess: int = 0
    # Answer as if no range were asked for.
    ignores_range: bool = False
    # Wait before the answer.
    delay: float = 0
    # Called before the request is answered, once per use.
    before: Callable[[], None] | None = None
    # Called when the answer has passed, once per use.
    after: Callable[[], None] | None = None

    @property
    def hurts_answer(self) -> bool:
        """Whether head or body of the right answer are changed."""
        ends = (self.reset_after, self.stall_after, self.truncate_after, self.corrupt_at, self.bytes_per_second)
        return bool(self.headers or self.chunked or self.gzip or self.excess) or any(end is not None for end in ends)


@dataclasses.dataclass
class Request:
    method: str
    target: str
    headers: dict[str, str]
    body_bytes: int = 0
    is_range_ignored: bool = False

    @property
    def path(self) -> str:
        return urllib.parse.unquote(self.target.split("?", 1)[0])

    @property
    def range(self) -> str | None:
        return self.headers.get("range")

    @property
    def is_listing(self) -> bool:
        return "list-type=" in self.target


class FaultyServer:
    """Listens in a thread of its own between `start` and `stop`, hurts what its rules say, and counts what passes."""

    def __init__(
        self, latency: float = 0, bytes_per_second: int | None = None, certificate: "Certificate | None" = None,
        port: int = 0,
    ) -> None:
        """Every answer begins `latency` seconds late, and a connection carries no more than `bytes_per_second`."""
        self.latency, self.bytes_per_second, self.certificate = latency, bytes_per_second, certificate
        self.port = port
        self.rules: list[Rule] = []
        self.requests: list[Request] = []
        self.body_bytes = 0
        self.peak_objects = 0
        self.open_objects: collections.Counter[str] = collections.Counter()
        self.open_listings = self.peak_listings = 0
        self.ready = threading.Event()

    @property
    def endpoint(self) -> str:
        return f"{'https' if self.certificate else 'http'}://127.0.0.1:{self.port}"

    def start(self) -> None:
        self.thread = threading.Thread(target=lambda: asyncio.run(self.run()), daemon=True)
        self.thread.start()
        if not self.ready.wait(10):
            raise RuntimeError("the server did not start")

    def stop(self) -> None:
        self.loop.call_soon_threadsafe(self.finished.set)
        self.thread.join(10)

    async def run(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.finished = asyncio.Event()
        context = self.certificate.context if self.certificate else None
        server = await asyncio.start_server(self.serve, "127.0.0.1", self.port, limit=1 << 20, ssl=context)
        self.port = server.sockets[0].getsockname()[1]
        self.ready.set()
        await self.finished.wait()
        server.close()

    def pick(self, request: Request) -> Rule:
        line = f"{request.method} {urllib.parse.unquote(request.target)}"
        for rule in self.rules:
            if rule.match not in line or rule.range not in (request.range or ""):
                continue
            if rule.skip > 0:
                rule.skip -= 1
            elif rule.times > 0:
                rule.times -= 1
                return rule
        return Rule(match="")

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answers the requests of one connection."""
        try:
            with contextlib.closing(self.connection(reader, writer)) as connection:
                while True:
                    line, headers = await read_head(reader)
                    method, target, _ = line.decode().split(" ", 2)
                    request = Request(method, target, joined(headers))
                    self.requests.append(request)
                    secrecy.know_request(request.headers)
                    if request.headers.get("expect", "").lower() == "100-continue":
                        writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
                    body = await reader.readexactly(int(request.headers.get("content-length", 0)))
                    with self.counted(request):
                        if not await self.answer(connection, request, line, headers, body):
                            return
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    def connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> "Connection":
        return Connection(self, reader, writer)

    @contextlib.contextmanager
    def counted(self, request: Request):
        """Keeps count of the objects that are being read, and of the listings, at the same time."""
        if request.is_listing:
            self.open_listings += 1
            self.peak_listings = max(self.peak_listings, self.open_listings)
        elif request.method == "GET":
            self.open_objects[request.path] += 1
            self.peak_objects = max(self.peak_objects, sum(1 for count in self.open_objects.values() if count))
        try:
            yield
        finally:
            if request.is_listing:
                self.open_listings -= 1
            elif request.method == "GET":
                self.open_objects[request.path] -= 1

    async def answer(
        self, connection: "Connection", request: Request, line: bytes, headers: Headers, body: bytes
    ) -> bool:
        """Answers one request; false when the connection is over."""
        rule = self.pick(request)
        request.is_range_ignored = rule.ignores_range
        await asyncio.sleep(rule.delay + self.latency)
        if rule.before:
            await asyncio.to_thread(rule.before)
        if rule.reset:
            abort(connection.writer)
            return False
        if rule.status:
            return await connection.inject(rule, request)
        goes_on = await connection.exchange(rule, request, line, headers, body)
        if goes_on and rule.after:
            await asyncio.to_thread(rule.after)
        return goes_on


class Connection:
    """A client's connection."""

    def __init__(self, server: FaultyServer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.server, self.reader, self.writer = server, reader, writer

    def close(self) -> None:
        """Lets go of what belongs to the connection."""

    async def exchange(self, rule: Rule, request: Request, line: bytes, headers: Headers, body: bytes) -> bool:
        raise NotImplementedError

    async def inject(self, rule: Rule, request: Request) -> bool:
        """Answers what the rule says."""
        message, extra = escape(rule.message), {}
        if rule.echo:
            head = f"{secrecy.repeated(request.headers)} {request.target}"
            message, extra = escape(head), {"x-amz-request-id": head, "x-amz-id-2": head, "ETag": head, "Location": head,
                                            "Content-Range": head, "x-amz-bucket-region": head, "Content-Encoding": head}
        document = (
            '<?xml version="1.0" encoding="UTF-8"?>\n'
            f"<Error><Code>{rule.code}</Code><Message>{message}</Message><RequestId>INJECTED</RequestId></Error>"
        ).encode()
        body = document if rule.body is None else rule.body
        lines = {"Content-Type": "application/xml", "Content-Length": str(len(body)),
                 "x-amz-request-id": "INJECTED", "x-amz-id-2": "INJECTED2"} | extra | rule.headers
        self.write_head(f"HTTP/1.1 {rule.status} Injected".encode(), {k: v for k, v in lines.items() if v is not None})
        self.writer.write(b"" if request.method == "HEAD" else body)
        await self.writer.drain()
        return lines["Content-Length"] is not None

    def write_head(self, status: bytes, headers: dict[str, str]) -> None:
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        self.writer.write(status + b"\r\n" + lines.encode("latin-1") + b"\r\n")

    async def send(
        self, rule: Rule, request: Request, status: bytes, headers: dict[str, str], pieces: AsyncIterator[bytes]
    ) -> bool:
        """Sends an answer, hurt by the rule; false when the connection is over."""
        if rule.gzip:
            packed = gzip.compress(b"".join([piece async for piece in pieces]))
            headers = headers | {"Content-Encoding": "gzip", "Content-Length": str(len(packed))}
            pieces = once(packed)
        if rule.excess:
            headers = headers | {"Content-Length": str(int(headers["Content-Length"]) + rule.excess)}
            pieces = followed_by(pieces, bytes(rule.excess))
        replaced = {name.lower() for name in rule.headers}
        headers = {name: value for name, value in headers.items() if name.lower() not in replaced}
        headers |= {name: value for name, value in rule.headers.items() if value is not None}
        if rule.chunked:
            headers.pop("Content-Length", None)
            headers["Transfer-Encoding"] = "chunked"
            pieces = in_chunks(pieces)
        self.write_head(status, headers)
        if not await self.pass_body(rule, request, pieces):
            return False
        await self.writer.drain()
        return headers.get("Connection", "").lower() != "close"

    async def pass_body(self, rule: Rule, request: Request, pieces: AsyncIterator[bytes]) -> bool:
        loop, limit = asyncio.get_running_loop(), self.server.bytes_per_second
        began = loop.time()
        ends = [end for end in (rule.truncate_after, rule.reset_after, rule.stall_after) if end is not None]
        async for piece in pieces:
            if rule.corrupt_at is not None and 0 <= (at := rule.corrupt_at - request.body_bytes) < len(piece):
                piece = piece[:at] + bytes([piece[at] ^ 0xFF]) + piece[at + 1:]
            if ends and request.body_bytes + len(piece) > ends[0]:
                self.writer.write(piece[: ends[0] - request.body_bytes])
                await self.writer.drain()
                if rule.stall_after is not None:
                    await self.reader.read(1)
                elif rule.reset_after is not None:
                    # What was written must leave before the reset takes it back.
                    await asyncio.sleep(0.05)
                    abort(self.writer)
                return False
            for start in range(0, len(piece), rule.bytes_per_second or len(piece) or 1):
                part = piece[start:start + (rule.bytes_per_second or len(piece))]
                self.writer.write(part)
                await self.writer.drain()
                self.count(request, len(part))
                if rule.bytes_per_second:
                    await asyncio.sleep(1)
            if limit and (early := began + request.body_bytes / limit - loop.time()) > 0:
                await asyncio.sleep(early)
        return True

    def count(self, request: Request, byte_count: int) -> None:
        request.body_bytes += byte_count
        self.server.body_bytes += byte_count


class Certificate:
    """A certificate that signs itself, for this machine's address or another host."""

    def __init__(self, folder: pathlib.Path, host: str = "IP:127.0.0.1") -> None:
        self.path, key = folder / "certificate.pem", folder / "key.pem"
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=s3.test",
             "-addext", f"subjectAltName={host}", "-keyout", str(key), "-out", str(self.path)],
            check=True, capture_output=True)
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(self.path, key)


def abort(writer: asyncio.StreamWriter) -> None:
    """Closes with RST."""
    raw = writer.get_extra_info("socket")
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


async def read_head(reader: asyncio.StreamReader) -> tuple[bytes, Headers]:
    head = await reader.readuntil(b"\r\n\r\n")
    line, *fields = head[:-4].split(b"\r\n")
    return line, [tuple(field.split(b":", 1)) for field in fields]


def joined(headers: Headers) -> dict[str, str]:
    """Values by name in small letters; those of one name in their order."""
    found: dict[str, str] = {}
    for name, value in headers:
        key, text = name.decode("latin-1").lower(), value.decode("latin-1").strip()
        found[key] = f"{found[key]},{text}" if key in found else text
    return found


async def once(body: bytes) -> AsyncIterator[bytes]:
    yield body


async def followed_by(pieces: AsyncIterator[bytes], last: bytes) -> AsyncIterator[bytes]:
    async for piece in pieces:
        yield piece
    yield last


async def in_chunks(pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    async for piece in pieces:
        if piece:
            yield b"%x\r\n" % len(piece) + bytes(piece) + b"\r\n"
    yield b"0\r\n\r\n"
