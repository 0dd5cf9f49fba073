"""What some work costs, as a ratio to a floor measured beside it: machines differ."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

FLOOR_SQUARES = 1_000_000


@contextmanager
def measured() -> Iterator[Callable[[], float]]:
    """Yield what tells the CPU time of the block, once it is over, as a ratio to a million squares.

    No garbage is collected meanwhile: after a thousand tests a collection alone takes a second.
    """
    gc.disable()
    floor_s, took_s = _cpu_s(_squares), 0.0
    began_s = time.process_time()
    try:
        yield lambda: took_s / floor_s
    finally:
        took_s = time.process_time() - began_s
        gc.enable()
        floor_s = max(floor_s, _cpu_s(_squares))


def _cpu_s(work: Callable[[], object]) -> float:
    began_s = time.process_time()
    work()
    return time.process_time() - began_s


def _squares() -> int:
    return sum(number * number for number in range(FLOOR_SQUARES))
