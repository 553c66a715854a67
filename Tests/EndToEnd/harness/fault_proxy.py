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
    # Answer with this status and S3 error code instead of asking the server.
    status: int | None = None
    code: str = "SlowDown"
    # Close with RST before an answer.
    reset: bool = False
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

    def __init__(self, upstream_host: str, upstream_port: int) -> None:
        self.upstream = (upstream_host, upstream_port)
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
            if rule.match not in line:
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
                    if not await self.exchange(request, line, headers, body, upstream, writer):
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

    async def exchange(self, request, line, headers, body, upstream, writer) -> bool:
        """Passes one request and its answer; false when the connection is over."""
        rule = self.pick(request) or Rule(match="")
        await asyncio.sleep(rule.delay)
        if rule.before:
            await asyncio.to_thread(rule.before)
        if rule.reset:
            raw = writer.get_extra_info("socket")
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            writer.transport.abort()
            return False
        if rule.status:
            answer = f"<Error><Code>{rule.code}</Code><Message>injected</Message></Error>".encode()
            writer.write(
                f"HTTP/1.1 {rule.status} Injected\r\nContent-Type: application/xml\r\n"
                f"Content-Length: {len(answer)}\r\n\r\n".encode() + (b"" if request.method == "HEAD" else answer))
            await writer.drain()
            return True
        from_server, to_server = upstream
        to_server.write(line + b"\r\n" + b"".join(name + b":" + value + b"\r\n" for name, value in headers) + b"\r\n" + body)
        await to_server.drain()
        status, answer_headers = await read_head(from_server)
        while status.split()[1] == b"100":
            status, answer_headers = await read_head(from_server)
        writer.write(status + b"\r\n" + b"".join(name + b":" + value + b"\r\n" for name, value in answer_headers) + b"\r\n")
        bodiless = request.method == "HEAD" or status.split()[1] in (b"204", b"304")
        async for piece in answer_body(from_server, answer_headers, bodiless):
            if rule.truncate_after is not None and request.body_bytes + len(piece) > rule.truncate_after:
                writer.write(piece[: rule.truncate_after - request.body_bytes])
                await writer.drain()
                return False
            request.body_bytes += len(piece)
            self.body_bytes += len(piece)
            writer.write(piece)
            await writer.drain()
        await writer.drain()
        if rule.after:
            await asyncio.to_thread(rule.after)
        return (header_text(answer_headers, b"connection") or "").lower() != "close"


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
