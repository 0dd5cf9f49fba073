"""Media over TCP for networks that let no UDP pass (RFC 6544, passive candidates alone).

One listening socket beside each UDP socket, of the same port number. A connection is a link of its
own, whose number no other ever gets, so that checks, handshake and media go through the engine as
they do over UDP. It may say nothing but connectivity checks until one of them made its address a
peer's, within `ADMISSION_S`; and it is closed some seconds after its address is nobody's any more.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Callable
from enum import StrEnum
from itertools import count
from typing import cast

from sfu.base.address import Address
from sfu.base.stats import DropReason, Stats
from sfu.io.backlog import Backlog
from sfu.messages import Transit
from sfu.transport.demux import DatagramKind, demux
from sfu.transport.framing import Deframer, frame

FIRST_TCP_LINK = 1 << 16
"""Links below are UDP sockets."""
ADMISSION_S = 5.0
"""To pass an authenticated check, which takes a browser two round trips."""
MAX_STRANGERS = 200
MAX_STRANGERS_PER_NETWORK = 20
MAX_STRANGER_FRAMES = 128
"""A browser checks every 48 ms at most: 104 times in `ADMISSION_S`."""
UNSENT_BYTES = 8 * 1024
"""What the kernel, and before it the loop, may hold unsent: sound cannot overtake it any more.
At 300 kbps both together are 0.4 s."""
BACKLOG = 100
"""Connections that the kernel has accepted before we do."""
_OPTIONS = {
    "TCP_NODELAY": 1,
    "TCP_NOTSENT_LOWAT": UNSENT_BYTES,
    "TCP_USER_TIMEOUT": 30_000,  # ms without an acknowledgement of what was sent (RFC 5482)
    "TCP_KEEPIDLE": 15,
    "TCP_KEEPINTVL": 5,
    "TCP_KEEPCNT": 3,
}
"""Of every connection; some systems lack some, and do without."""


class CloseReason(StrEnum):
    """Why a connection ended; the label of the counter."""

    FAR_END = "far_end"  # closed or broken there, or on the way
    NOT_A_CHECK = "not_a_check"  # a stranger said something else, or checked without end
    FRAME_TOO_LONG = "frame_too_long"
    UNCHECKED = "unchecked"  # no authenticated check in time
    CROWDED_OUT = "crowded_out"  # the oldest stranger makes room for a new one
    PEER_GONE = "peer_gone"  # its address is no peer's any more


def transit_of(addr: Address) -> Transit:
    """Tell by which transport an address is reached."""
    return Transit.TCP if addr[2] >= FIRST_TCP_LINK else Transit.UDP


class TcpLinks:
    """All connections of a node: datagrams in by callback, out by `send`."""

    def __init__(
        self,
        *,
        on_datagram: Callable[[bytes, Address], None],
        on_closed: Callable[[Address], None],
        owner: Callable[[Address], str | None],
    ) -> None:
        """Make a set without listeners.

        Args:
            on_closed: Told once of every address that will not come back.
            owner: Names the peer that an address belongs to by an authenticated check.
        """
        self.on_datagram = on_datagram
        self.on_closed = on_closed
        self.owner = owner
        self.stats = Stats()
        self.closed: dict[CloseReason, int] = dict.fromkeys(CloseReason, 0)
        self.connections: dict[int, Connection] = {}
        """By link, in the order in which they came."""
        self._numbers = count(FIRST_TCP_LINK)
        self._listeners: list[socket.socket] = []
        self._servers: list[asyncio.Server] = []

    def add_listener(self, listener: socket.socket) -> None:
        """Take a socket from `open_listener`, which is ours from now on."""
        self._listeners.append(listener)

    async def open(self) -> None:
        """Start to accept."""
        loop = asyncio.get_running_loop()
        while self._listeners:
            listener = self._listeners.pop()
            server = await loop.create_server(
                lambda: Connection(self), sock=listener, backlog=BACKLOG
            )
            self._servers.append(server)

    def send(self, datagram: bytes, addr: Address) -> None:
        """Send one datagram; one for a connection that is gone is counted."""
        connection = self.connections.get(addr[2])
        if connection is None:
            self.stats.drop(DropReason.NO_ADDRESS)
        else:
            connection.send(datagram)

    def close(self) -> None:
        """Accept nobody any more, and end every connection after what it still has to send."""
        for listener in self._listeners:  # never opened
            listener.close()
        for server in self._servers:
            server.close()
        for connection in tuple(self.connections.values()):
            connection.hang_up()

    @property
    def strangers(self) -> list[Connection]:
        """Those without an authenticated check, the oldest first."""
        return [connection for connection in self.connections.values() if not connection.admitted]

    def census(self) -> dict[str, int]:
        """How many there are of each state."""
        strangers = len(self.strangers)
        return {"admitted": len(self.connections) - strangers, "stranger": strangers}

    def add(self, connection: Connection) -> int:
        """Take a new connection, in the place of the oldest stranger where there are too many.

        Returns:
            Its link.
        """
        strangers = self.strangers
        near = [other for other in strangers if other.network == connection.network]
        if len(near) >= MAX_STRANGERS_PER_NETWORK:
            near[0].end(CloseReason.CROWDED_OUT)
        elif len(strangers) >= MAX_STRANGERS:
            strangers[0].end(CloseReason.CROWDED_OUT)
        link = next(self._numbers)
        self.connections[link] = connection
        return link

    def remove(self, addr: Address, reason: CloseReason) -> None:
        """Forget a connection that has ended."""
        if self.connections.pop(addr[2], None) is not None:
            self.closed[reason] += 1
            self.on_closed(addr)


class Connection(asyncio.Protocol):
    """One browser's connection, or a stranger's."""

    def __init__(self, links: TcpLinks) -> None:
        self._links = links
        self._deframer = Deframer()
        self._backlog = Backlog()
        self._frames = 0
        self._ended = self._paused = False
        self._timer: asyncio.TimerHandle | None = None
        self._tcp: asyncio.Transport
        self.addr: Address
        self.network = ""
        """What one stranger can be supposed to have many addresses of."""
        self.admitted = False
        """An authenticated check has come."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._tcp = cast("asyncio.Transport", transport)
        name = transport.get_extra_info("peername")
        if name is None:  # it was reset before we looked
            self._ended = True
            self._tcp.abort()
            return
        self.network = _network(name[0])
        self.addr = (name[0], name[1], self._links.add(self))
        self._tcp.set_write_buffer_limits(high=UNSENT_BYTES, low=UNSENT_BYTES // 2)
        self._look_later()

    def data_received(self, data: bytes) -> None:
        for datagram in self._deframer.feed(data):
            if self._ended:
                return
            if self.admitted:
                self._links.on_datagram(datagram, self.addr)
            else:
                self._hear_stranger(datagram)
        if self._deframer.broken:
            self.end(CloseReason.FRAME_TOO_LONG)

    def send(self, datagram: bytes) -> None:
        """Send now, or when the receiver takes more; what does not fit the backlog is lost."""
        if not self._paused:
            self._tcp.write(frame(datagram))
        elif not self._backlog.add(datagram):
            self._links.stats.drop(DropReason.SLOW_RECEIVER)

    def pause_writing(self) -> None:
        self._paused = True

    def resume_writing(self) -> None:
        self._paused = False
        while not self._paused and (datagram := self._backlog.pop()) is not None:
            self._tcp.write(frame(datagram))

    def connection_lost(self, exc: Exception | None) -> None:
        self._forget(CloseReason.FAR_END)

    def end(self, reason: CloseReason) -> None:
        """Close at once, whatever was still to be sent."""
        self._forget(reason)
        self._tcp.abort()

    def hang_up(self) -> None:
        """Close after what is still to be sent."""
        self._tcp.close()

    def _hear_stranger(self, datagram: bytes) -> None:
        self._frames += 1
        if demux(datagram) is not DatagramKind.STUN or self._frames > MAX_STRANGER_FRAMES:
            self.end(CloseReason.NOT_A_CHECK)
            return
        self._links.on_datagram(datagram, self.addr)
        self.admitted = self._links.owner(self.addr) is not None

    def _look(self) -> None:
        """End what belongs to no peer: it never did, its peer is gone, or has newer addresses."""
        if self._links.owner(self.addr) is not None:
            self._look_later()
        else:
            self.end(CloseReason.PEER_GONE if self.admitted else CloseReason.UNCHECKED)

    def _look_later(self) -> None:
        self._timer = asyncio.get_running_loop().call_later(ADMISSION_S, self._look)

    def _forget(self, reason: CloseReason) -> None:
        if self._ended:
            return
        self._ended = True
        if self._timer is not None:
            self._timer.cancel()
        self._links.remove(self.addr, reason)


def open_listener(address: str, port: int) -> socket.socket:
    """Bind one listening socket to one address; its connections inherit what is set here.

    Raises:
        OSError: The address is not this machine's, or the port is taken.
    """
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setblocking(False)
        # Connections of the process before us, in TIME_WAIT, must not keep the port.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        for name, value in _OPTIONS.items():
            if hasattr(socket, name):
                listener.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)
        listener.bind((address, port))
        listener.listen(BACKLOG)
    except OSError:
        listener.close()
        raise
    return listener


def _network(host: str) -> str:
    """An IPv4 address itself, the /64 of an IPv6 address: what one line at home is given."""
    address = ipaddress.ip_address(host)
    if address.version == 4:
        return host
    return str(ipaddress.ip_network((address.packed, 64), strict=False))
