"""Media over TCP for a peer that speaks UDP alone: its datagrams are framed on the way (RFC 4571).

The peer is given a candidate of ours on this machine in place of the node's. Each of its sockets
gets a connection of its own to the node's TCP candidate, as browsers make them (RFC 6544, active).
"""

from __future__ import annotations

import asyncio
import re
from collections import deque
from contextlib import suppress
from typing import cast

from canary.trouble import NotOffered
from sfu.transport.framing import Deframer, frame

HOST = "127.0.0.1"
CANDIDATE = re.compile(r"^a=candidate:.*\r?\n", re.MULTILINE)
PASSIVE = re.compile(
    r"^a=candidate:\S+ 1 tcp \d+ (\S+) (\d+) typ host tcptype passive", re.MULTILINE | re.IGNORECASE
)
Address = tuple[str, int]


class TcpBridge(asyncio.DatagramProtocol):
    """A UDP socket on this machine, and TCP connections to the node behind it."""

    def __init__(self, node: Address) -> None:
        self._node = node
        self._transport: asyncio.DatagramTransport | None = None
        self._wires: dict[Address, _Wire] = {}

    @classmethod
    async def open(cls, answer: str) -> tuple[TcpBridge, str]:
        """Return a bridge, and the answer that leads to it and nowhere else.

        Raises:
            NotOffered: The node takes no media over TCP.
        """
        found = PASSIVE.findall(answer)
        if not found:
            raise NotOffered("the node offers no TCP (VISAVIS_MEDIA_TCP)")
        host, port = min(found, key=lambda one: ":" in one[0])  # IPv4 before IPv6
        bridge = cls((host, int(port)))
        loop = asyncio.get_running_loop()
        transport, _ = await loop.create_datagram_endpoint(lambda: bridge, local_addr=(HOST, 0))
        number = transport.get_extra_info("sockname")[1]
        ours = f"a=candidate:1 1 udp 2130706431 {HOST} {number} typ host\r\n"
        first, *others = CANDIDATE.findall(answer)
        answer = answer.replace(first, ours)
        for other in others:
            answer = answer.replace(other, "")
        return bridge, answer

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: Address) -> None:
        """Send on what the peer sends."""
        wire = self._wires.get(addr)
        if wire is None:
            wire = self._wires[addr] = _Wire(self, addr)
            wire.connect(self._node)
        wire.send(data)

    def error_received(self, exc: Exception) -> None:
        """The peer's socket is gone already."""

    def give(self, datagram: bytes, addr: Address) -> None:
        if self._transport is not None:
            self._transport.sendto(datagram, addr)

    async def close(self) -> None:
        if self._transport is not None:
            self._transport.close()
        for wire in self._wires.values():
            await wire.close()


class _Wire(asyncio.Protocol):
    """One TCP connection to the node."""

    def __init__(self, bridge: TcpBridge, addr: Address) -> None:
        self._bridge = bridge
        self._addr = addr
        self._deframer = Deframer()
        self._transport: asyncio.Transport | None = None
        self._waiting: deque[bytes] = deque(maxlen=50)  # checks are sent again anyway
        self._connecting: asyncio.Task[None] | None = None

    def connect(self, node: Address) -> None:
        self._connecting = asyncio.ensure_future(self._connect(node))

    async def _connect(self, node: Address) -> None:
        with suppress(OSError):  # nothing comes back then, and the peer's checks fail
            await asyncio.get_running_loop().create_connection(lambda: self, *node)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        for datagram in self._waiting:
            self._transport.write(frame(datagram))
        self._waiting.clear()

    def send(self, datagram: bytes) -> None:
        if self._transport is None:
            self._waiting.append(datagram)
        else:
            self._transport.write(frame(datagram))

    def data_received(self, data: bytes) -> None:
        for datagram in self._deframer.feed(data):
            self._bridge.give(datagram, self._addr)

    async def close(self) -> None:
        if self._connecting is not None:
            self._connecting.cancel()
            with suppress(asyncio.CancelledError):
                await self._connecting
        if self._transport is not None:
            self._transport.abort()
