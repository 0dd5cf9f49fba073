"""One UDP socket per announced address; its index is the link of every `Address` it makes.

Replies leave from the very socket that heard the peer, so never the wildcard: from a wildcard
socket the kernel may answer from another address than the one the browser checked.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

from sfu.base.address import Address

_SNMP, _SNMP_V6 = Path("/proc/self/net/snmp"), Path("/proc/self/net/snmp6")  # man 5 proc_pid_net

_NO_ROOM = (errno.EAGAIN, errno.ENOBUFS, errno.ENOMEM)
"""What a send fails with when this machine has no room for the datagram."""

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
        self.unsent = 0
        """Of these, datagrams that this machine had no room for, whoever they were to."""
        self._congested = False

    async def open(self) -> None:
        """Start to read."""
        loop = asyncio.get_running_loop()
        await loop.create_datagram_endpoint(lambda: self, sock=self._socket)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._udp = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, data: bytes, addr: tuple[Any, ...]) -> None:
        self._on_datagram(data, (addr[0], addr[1], self._link))

    def pause_writing(self) -> None:
        """Called when the kernel takes no more: what is sent now is lost, not kept in memory."""
        self._congested = True

    def resume_writing(self) -> None:
        self._congested = False

    def error_received(self, exc: Exception) -> None:
        # Mostly ICMP unreachable of a peer that is gone: its own time-out deals with it.
        self.errors += 1
        self.unsent += isinstance(exc, OSError) and exc.errno in _NO_ROOM

    def send(self, data: bytes, addr: Address) -> None:
        """Send one datagram; silently nothing after `close`."""
        if self._udp is None:
            return
        if self._congested:
            self.errors += 1
            self.unsent += 1
            return
        try:
            self._udp.sendto(data, (addr[0], addr[1]))
        except OSError as error:
            self.error_received(error)

    def close(self) -> None:
        if self._udp is None:
            self._socket.close()  # never opened
        else:
            self._udp.close()
            self._udp = None


def receive_buffer_errors() -> int:
    """Datagrams that found a UDP receive buffer full, of all sockets of this network namespace.

    The kernel's counter of our own sockets does not tell them from what their filters dropped.
    """
    found = 0
    for path, name in ((_SNMP, "Udp:"), (_SNMP_V6, "Udp6RcvbufErrors")):
        with contextlib.suppress(OSError):
            rows = [line.split() for line in path.read_text().splitlines()]
            named = [row for row in rows if row and row[0] == name]
            if len(named) == 2:  # a row of names and one of numbers
                found += int(named[1][named[0].index("RcvbufErrors")])
            elif named:
                found += int(named[0][1])
    return found


def granted_buffer_bytes(udp: socket.socket) -> int:
    """The receive buffer the kernel granted; Linux reports twice what it lets a program use."""
    return udp.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF) // 2
