"""How fast the machine itself is just now, which on a shared one changes within minutes."""

from __future__ import annotations

import hmac
import os
import time

from benchmarks.relay.processes import LOAD_CPU, RELAY_CPU

PIECES = 5_000
_KEY, _PACKET = bytes(20), bytes(1100)


def piece_us() -> float:
    """Return the CPU time of a piece of work like a packet's, on the relay's core, in microseconds.

    Hashing and some Python, four microseconds together; the relay has nothing to do then.
    """
    os.sched_setaffinity(0, {RELAY_CPU})
    try:
        began_s = time.thread_time()
        for _ in range(PIECES):
            digest = hmac.digest(_KEY, _PACKET, "sha1")
            sum(digest[at] * at for at in range(len(digest)))
        return 1e6 * (time.thread_time() - began_s) / PIECES
    finally:
        os.sched_setaffinity(0, {LOAD_CPU})
