"""Bytes to control and back, past any HTTP client that would not send them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

from aiohttp.test_utils import TestServer

PATIENCE_S = 20.0
HEALTH = b"GET /api/health HTTP/1.1\r\nHost: visavis.test\r\n\r\n"
BODY_TO_COME = (
    b"POST /api/login HTTP/1.1\r\nHost: visavis.test\r\nX-Visavis: 1\r\n"
    b"Content-Type: application/json\r\nContent-Length: 90\r\n\r\n"
)


@dataclass(slots=True)
class Wire:
    """One TCP connection to control."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    def send(self, data: bytes) -> None:
        self.writer.write(data)

    async def head(self) -> bytes:
        """Read one answer's head, and its body where it says how long it is."""
        async with asyncio.timeout(PATIENCE_S):
            head = await self.reader.readuntil(b"\r\n\r\n")
            for line in head.lower().split(b"\r\n"):
                if line.startswith(b"content-length:"):
                    await self.reader.readexactly(int(line.partition(b":")[2]))
        return head

    async def rest(self) -> bytes:
        """Read until the other side closes, which it must."""
        data = b""
        async with asyncio.timeout(PATIENCE_S):
            with suppress(ConnectionError):
                while piece := await self.reader.read(65_536):
                    data += piece
        return data


@asynccontextmanager
async def connected(server: TestServer) -> AsyncIterator[Wire]:
    reader, writer = await asyncio.open_connection(server.host, server.port)
    try:
        yield Wire(reader, writer)
    finally:
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()


async def exchange(server: TestServer, data: bytes) -> bytes:
    """Send these bytes and nothing more; return all that comes back until control closes."""
    async with connected(server) as wire:
        wire.send(data)
        return await wire.rest()
