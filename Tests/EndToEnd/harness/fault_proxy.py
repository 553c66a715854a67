"""An HTTP/1.1 proxy in front of a real S3 server that hurts chosen requests and counts what passes.

The Host header goes through unchanged: a request signed for the proxy's address stays valid.
"""

from __future__ import annotations

import asyncio
from typing import AsyncIterator

from harness.faults import Connection, FaultyServer, Headers, Request, Rule, joined, read_head


class FaultProxy(FaultyServer):
    """Runs in a thread of its own between `start` and `stop`."""

    def __init__(self, upstream_host: str, upstream_port: int, **options) -> None:
        super().__init__(**options)
        self.upstream = (upstream_host, upstream_port)

    def connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> Connection:
        return ProxyConnection(self, reader, writer)


class ProxyConnection(Connection):
    """A client's connection and that to the server, which is opened with the first request passed on."""

    upstream: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    def close(self) -> None:
        if self.upstream:
            self.upstream[1].close()

    async def exchange(self, rule: Rule, request: Request, line: bytes, headers: Headers, body: bytes) -> bool:
        if self.upstream is None:
            self.upstream = await asyncio.open_connection(*self.server.upstream, limit=1 << 20)
        from_server, to_server = self.upstream
        to_server.write(line + b"\r\n" + b"".join(name + b":" + value + b"\r\n" for name, value in headers) + b"\r\n" + body)
        await to_server.drain()
        status, answer_headers = await read_head(from_server)
        while status.split()[1] == b"100":
            status, answer_headers = await read_head(from_server)
        by_name = joined(answer_headers)
        bodiless = request.method == "HEAD" or status.split()[1] in (b"204", b"304")
        pieces = answer_body(from_server, by_name, bodiless)
        # Whether in chunks or not, the answer has the framing of the server.
        shown = {name.decode(): by_name[name.decode().lower()] for name, _ in answer_headers}
        return await self.send(rule, request, status, shown, pieces)


async def answer_body(
    reader: asyncio.StreamReader, headers: dict[str, str], bodiless: bool
) -> AsyncIterator[bytes]:
    """The body's bytes as they stand on the wire, chunk heads included."""
    if bodiless:
        return
    if headers.get("transfer-encoding", "").lower() == "chunked":
        while True:
            head = await reader.readline()
            size = int(head.split(b";")[0], 16)
            yield head + await reader.readexactly(size + 2)
            if size == 0:
                return
    left = int(headers.get("content-length", 0))
    while left:
        piece = await reader.read(min(left, 1 << 16))
        if not piece:
            raise ConnectionError("the server closed early")
        left -= len(piece)
        yield piece
