"""The load: joins calls, and plays rounds of their media through a relay."""

from __future__ import annotations

import asyncio
import gc
import time
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import cycle

import numpy as np

from benchmarks.relay import remade
from benchmarks.relay.connection import Connection
from benchmarks.relay.counting import Seen, judge
from benchmarks.relay.figures import Round
from benchmarks.relay.floor import address_of
from benchmarks.relay.joining import LIMIT_S, Pair, Server
from benchmarks.relay.processes import Relay
from benchmarks.relay.traffic import Call, timetable
from benchmarks.relay.wire import Datagram, Outbox, Wire
from sfu.base.media import Slot

JOINS_AT_ONCE = 8
TICK_S = 0.00025
"""Between two looks at what is due: at half load three or four packets, which leave together."""
MOST_AT_ONCE = 32
SERVICE_S = 0.5
"""Between two looks at the callers' own timers: connectivity checks, data channels."""
RESEND_S = 0.1
"""The same while they join: what was lost of a handshake is sent again."""
DRAIN_S = 0.1
"""After the last packet, until the CPU time is read and what is missing counts as lost."""
SAMPLE_EVERY = 499
"""Of so many received packets one is decrypted and looked at."""


class Load:
    """All callers behind one socket. Use it inside a running event loop."""

    def __init__(self) -> None:
        self.wire = Wire()
        self.calls: list[Call] = []
        """In the order in which they joined."""
        self._connections: dict[str, Connection] = {}
        self._rounds = 0

    @property
    def has_connections(self) -> bool:
        """Whether there are pages behind the calls; a bare relay needs none."""
        return bool(self._connections)

    # -- joining -----------------------------------------------------------------------------

    async def join(self, server: Server, count: int) -> float:
        """Let `count` more calls join; returns the seconds until all were connected."""
        first = len(self.calls)
        pairs = [server.pair(number) for number in range(first, first + count)]
        for pair in pairs:
            await pair.prepare()
        waiting = asyncio.Semaphore(JOINS_AT_ONCE // 2)

        async def join(pair: Pair) -> None:
            async with waiting:
                await pair.join(self)

        with self._listening():
            started_at = time.monotonic()
            await asyncio.gather(*(join(pair) for pair in pairs))
            took_s = time.monotonic() - started_at
            for pair in pairs:
                await pair.settle()
        calls = [pair.call() for pair in pairs]
        self.calls += calls
        await self._learn_shifts(calls)
        return took_s

    def seat(self, connection: Connection) -> str:
        """Return the address that this connection has from now on."""
        address = address_of(len(self._connections))
        self._connections[address] = connection
        return address

    async def connect(self, address: str) -> None:
        """Begin with connectivity checks and return when media could flow; while joining."""
        connection = self._connections[address]
        self._send_pending(address, connection)
        await asyncio.wait_for(connection.connected.wait(), LIMIT_S)

    async def _learn_shifts(self, calls: Sequence[Call]) -> None:
        """Send one packet of every stream, a key frame where it is a picture, and see its number.

        Until every stream came through once: a call's media flows a moment after both joined.
        """
        until = time.monotonic() + LIMIT_S
        unknown = {s.down_ssrc: (s, to) for call in calls for _, to, s in call.streams()}
        while unknown:
            if time.monotonic() > until:
                raise RuntimeError(f"{len(unknown)} streams do not come through")
            for call in calls:
                for sender, _, stream in call.streams():
                    if stream.down_ssrc in unknown:
                        data = sender.media(stream.line.slot, time.monotonic(), key=True)
                        self.wire.send(Datagram(data, sender.address), sender.to)
            await asyncio.sleep(0.05)
            for data, _ in self._datagrams():
                found = unknown.get(int.from_bytes(data[8:12], "big"))
                packet = found[1].unprotect(data) if found is not None else None
                if found is None or packet is None:
                    continue
                found[0].learn(packet)
                unknown.pop(found[0].down_ssrc, None)

    @contextmanager
    def _listening(self) -> Iterator[None]:
        """Answer what comes, and send again what was lost."""
        loop = asyncio.get_running_loop()
        loop.add_reader(self.wire, lambda: list(self._datagrams()))
        timers = loop.create_task(self._keep_serving())
        try:
            yield
        finally:
            timers.cancel()
            loop.remove_reader(self.wire)

    async def _keep_serving(self) -> None:
        while True:
            await asyncio.sleep(RESEND_S)
            await self._serve()

    def _datagrams(self) -> Iterator[tuple[bytes, str]]:
        """Take what came in: media is yielded with the address it came to, the rest is answered."""
        while count := self.wire.receive():
            for index in range(count):
                data, address = self.wire.datagram(index)
                if data[0] >= 128:
                    yield data, address
                else:
                    self._answer(data, address)

    def _answer(self, data: bytes, address: str) -> None:
        connection = self._connections[address]
        connection.receive(data)
        self._send_pending(address, connection)

    def _send_pending(self, address: str, connection: Connection) -> None:
        for data in connection.pending():
            self.wire.send(Datagram(data, address), connection.node)

    # -- rounds ------------------------------------------------------------------------------

    async def play(
        self, relay: Relay, calls: Sequence[Call], seconds: float, *, pages: bool = True
    ) -> Round:
        """Send the media of `calls` through a relay for some seconds and judge what came.

        Args:
            pages: Do beside it what pages do: tell by transport-cc feedback what came.
        """
        self._rounds += 1
        rows = timetable(calls, seconds, seed=self._rounds)
        numbers = [0] * len(rows)
        datagrams = []
        begun: set[int] = set()
        base_s = time.monotonic()
        for n, row in enumerate(rows):
            numbers[n] = row.stream.sent
            key = row.stream.line.slot is Slot.CAMERA and row.stream.down_ssrc not in begun
            begun.add(row.stream.down_ssrc)
            data = row.sender.media(row.stream.line.slot, base_s + row.at, key=key)
            datagrams.append(Datagram(data, row.sender.address))
        outbox = Outbox(datagrams, [row.sender.to for row in rows])
        gc.collect()
        gc.disable()
        try:
            cpu_s = relay.cpu_s()
            seen, started_ns = await self._run(outbox, [row.at for row in rows], pages)
            cpu_s = relay.cpu_s() - cpu_s
        finally:
            gc.enable()
        if calls and calls[0].remade:
            heads = [datagram.data for datagram in datagrams]
            return remade.judge(
                relay.name, len(calls), seconds, rows, heads, seen, started_ns, cpu_s
            )
        return judge(relay.name, len(calls), seconds, rows, numbers, seen, started_ns, cpu_s)

    async def _run(self, outbox: Outbox, due: list[float], pages: bool) -> tuple[Seen, int]:
        """Send by the timetable, take what comes; returns that and when it began."""
        seen, fd, sent, count = Seen(), self.wire.fileno(), 0, len(outbox)
        self._collect(Seen(), pages)  # what is left of before
        started_ns = time.time_ns() + 10_000_000
        service_at = 0.0
        turns = cycle(self._connections.items())
        end_ns = None
        while end_ns is None or time.time_ns() < end_ns:
            passed_s = (time.time_ns() - started_ns) / 1e9
            ready = bisect_right(due, passed_s)
            while sent < ready:
                stamp_ns = time.time_ns()
                sent += outbox.send(fd, sent, min(ready, sent + MOST_AT_ONCE))
                seen.batch_ends.append(sent)
                seen.batch_stamps_ns.append(stamp_ns)
            if sent == count and end_ns is None:
                end_ns = time.time_ns() + int(DRAIN_S * 1e9)
            self._collect(seen, pages)
            if pages:
                address, connection = next(turns)
                if connection.tell(time.time()):
                    self._send_pending(address, connection)
            if passed_s >= service_at:
                service_at = passed_s + SERVICE_S
                await self._serve()
            time.sleep(TICK_S)  # noqa: ASYNC251  the loop has its turn in `_serve`
        self._collect(seen, pages)  # what came while this process was not running
        return seen, started_ns

    async def _serve(self) -> None:
        for address, connection in self._connections.items():
            self._send_pending(address, connection)
        await asyncio.sleep(0)

    def _collect(self, seen: Seen, pages: bool) -> None:
        while received := self.wire.receive():
            heads, stamps_ns = self.wire.heads(received), self.wire.stamps_ns(received)
            seen.heads.append(heads)
            seen.stamps_ns.append(stamps_ns)
            seen.receivers.append(self.wire.receivers(received))
            for index in np.flatnonzero(heads[:, 0] < 128):
                self._answer(*self.wire.datagram(int(index)))
            media = np.flatnonzero((heads[:, 0] >= 128) & (heads[:, 1] & 0x60 != 0x40))
            before, seen.media = seen.media, seen.media + len(media)
            if before // SAMPLE_EVERY != seen.media // SAMPLE_EVERY:
                seen.samples.append(self.wire.datagram(int(media[-1])))
            if pages:
                for index in media:
                    address = self.wire.receiver(int(index))
                    self._connections[address].note(heads[index].tobytes(), stamps_ns[index] / 1e9)
