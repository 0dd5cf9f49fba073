"""A legitimate peer that floods: `python -m benchmarks.flood.insider API RATE SECONDS`.

The node's token comes as the first line of standard input. Joins a room of its own as a page does,
says `ready`, begins at the next line, sends packets that look like SRTP of its own stream and are
none, and ends with one JSON line of what it sent.
"""

from __future__ import annotations

import asyncio
import json
import random
import struct
import sys
import time

from aiohttp import ClientSession

from benchmarks.relay.caller import Caller
from benchmarks.relay.wire import Datagram, Outbox, Wire
from sfu.base.media import Slot

ADDRESS = "127.45.67.89"
DIFFERENT = 2000
TICK_S = 0.005
LIMIT_S = 20.0


class Insider:
    """The peer and its socket."""

    def __init__(self, node: tuple[str, int], caller: Caller, wire: Wire) -> None:
        self._node, self._caller, self._wire = node, caller, wire

    def serve(self) -> None:
        """Answer what came in, and send what is due, as an honest page does."""
        while count := self._wire.receive():
            for index in range(count):
                data, _ = self._wire.datagram(index)
                if data[0] < 128:
                    self._caller.receive(data)
        for data in self._caller.pending():
            self._wire.send(Datagram(data, ADDRESS), self._node)

    async def serve_until(self, event: asyncio.Event) -> None:
        async with asyncio.timeout(LIMIT_S):
            while not event.is_set():
                self.serve()
                await asyncio.sleep(TICK_S)

    async def flood(self, rate: float, seconds: float) -> tuple[int, float]:
        """Send at this rate; return how many were sent and the seconds it took."""
        outbox = Outbox([Datagram(d, ADDRESS) for d in self._pretences()], self._node)
        started_at = time.monotonic()
        sent = 0
        while (passed_s := time.monotonic() - started_at) < seconds:
            due = int(passed_s * rate)
            first = sent % len(outbox)
            sent += outbox.send(self._wire.fileno(), first, min(len(outbox), first + due - sent))
            self.serve()
            await asyncio.sleep(TICK_S)
        return sent, time.monotonic() - started_at

    def _pretences(self) -> list[bytes]:
        rng = random.Random(3)
        line = self._caller.lines[Slot.AUDIO]
        head = struct.Struct("!BBHII")
        return [
            head.pack(0x80, line.codecs[0].pt, seq, 960 * seq, line.up_ssrc or 0)
            + rng.randbytes(100)
            for seq in range(1, DIFFERENT + 1)
        ]


async def main() -> None:
    api, rate, seconds = sys.argv[1:]
    token = sys.stdin.readline().strip()
    async with ClientSession(api, headers={"Authorization": f"Bearer {token}"}) as control:
        await control.put("/rooms/insider", json={"gate_open": True})
        caller, wire = Caller("insider", "patient"), Wire()
        insider = Insider(await caller.join(control), caller, wire)
        await insider.serve_until(caller.channels_open)
        print("ready", flush=True)
        sys.stdin.readline()
        sent, took_s = await insider.flood(float(rate), float(seconds))
        print(json.dumps({"sent": sent, "seconds": took_s}), flush=True)


if __name__ == "__main__":
    asyncio.run(main())
