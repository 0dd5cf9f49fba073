"""What a monitor makes of feedback that a call's pictures bring."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

from sfu.engine.downlink import Downlink
from sfu.engine.monitor import LineMonitor
from sfu.messages import Cause, Level, LineQuality
from sfu.probe.congestion import Carried
from sfu.probe.verdict import HEALTHY
from sfu.relay.seam import FeedbackBatch, PacketCore, Received

NARROW_BPS, WIDE_BPS = 300_000, 2_000_000
BURST_S = 0.1
"""How long the last packet of a picture waits behind the others: 3,750 bytes of a narrow line."""


class Core:
    """A core that receives nothing."""

    def take_received(self, peer: int) -> Received:
        return Received((), (), ())

    def report(self, peer: int, now: float) -> Any:
        return SimpleNamespace(
            tracks={}, audio_last_at=None, level_dbfs=None, rtt_s=None, reached_at=None
        )


def judged(capacity_bps: int, burst_s: float = BURST_S) -> LineQuality:
    """Feed ten seconds of pictures of which each tenth comes in a burst that waits in a queue."""
    monitor = LineMonitor(cast("PacketCore", Core()), 1, 0.0)
    carried = Carried(capacity_bps, False, None)
    monitor.downlink = cast("Downlink", SimpleNamespace(carried=lambda now: carried))
    for second in range(1, 11):
        sent = tuple(second - 1 + each / 50 for each in range(50))
        arrived = tuple(at + (burst_s if n % 10 == 0 else 0.0) for n, at in enumerate(sent))
        batch = FeedbackBatch(float(second), sent, (1000,) * 50, arrived, (0,) * 50)
        monitor.take_feedback(batch)
        quality = monitor.look(HEALTHY, None, float(second))
    return quality


def test_what_a_picture_waits_in_a_narrow_line_is_its_capacity_s() -> None:
    quality = judged(NARROW_BPS)
    assert (quality.level, quality.cause) == (Level.POOR, Cause.CAPACITY_DOWN)


def test_the_same_in_a_wide_line_is_jitter() -> None:
    assert judged(WIDE_BPS).cause is Cause.JITTER_DOWN


def test_what_a_picture_waits_in_a_wide_line_that_it_fills_is_no_fault_of_the_line() -> None:
    quality = judged(WIDE_BPS, burst_s=0.045)
    assert (quality.level, quality.cause) == (Level.GOOD, Cause.NONE)
