"""Hosts that are elsewhere, AWS's or none, on this machine: an HTTP proxy whose tunnels to them lead to one server."""

from __future__ import annotations

import asyncio

from harness.faults import FaultyServer, read_head


class Tunnels(FaultyServer):
    """The proxy to name in HTTPS_PROXY; `asked` has the hosts that were asked for.

    Of plain requests it refuses all; `plain` has their URLs.
    """

    def __init__(self, server: FaultyServer, hosts: str = ".amazonaws.com") -> None:
        """Tunnels lead to hosts whose names end with `hosts`."""
        super().__init__()
        self.behind, self.hosts = server, hosts
        self.asked: list[str] = []
        self.plain: list[str] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            line, _ = await read_head(reader)
            method, host, _ = line.decode().split(" ")
            if method != "CONNECT":
                self.plain.append(host)
            if method != "CONNECT" or not host.endswith(f"{self.hosts}:443"):
                writer.write(b"HTTP/1.1 502 No such host\r\nContent-Length: 0\r\n\r\n")
                return
            self.asked.append(host.removesuffix(":443"))
            from_server, to_server = await asyncio.open_connection("127.0.0.1", self.behind.port)
            writer.write(b"HTTP/1.1 200 Connected\r\n\r\n")
            await asyncio.gather(copy(reader, to_server), copy(from_server, writer))
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass
        finally:
            writer.close()


async def copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(1 << 16):
            writer.write(data)
            await writer.drain()
    finally:
        writer.close()
