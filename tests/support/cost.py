"""What some work costs, as a ratio to a floor measured beside it: machines differ."""

from __future__ import annotations

import gc
import time
from types import TracebackType
from typing import Self

FLOOR_SQUARES = 1_000_000


class Cost:
    """Measure the `with` block; `ratio` is its CPU time over that of a million squares.

    No garbage is collected meanwhile: after a thousand tests a collection alone takes a second.
    """

    ratio = 0.0

    def __enter__(self) -> Self:
        gc.disable()
        self._floor_s = _floor_s()
        self._began_s = time.process_time()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        took_s = time.process_time() - self._began_s
        gc.enable()
        self.ratio = took_s / max(self._floor_s, _floor_s())


def _floor_s() -> float:
    began_s = time.process_time()
    sum(number * number for number in range(FLOOR_SQUARES))
    return time.process_time() - began_s
