"""One UDP socket per announced address; its index is the link of every `Address` it makes.

Replies leave from the very socket that heard the peer, so never the wildcard: from a wildcard
socket the kernel may answer from another address than the one the browser checked.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from typing import Any, cast

from sfu.address import Address

OnDatagram = Callable[[bytes, Address], None]


class UdpLink(asyncio.DatagramProtocol):
    """A socket as the worker sees it: datagrams in by callback, out by `send`."""

    def __init__(self, udp: socket.socket, link: int, on_datagram: OnDatagram) -> None:
        self._link = link
        self._on_datagram = on_datagram
        self._socket = udp
        self._udp: asyncio.DatagramTransport | None = None
        self.local: tuple[str, int] = udp.getsockname()[:2]
        self.granted_bytes = granted_buffer_bytes(udp)
        self.errors = 0
        """Datagrams the kernel refused to send, or ICMP errors it told us of."""

    async def open(self) -> None:
        """Start to read."""
        loop = asyncio.get_running_loop()
        await loop.create_datagram_endpoint(lambda: self, sock=self._socket)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._udp = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, data: bytes, addr: tuple[Any, ...]) -> None:
        self._on_datagram(data, (addr[0], addr[1], self._link))

    def error_received(self, exc: Exception) -> None:
        # ICMP unreachable of a peer that is gone: its own time-out deals with it.
        self.errors += 1

    def send(self, data: bytes, addr: Address) -> None:
        """Send one datagram; silently nothing after `close`."""
        if self._udp is None:
            return
        try:
            self._udp.sendto(data, (addr[0], addr[1]))
        except OSError:
            self.errors += 1

    def close(self) -> None:
        if self._udp is None:
            self._socket.close()  # never opened
        else:
            self._udp.close()
            self._udp = None


def granted_buffer_bytes(udp: socket.socket) -> int:
    """The receive buffer the kernel granted; Linux reports twice what it lets a program use."""
    return udp.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF) // 2
