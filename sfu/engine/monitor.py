"""How one browser's line does, second by second: packet core and `probe` joined.

`look` is due once a second, from the end of the handshake on. What the browser tells of packets
that we sent comes by `take_feedback`, from whoever reads it at the core: `Downlink` in a call, and
the check before one.
"""

from __future__ import annotations

from sfu.base.media import Slot
from sfu.messages import LineQuality
from sfu.probe.baseline import WINDOW_S, Baseline, DownSums, UpSums
from sfu.probe.check import Check
from sfu.probe.devices import LOUD_DBFS
from sfu.probe.hysteresis import LATE_S, Hysteresis
from sfu.probe.score import delay_ms
from sfu.probe.verdict import Measured, NodeHealth
from sfu.relay.seam import FeedbackBatch, PacketCore, PeerReport

DRAINED_AFTER_S = 1.0
"""For so long after a check's end a page may still send noise, or its queue drain."""


class LineMonitor:
    """One peer's line, from its handshake to its end."""

    __slots__ = (
        "_baseline",
        "_core",
        "_filled_until",
        "_hysteresis",
        "_number",
        "check",
        "loud_at",
        "quality",
    )

    def __init__(self, core: PacketCore, number: int, now: float) -> None:
        self._core = core
        self._number = number
        self._baseline = Baseline()
        self._hysteresis = Hysteresis()
        self._filled_until = now
        self.check: Check | None = None
        """Is given what comes as well, while it runs."""
        self.quality: LineQuality | None = None
        """As it was at the last look."""
        self.loud_at: float | None = None
        """When the last sound came in a second in which the level reached that of speech."""

    def take_feedback(self, batch: FeedbackBatch) -> None:
        """Add what the browser told of packets sent to it."""
        self._baseline.take_feedback(batch)

    def look(self, node: NodeHealth, far_rtt_ms: float | None, now: float) -> LineQuality:
        """Measure and judge; return what `quality` is from now on.

        Args:
            node: How this node did.
            far_rtt_ms: Round trip of the other side's line, in contact; else None.
        """
        self.gather(now)
        quality = self._hysteresis.look(
            self._measured(node, now, WINDOW_S), self._measured(node, now, LATE_S), now
        )
        delay_ms = _heard_after_ms(quality, far_rtt_ms)
        self.quality = quality = quality.model_copy(update={"delay_ms": delay_ms})
        return quality

    def gather(self, now: float) -> None:
        """Take what came since the last time, at least once a second."""
        report = self._core.report(self._number, now)
        received = self._core.take_received(self._number)
        up, down = _up_sums(report), _down_sums(report)
        if report.level_dbfs is not None and report.level_dbfs >= LOUD_DBFS:
            self.loud_at = report.audio_last_at
        if self.check is not None and self.check.is_filling:
            self._filled_until = now + DRAINED_AFTER_S
        if now < self._filled_until:
            self._baseline.leave_out(up, down, now)
        else:
            self._baseline.take_rtts(received.rtts_s, now)
            self._baseline.take_up(up, received.sound_delays_s, now)
            self._baseline.take_reports(down, now)
        if self.check is not None:
            self.check.receive_rtts(received.rtts_s, now)
            self.check.receive_up(up, received.sound_delays_s, now)
            self.check.receive_reports(down, now)
            self.check.receive_sound(report.audio_last_at, report.level_dbfs)
            self.check.receive_frames(received.pictures)

    def _measured(self, node: NodeHealth, now: float, span_s: float) -> Measured:
        baseline = self._baseline
        return Measured(
            rtt_s=baseline.rtt_s(now, span_s),
            up=baseline.up(now, span_s),
            down=baseline.down(now, span_s),
            node=node,
        )


def _up_sums(report: PeerReport) -> UpSums:
    """Sum up what came; what was lost at first counts, also where it was repaired.

    Speech is not repaired, so that the line's own loss is what its listener hears.
    """
    tracks = report.tracks.values()
    sound = report.tracks.get(Slot.AUDIO)
    return UpSums(
        expected=sum(track.expected for track in tracks),
        lost=sum(max(0, track.expected - track.packets_received) for track in tracks),
        variation_sum_s=sound.variation_sum_s if sound else 0.0,
        variation_count=sound.variation_count if sound else 0,
    )


def _down_sums(report: PeerReport) -> DownSums:
    tracks = report.tracks.values()
    return DownSums(
        forwarded=sum(track.packets_forwarded for track in tracks),
        far_lost=sum(track.down_lost for track in tracks),
    )


def _heard_after_ms(quality: LineQuality, far_rtt_ms: float | None) -> float | None:
    if far_rtt_ms is None or quality.rtt_ms is None:
        return None
    return round(delay_ms((quality.rtt_ms, far_rtt_ms), quality.down.jitter_ms or 0.0), 1)
