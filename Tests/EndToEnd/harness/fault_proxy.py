"""An HTTP/1.1 proxy in front of the S3 server that hurts chosen requests and counts what passes.

The Host header goes through unchanged: a request signed for the proxy's address stays valid.
"""

from __future__ import annotations

import asyncio
import collections
import contextlib
import dataclasses
import socket
import struct
import threading
import urllib.parse
from typing import Callable

Headers = list[tuple[bytes, bytes]]


@dataclasses.dataclass
class Rule:
    """What to do to requests whose `METHOD /path?query` contains `match` (compared after percent-decoding)."""

    match: str
    times: int = 1
    skip: int = 0
    # Only requests whose Range header contains this.
    range: str = ""
    # Answer with this status and S3 error code instead of asking the server.
    status: int | None = None
    code: str = "SlowDown"
    message: str = "injected"
    # The body of that answer, in place of an error document.
    body: bytes | None = None
    # Header lines of that answer, or in place of the server's; None leaves a line of the server out.
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
    # Wait before asking the server.
    delay: float = 0
    # Called before the request is passed on, once per use.
    before: Callable[[], None] | None = None
    # Called when the answer has passed, once per use.
    after: Callable[[], None] | None = None


@dataclasses.dataclass
class Request:
    method: str
    target: str
    range: str | None
    body_bytes: int = 0

    @property
    def path(self) -> str:
        return urllib.parse.unquote(self.target.split("?", 1)[0])


class FaultProxy:
    """Runs in a thread of its own between `start` and `stop`."""

    def __init__(
        self, upstream_host: str, upstream_port: int, latency: float = 0, bytes_per_second: int | None = None
    ) -> None:
        """Every answer begins `latency` seconds late, and a connection carries no more than `bytes_per_second`."""
        self.upstream = (upstream_host, upstream_port)
        self.latency, self.bytes_per_second = latency, bytes_per_second
        self.rules: list[Rule] = []
        self.requests: list[Request] = []
        self.body_bytes = 0
        self.peak_objects = 0
        self.open_objects: collections.Counter[str] = collections.Counter()
        self.ready = threading.Event()

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        self.thread = threading.Thread(target=lambda: asyncio.run(self.run()), daemon=True)
        self.thread.start()
        if not self.ready.wait(10):
            raise RuntimeError("the proxy did not start")

    def stop(self) -> None:
        self.loop.call_soon_threadsafe(self.finished.set)
        self.thread.join(10)

    async def run(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.finished = asyncio.Event()
        server = await asyncio.start_server(self.serve, "127.0.0.1", 0, limit=1 << 20)
        self.port = server.sockets[0].getsockname()[1]
        self.ready.set()
        await self.finished.wait()
        server.close()

    def pick(self, request: Request) -> Rule | None:
        line = f"{request.method} {urllib.parse.unquote(request.target)}"
        for rule in self.rules:
            if rule.match not in line or rule.range not in (request.range or ""):
                continue
            if rule.skip > 0:
                rule.skip -= 1
            elif rule.times > 0:
                rule.times -= 1
                return rule
        return None

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        upstream: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        try:
            while True:
                line, headers = await read_head(reader)
                method, target, _ = line.decode().split(" ", 2)
                request = Request(method, target, header_text(headers, b"range"))
                self.requests.append(request)
                body = await reader.readexactly(int(header_text(headers, b"content-length") or 0))
                if upstream is None:
                    upstream = await asyncio.open_connection(*self.upstream, limit=1 << 20)
                with self.counted(request):
                    if not await self.exchange(request, line, headers, body, upstream, reader, writer):
                        return
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            for end in (writer, upstream[1] if upstream else None):
                if end:
                    end.close()

    @contextlib.contextmanager
    def counted(self, request: Request):
        """Keeps count of the objects that are being read at the same time."""
        if request.method != "GET" or "list-type" in request.target:
            yield
            return
        self.open_objects[request.path] += 1
        self.peak_objects = max(self.peak_objects, sum(1 for count in self.open_objects.values() if count))
        try:
            yield
        finally:
            self.open_objects[request.path] -= 1

    async def exchange(self, request, line, headers, body, upstream, reader, writer) -> bool:
        """Passes one request and its answer; false when the connection is over."""
        rule = self.pick(request) or Rule(match="")
        await asyncio.sleep(rule.delay + self.latency)
        if rule.before:
            await asyncio.to_thread(rule.before)
        if rule.reset:
            abort(writer)
            return False
        if rule.status:
            document = f"<Error><Code>{rule.code}</Code><Message>{rule.message}</Message></Error>".encode()
            answer = document if rule.body is None else rule.body
            lines = {"Content-Type": "application/xml", "Content-Length": str(len(answer))} | rule.headers
            writer.write(f"HTTP/1.1 {rule.status} Injected\r\n".encode() + b"".join(
                f"{name}: {value}\r\n".encode() for name, value in lines.items() if value is not None) + b"\r\n")
            writer.write(b"" if request.method == "HEAD" else answer)
            await writer.drain()
            return lines["Content-Length"] is not None
        from_server, to_server = upstream
        to_server.write(line + b"\r\n" + b"".join(name + b":" + value + b"\r\n" for name, value in headers) + b"\r\n" + body)
        await to_server.drain()
        status, answer_headers = await read_head(from_server)
        while status.split()[1] == b"100":
            status, answer_headers = await read_head(from_server)
        replaced = {name.lower().encode() for name in rule.headers}
        passed = [line for line in answer_headers if line[0].lower() not in replaced]
        passed += [(name.encode(), b" " + value.encode()) for name, value in rule.headers.items() if value is not None]
        writer.write(status + b"\r\n" + b"".join(name + b":" + value + b"\r\n" for name, value in passed) + b"\r\n")
        bodiless = request.method == "HEAD" or status.split()[1] in (b"204", b"304")
        began = self.loop.time()
        ends = [end for end in (rule.truncate_after, rule.reset_after, rule.stall_after) if end is not None]
        async for piece in answer_body(from_server, answer_headers, bodiless):
            if rule.corrupt_at is not None and 0 <= (at := rule.corrupt_at - request.body_bytes) < len(piece):
                piece = piece[:at] + bytes([piece[at] ^ 0xFF]) + piece[at + 1:]
            if ends and request.body_bytes + len(piece) > ends[0]:
                writer.write(piece[: ends[0] - request.body_bytes])
                await writer.drain()
                if rule.stall_after is not None:
                    await reader.read(1)
                elif rule.reset_after is not None:
                    # What was written must leave before the reset takes it back.
                    await asyncio.sleep(0.05)
                    abort(writer)
                return False
            for start in range(0, len(piece), rule.bytes_per_second or len(piece) or 1):
                part = piece[start:start + (rule.bytes_per_second or len(piece))]
                writer.write(part)
                await writer.drain()
                request.body_bytes += len(part)
                self.body_bytes += len(part)
                if rule.bytes_per_second:
                    await asyncio.sleep(1)
            if self.bytes_per_second and (early := began + request.body_bytes / self.bytes_per_second - self.loop.time()) > 0:
                await asyncio.sleep(early)
        await writer.drain()
        if rule.after:
            await asyncio.to_thread(rule.after)
        return (header_text(passed, b"connection") or "").lower() != "close"


def abort(writer: asyncio.StreamWriter) -> None:
    """Closes with RST."""
    raw = writer.get_extra_info("socket")
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


async def read_head(reader: asyncio.StreamReader) -> tuple[bytes, Headers]:
    head = await reader.readuntil(b"\r\n\r\n")
    line, *fields = head[:-4].split(b"\r\n")
    return line, [tuple(field.split(b":", 1)) for field in fields]


def header_text(headers: Headers, name: bytes) -> str | None:
    return next((value.strip().decode() for key, value in headers if key.lower() == name), None)


async def answer_body(reader: asyncio.StreamReader, headers: Headers, bodiless: bool):
    """The body's bytes as they stand on the wire, chunk heads included."""
    if bodiless:
        return
    if (header_text(headers, b"transfer-encoding") or "").lower() == "chunked":
        while True:
            head = await reader.readline()
            size = int(head.split(b";")[0], 16)
            yield head + await reader.readexactly(size + 2)
            if size == 0:
                return
    left = int(header_text(headers, b"content-length") or 0)
    while left:
        piece = await reader.read(min(left, 1 << 16))
        if not piece:
            raise ConnectionError("the server closed early")
        left -= len(piece)
        yield piece
