"""UDP probes across a lab, and what they saw: used to check the emulator, not Visavis."""

from __future__ import annotations

import select
import socket
import struct
import time
from dataclasses import dataclass, field
from typing import Self

from benchmarks.netlab.fatelog import Direction
from benchmarks.netlab.lab import Lab

#: IPv4 and UDP headers, without options.
HEADERS_BYTES = 28
PORT = 5004
_PROBE = struct.Struct("!Id")
_POLL_S = 100e-6
_BUFFER_BYTES = 4 << 20
_SO_RCVBUFFORCE = 33  # socket(7); not in the socket module


@dataclass(frozen=True, slots=True)
class Arrival:
    """One probe as it was received."""

    number: int
    sent_at: float
    received_at: float
    size_bytes: int  # of the IP packet


@dataclass(slots=True)
class Flow:
    """A stream of probes: when it began and ended, how many left, which arrived."""

    began: float = 0.0
    ended: float = 0.0
    sent: int = 0
    arrivals: list[Arrival] = field(default_factory=list)

    def loss_ratio(self) -> float:
        """The share of probes that never arrived; copies do not make up for losses."""
        return 1 - len({arrival.number for arrival in self.arrivals}) / self.sent

    def rate_bps(self) -> float:
        """The rate of arrival, between the first and the last."""
        first, *rest = self.arrivals
        return sum(a.size_bytes for a in rest) * 8 / (rest[-1].received_at - first.received_at)

    def rtts_ms(self) -> list[float]:
        """Send to receive; a round trip when the flow was echoed."""
        return [(a.received_at - a.sent_at) * 1000 for a in self.arrivals]


class Prober:
    """A socket at either end. One thread does all, so no lock of the interpreter adds delay."""

    def __init__(self, lab: Lab) -> None:
        self._client, self._server = lab.client.socket(), lab.server.socket()
        for own, end in ((self._client, lab.client), (self._server, lab.server)):
            own.setsockopt(socket.SOL_SOCKET, _SO_RCVBUFFORCE, _BUFFER_BYTES)
            own.setblocking(False)
            own.bind((end.address, PORT))
        self._client.connect((lab.server.address, PORT))
        self._server.connect((lab.client.address, PORT))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()
        self._server.close()

    def echo(self, count: int, every_s: float, drain_s: float) -> Flow:
        """Send probes up, have each answered, and return the answers' flow."""
        return self._run(self._client, self._client, count, every_s, 100, drain_s)

    def flood(
        self, way: Direction, count: int, every_s: float, drain_s: float, size_bytes: int = 100
    ) -> Flow:
        """Send probes of `size_bytes` (the IP packet's) one way."""
        ends = (self._client, self._server)
        return self._run(ends[way], ends[1 - way], count, every_s, size_bytes, drain_s)

    def _run(
        self,
        sender: socket.socket,
        receiver: socket.socket,
        count: int,
        every_s: float,
        size_bytes: int,
        drain_s: float,
    ) -> Flow:
        flow = Flow(began=time.monotonic())
        padding = bytes(size_bytes - HEADERS_BYTES - _PROBE.size)
        end = flow.began + count * every_s + drain_s
        while (now := time.monotonic()) < end:
            while flow.sent < count and now >= flow.began + flow.sent * every_s:
                sender.send(_PROBE.pack(flow.sent, time.monotonic()) + padding)
                flow.sent += 1
            if sender is receiver:
                self._answer()
            _receive(receiver, flow)
            select.select([self._client, self._server], [], [], min(_POLL_S, every_s))
        flow.ended = time.monotonic()
        return flow

    def _answer(self) -> None:
        for data in _datagrams(self._server):
            self._server.send(data)


def _receive(receiver: socket.socket, flow: Flow) -> None:
    for data in _datagrams(receiver):
        now = time.monotonic()
        number, sent_at = _PROBE.unpack_from(data)
        flow.arrivals.append(Arrival(number, sent_at, now, len(data) + HEADERS_BYTES))


def _datagrams(receiver: socket.socket) -> list[bytes]:
    """Return what waits, at most 64: sending must go on."""
    found: list[bytes] = []
    while len(found) < 64:
        try:
            found.append(receiver.recv(2048))
        except BlockingIOError:
            break
    return found
