"""UDP probes across a lab, and what they saw: used to check the emulator, not Visavis.

Arrivals are stamped by the kernel, and an echo says how long the far end held it, which is taken
off (as in TWAMP, RFC 5357, section 4.2.1): what remains is the line and the emulator.
"""

from __future__ import annotations

import math
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
_PROBE = struct.Struct("!Idd")  # number, sent at, held for
_TIMESPEC = struct.Struct("@qq")
_POLL_S = 100e-6
_BUFFER_BYTES = 4 << 20
_SO_RCVBUFFORCE, _SO_TIMESTAMPNS = 33, 35  # socket(7); not in the socket module


@dataclass(frozen=True, slots=True)
class Arrival:
    """One probe as it was received. Times in UTC seconds, the clock of the kernel's stamps."""

    number: int
    sent_at: float
    received_at: float
    held_s: float  # at the far end, before it was answered
    size_bytes: int  # of the IP packet


@dataclass(slots=True)
class Flow:
    """A stream of probes: when it began and ended (CLOCK_MONOTONIC), how many left and arrived."""

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
        return [(a.received_at - a.sent_at - a.held_s) * 1000 for a in self.arrivals]


class Prober:
    """A socket at either end. One thread does all, so no lock of the interpreter adds delay."""

    def __init__(self, lab: Lab) -> None:
        self._client, self._server = lab.client.socket(), lab.server.socket()
        for own, end in ((self._client, lab.client), (self._server, lab.server)):
            own.setsockopt(socket.SOL_SOCKET, _SO_RCVBUFFORCE, _BUFFER_BYTES)
            own.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPNS, 1)
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
        end = math.inf
        while (now := time.monotonic()) < end:
            while flow.sent < count and now >= flow.began + flow.sent * every_s:
                sender.send(_PROBE.pack(flow.sent, time.time(), 0.0) + padding)
                flow.sent += 1
                end = time.monotonic() + drain_s if flow.sent == count else math.inf
            if sender is receiver:
                self._answer()
            _receive(receiver, flow)
            select.select([self._client, self._server], [], [], min(_POLL_S, every_s))
        while _receive(receiver, flow):  # what came while this process was not running
            pass
        flow.ended = time.monotonic()
        return flow

    def _answer(self) -> None:
        for data, received_at in _datagrams(self._server):
            number, sent_at, _ = _PROBE.unpack_from(data)
            padding = data[_PROBE.size :]
            self._server.send(_PROBE.pack(number, sent_at, time.time() - received_at) + padding)


def _receive(receiver: socket.socket, flow: Flow) -> bool:
    """Take what waits; True if there was anything."""
    found = _datagrams(receiver)
    for data, received_at in found:
        number, sent_at, held_s = _PROBE.unpack_from(data)
        size_bytes = len(data) + HEADERS_BYTES
        flow.arrivals.append(Arrival(number, sent_at, received_at, held_s, size_bytes))
    return bool(found)


def _datagrams(receiver: socket.socket) -> list[tuple[bytes, float]]:
    """Return what waits and when the kernel got it; at most 64, as sending must go on."""
    found: list[tuple[bytes, float]] = []
    while len(found) < 64:
        try:
            data, ancillary, _, _ = receiver.recvmsg(2048, socket.CMSG_SPACE(_TIMESPEC.size))
        except BlockingIOError:
            break
        seconds, nanoseconds = _TIMESPEC.unpack(ancillary[0][2])
        found.append((data, seconds + nanoseconds / 1e9))
    return found
