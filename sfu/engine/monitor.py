"""How one browser's line does, second by second: packet core and `probe` joined.

`look` is due once a second, from the end of the handshake on. What the browser tells of packets
that we sent comes by `take_feedback`, from whoever reads it at the core: `Downlink` in a call, and
the check before one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from sfu.base.media import MediaLine, Slot
from sfu.engine.downlink import Downlink
from sfu.engine.uplink import Uplink
from sfu.messages import DirectionQuality, LineQuality
from sfu.probe.baseline import WINDOW_S, Baseline, DownSums, UpSums
from sfu.probe.check import Check
from sfu.probe.congestion import Carried, Congestion
from sfu.probe.devices import LOUD_DBFS
from sfu.probe.hysteresis import LATE_S, Hysteresis
from sfu.probe.report import with_capacity
from sfu.probe.rtcp_timeout import Flow, RtcpTimeout
from sfu.probe.score import delay_ms
from sfu.probe.verdict import CAPACITY_BPS, Measured, NodeHealth
from sfu.relay.seam import FeedbackBatch, PacketCore, PeerReport

DRAINED_AFTER_S = 1.0
"""For so long after a check's end a page may still send noise, or its queue drain."""


class LineMonitor:
    """One peer's line, from its handshake to its end."""

    __slots__ = (
        "_baseline",
        "_carried",
        "_core",
        "_filled_until",
        "_hysteresis",
        "_number",
        "_numbered",
        "_timeout",
        "check",
        "downlink",
        "loud_at",
        "quality",
        "sound_gap_s",
        "uplink",
    )

    def __init__(
        self, core: PacketCore, number: int, now: float, lines: Iterable[MediaLine] = ()
    ) -> None:
        """Begin with nothing known.

        Args:
            lines: What was negotiated: which slots' packets its feedback tells of.
        """
        self._core = core
        self._number = number
        self._baseline = Baseline()
        self._hysteresis = Hysteresis()
        self._filled_until = now
        self._carried = (Carried(), Carried())
        self._numbered = frozenset(line.slot for line in lines if line.is_numbered)
        self._timeout = RtcpTimeout(WINDOW_S)
        self.uplink: Uplink | None = None
        self.downlink: Downlink | None = None
        """What estimates its capacities while a call goes on."""
        self.check: Check | None = None
        """Is given what comes as well, while it runs."""
        self.quality: LineQuality | None = None
        """As it was at the last look."""
        self.sound_gap_s = 0.0
        """The longest in what came from the browser between the last two looks."""
        self.loud_at: float | None = None
        """When the last sound came in a second in which the level reached that of speech."""

    def take_feedback(self, batch: FeedbackBatch) -> None:
        """Add what the browser told of packets sent to it."""
        self._baseline.take_feedback(batch)
        if batch.arrived_at.count(None) < len(batch.arrived_at):
            self._timeout.note_feedback(batch.at)

    def look(self, node: NodeHealth, far_rtt_ms: float | None, now: float) -> LineQuality:
        """Measure and judge; return what `quality` is from now on.

        Args:
            node: How this node did.
            far_rtt_ms: Round trip of the other side's line, in contact; else None.
            now: Monotonic time, in seconds.
        """
        self.gather(now)
        self._follow_capacity(now)
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
        self._timeout.note_reached(report.reached_at)
        self._timeout.look(_flow(report, self._numbered), report.rtt_s, now)
        if report.level_dbfs is not None and report.level_dbfs >= LOUD_DBFS:
            self.loud_at = report.audio_last_at
        if self.check is not None and self.check.is_filling:
            self._filled_until = now + DRAINED_AFTER_S
        self.sound_gap_s = 0.0
        if now < self._filled_until:
            self._baseline.leave_out(up, down, now)
        else:
            self.sound_gap_s = received.sound_gap_s
            self._baseline.take_rtts(received.rtts_s, now)
            self._baseline.take_up(up, received.sound_delays_s, now)
            self._baseline.take_reports(down, now)
        if self.check is not None:
            self.check.receive_rtts(received.rtts_s, now)
            self.check.receive_up(up, received.sound_delays_s, now)
            self.check.receive_reports(down, now)
            self.check.receive_sound(report.audio_last_at, report.level_dbfs)
            self.check.receive_frames(received.pictures)

    def _follow_capacity(self, now: float) -> None:
        """Ask the estimators what the line carries, and when it was full."""
        baseline, up, down = self._baseline, Carried(), Carried()
        if self.uplink is not None:
            way = baseline.up(now)
            jitter_s, variation_s = (
                (ms or 0.0) / 1000 for ms in (way.jitter_ms, way.delay_variation_ms)
            )
            up = self.uplink.carried(jitter_s, variation_s, now)
        if self.downlink is not None:
            down = self.downlink.carried(now)
        self._carried = (up, down)
        _note_full(baseline.up_full, up, now)
        _note_full(baseline.down_full, down, now)

    def _measured(self, node: NodeHealth, now: float, span_s: float) -> Measured:
        baseline = self._baseline
        up, down = self._carried
        unanswered = self._timeout.unanswered(now - span_s)
        if span_s < WINDOW_S:
            up, down = _seen(up, now - span_s), _seen(down, now - span_s)
        return Measured(
            rtt_s=baseline.rtt_s(now, span_s),
            up=_with_carried(baseline.up(now, span_s), up),
            down=_with_carried(baseline.down(now, span_s, unanswered), down),
            node=node,
            up_is_full=baseline.up_full.is_lasting(now),
            down_is_full=baseline.down_full.is_lasting(now) and not self._timeout.is_out,
            in_call=True,
        )


def _note_full(congestion: Congestion, carried: Carried, now: float) -> None:
    if carried.full is not None and carried.full[1] > now - WINDOW_S:
        congestion.note(*carried.full, now)


def _seen(carried: Carried, since: float) -> Carried:
    """Return what a direction carries as far as it was seen since a time: when it was full.

    So the good seconds of a line that was narrow are counted from its last queue. That it is wide
    stays known: what that excuses it excuses in any span.
    """
    is_wide = (carried.bps or 0) >= CAPACITY_BPS[0]
    was_full = carried.full is not None and carried.full[1] > since
    return carried if is_wide or was_full else Carried()


def _with_carried(way: DirectionQuality, carried: Carried) -> DirectionQuality:
    """Return a direction with what it carries; a bound only where that is enough for any call."""
    if carried.is_bound and (carried.bps or 0) < CAPACITY_BPS[0]:
        return way
    return with_capacity(way, carried.bps, carried.is_bound)


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


def _flow(report: PeerReport, numbered: Collection[Slot]) -> Flow:
    tracks = report.tracks.items()
    return Flow(
        numbered=sum(track.packets_forwarded for slot, track in tracks if slot in numbered),
        forwarded=sum(track.packets_forwarded for _, track in tracks),
        came=sum(track.packets_received for _, track in tracks),
        expected=sum(track.expected for _, track in tracks),
    )


def _heard_after_ms(quality: LineQuality, far_rtt_ms: float | None) -> float | None:
    if far_rtt_ms is None or quality.rtt_ms is None:
        return None
    return round(delay_ms((quality.rtt_ms, far_rtt_ms), quality.down.jitter_ms or 0.0), 1)
