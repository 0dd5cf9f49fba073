"""Send junk: `python -m benchmarks.flood.strangers HOST PORT MIX RATE SECONDS`.

Says `ready`, begins at a line on standard input, and ends with one JSON line of what it sent. Ends
early when standard input closes.
"""

from __future__ import annotations

import json
import random
import select
import sys
import time

from benchmarks.flood.junk import draw
from benchmarks.relay.wire import Datagram, Outbox, Wire

DIFFERENT = 4000
"""Datagrams sent in turn, each from an address of its own."""
TICK_S = 0.002


def flood(wire: Wire, outbox: Outbox, rate: float, seconds: float) -> tuple[int, float]:
    """Send at this rate; return how many were sent and the seconds it took."""
    started_at = time.monotonic()
    sent = 0
    while (passed_s := time.monotonic() - started_at) < seconds and not _is_closed():
        due = int(passed_s * rate)
        while sent < due:
            first = sent % len(outbox)
            end = min(len(outbox), first + due - sent)
            took = outbox.send(wire.fileno(), first, end)
            if not took:
                break
            sent += took
        time.sleep(TICK_S)
    return sent, time.monotonic() - started_at


def _is_closed() -> bool:
    return bool(select.select([sys.stdin], [], [], 0)[0]) and not sys.stdin.readline()


def main() -> None:
    host, port, mix, rate, seconds = sys.argv[1:]
    rng = random.Random(7)
    sources = [
        f"127.{rng.randrange(64, 128)}.{rng.randrange(256)}.{n % 254 + 1}" for n in range(DIFFERENT)
    ]
    datagrams = [Datagram(d, s) for d, s in zip(draw(mix, DIFFERENT, 7), sources, strict=True)]
    wire = Wire()
    outbox = Outbox(datagrams, (host, int(port)))
    print("ready", flush=True)
    sys.stdin.readline()
    sent, took_s = flood(wire, outbox, float(rate), float(seconds))
    print(json.dumps({"sent": sent, "seconds": took_s}), flush=True)


if __name__ == "__main__":
    main()
