"""One check of a line before the call: ten seconds, one and a half megabytes.

First the line as it is, 4 s both ways: padding goes down, sound comes up. Then it is filled, down
by padding and up by the page's own pictures; what did not fill it counts as packets of the line as
well. Where a threshold lies inside an interval by then, each direction is counted on while the
other is filled: 7 s and more, in no more time. Delays are those of the first 4 s alone: the two
directions of a radio share one air.

The engine sees to it that nothing else flows meanwhile, gives what comes, and does what is asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum
from statistics import median

from sfu.bandwidth.downlink.probing import Probe
from sfu.messages import CheckReport, CheckState, DirectionQuality
from sfu.probe.baseline import Baseline, DownSums, UpSums, with_lost
from sfu.probe.devices import Camera, Microphone
from sfu.probe.filling import MAX_NOISE_S
from sfu.probe.ramp import CEILING_BPS, LIGHT_CEILING_BPS, PAYLOAD, DownRamp
from sfu.probe.report import Devices, Reach, make_report, with_capacity
from sfu.probe.rtcp_timeout import LEAST_S as FEEDBACK_LATE_S
from sfu.probe.upramp import DURATION_S, PICTURE_BPS, UpRamp
from sfu.probe.verdict import LEAST_PACKETS, LOSS_RATIO, Measured, NodeHealth
from sfu.relay.seam import FeedbackBatch, Intake

BASELINE_S, LENGTH_S = 4.0, 9.9
"""Of the line as it is, and of all."""
DOWN_S = 3.1
"""Until the down ramp's last packet leaves."""
BASELINE_BPS = 120_000
"""Fifty packets of padding a second, in bytes of RTP."""
BASELINE_PER_S = 50
MOST_LOST_UP = 0.5
"""More, and it may be feedback itself that is lost."""
LEAST_TRIPS = 4
"""So many answers of its ICE agent, and what RTCP says of the round trip is not asked."""
FIRST_CLUSTER = 60_000
"""Our probes' ids start here, out of the way of the estimator's, which count from 1."""
MOST_BYTES = 1_400_000
"""In all; a browser's own probes may go a little beyond what it was asked for."""
DOWN_BYTES, LIGHT_DOWN_BYTES = 780_000, 165_000
"""For the down ramp: the whole ladder and its hold at the ceiling."""
LEAST_UP_S = 1.0
"""In less no browser's congestion control gets anywhere."""
MIN_PICTURE_BPS = 300_000


class Stage(Enum):
    """How far a check is."""

    BASELINE = 0
    DOWN = 1
    UP = 2
    DONE = 3


@dataclass(frozen=True, slots=True)
class AskPicture:
    """Have the page send pictures of noise at up to so many bit/s, for so long."""

    video_bps: int
    duration_s: float


class Check:
    """Check one browser's line. Call `next_action` when `next_timeout` is due and after input.

    Args:
        now: Monotonic time, in seconds.
        light: Spend a quarter of a megabyte at most, for whoever saves data: no pictures.
        reach: How the browser reached the node.
    """

    def __init__(self, now: float, *, light: bool = False, reach: Reach | None = None) -> None:
        self._started_at = now
        self._light = light
        self._reach = reach or Reach()
        self._stage = Stage.BASELINE
        self._stopped = False
        self._ended_at: float | None = None
        self._round_trips_s: list[float] = []
        self._baseline = Baseline(LENGTH_S, frozenset({0, FIRST_CLUSTER}))
        self._later = Baseline(LENGTH_S, frozenset({FIRST_CLUSTER + 1}))
        self._usual = Measured()
        self._goes_on = False
        self._fed_at: float | None = None
        self._down: DownRamp | None = None
        self._up: UpRamp | None = None
        self._up_ends_at = now
        self._trains: list[tuple[float, float, int]] = []
        self._padding_bytes = 0.0
        self._node = NodeHealth()
        self._microphone = Microphone(now)
        self._camera = Camera(now)
        self._actions: list[Probe | AskPicture] = [Probe(FIRST_CLUSTER, BASELINE_BPS, BASELINE_S)]

    @property
    def is_done(self) -> bool:
        """Whether nothing more will be asked for or taken."""
        return self._stage is Stage.DONE

    @property
    def is_filling(self) -> bool:
        """Whether the line is filled on purpose now: what comes meanwhile is not its usual state.

        A page stops its pictures, and its queue drains, up to a second after the end.
        """
        return self._stage in (Stage.DOWN, Stage.UP)

    # what comes in

    def receive_rtts(self, rtts_s: Iterable[float], now: float) -> None:
        """Take what RTCP says of the round trip, in seconds; later ones change nothing."""
        self._baseline.take_rtts(rtts_s, now)

    def receive_round_trips(self, rtts_s: Iterable[float]) -> None:
        """Take how long the browser's ICE agent took to answer, in seconds, since the last call."""
        if self._stage is Stage.BASELINE:
            self._round_trips_s.extend(rtts_s)

    def receive_up(self, sums: UpSums, delays_s: Sequence[float], now: float) -> None:
        """Take what came from the browser; see `Baseline.take_up`. At least once a second."""
        if self._stage is Stage.BASELINE:
            self._baseline.take_up(sums, delays_s, now)
        elif self._stage is Stage.DOWN:
            self._later.take_up(sums, (), now)

    def receive_reports(self, sums: DownSums, now: float) -> None:
        """Take what receiver reports say, where a browser gives no feedback."""
        if self._stage is Stage.BASELINE:
            self._baseline.take_reports(sums, now)

    def receive_feedback(self, batch: FeedbackBatch, now: float) -> None:
        """Take what the browser told of packets sent to it."""
        self._fed_at = now
        if self._stage is Stage.BASELINE:
            self._baseline.take_feedback(batch)
        elif self._stage is Stage.DOWN and self._down is not None:
            self._down.receive_feedback(batch, now)
        elif self._stage is Stage.UP:
            self._later.take_feedback(batch)

    def receive_intake(self, intake: Intake, now: float) -> None:
        """Take a look at what came, every 50 to 100 ms; before the up ramp only pictures tell."""
        if self._stage is not Stage.UP:
            self._trains.extend(intake.trains)
        if self._stage is Stage.UP and self._up is not None:
            self._up.take(intake, now)

    def receive_sound(self, last_at: float | None, level_dbfs: float | None) -> None:
        """Take when the microphone's last packet came, and its loudest level of the last second."""
        self._microphone.take(last_at, level_dbfs)

    def receive_frames(self, frames: Iterable[tuple[float, int]]) -> None:
        """Take camera frames, none of noise: when each came, and its bytes (`Camera.take`)."""
        self._camera.take(frames)

    def receive_health(self, node: NodeHealth) -> None:
        """Take how this node did in the last seconds; spans may overlap, and the worst counts."""
        self._node = NodeHealth(
            max(self._node.loop_lag_p95_s, node.loop_lag_p95_s),
            max(self._node.loop_lag_max_s, node.loop_lag_max_s),
            max(self._node.socket_drops, node.socket_drops),
        )

    def receive_reach(self, reach: Reach) -> None:
        """Take how the browser reaches the node, as far as that is known by now."""
        self._reach = reach

    def stop(self, now: float) -> None:
        """End it here: contact, a lost line, a page that left."""
        if not self.is_done:
            self._stopped = True
            self._end(now)

    # what goes out

    def next_timeout(self) -> float | None:
        """Return when `next_action` is next wanted; None when all is done."""
        if self._actions:
            return self._started_at
        if self._stage is Stage.BASELINE:
            return self._started_at + BASELINE_S
        if self._stage is Stage.DOWN and self._down is not None:
            return self._down.next_timeout()
        return self._up_ends_at if self._stage is Stage.UP else None

    def next_action(self, now: float) -> Probe | AskPicture | None:
        """Return what to do now, if anything; then call again until there is nothing."""
        self._go_on(now)
        if self.is_done:
            return None
        action = self._actions.pop(0) if self._actions else None
        if action is None and self._stage is Stage.DOWN and self._down is not None:
            action = self._down.next_probe(now)
        if isinstance(action, Probe):
            self._padding_bytes += action.rate_bps * action.duration_s / 8 / PAYLOAD
        return action

    def _go_on(self, now: float) -> None:
        if self._stage is Stage.BASELINE and now >= self._started_at + BASELINE_S:
            self._begin_down(now)
        if self._stage is Stage.DOWN and (self._down is None or self._down.is_drained(now)):
            self._begin_up(now)
        if self._stage is Stage.UP and (now >= self._up_ends_at or self._is_up_done()):
            self._end(now)

    def _begin_down(self, now: float) -> None:
        self._usual = self._measured_baseline(now)
        self._goes_on = any(is_ambiguous(way) for way in (self._usual.up, self._usual.down))
        self._stage = Stage.DOWN
        if self._fed_at is not None:
            self._down = DownRamp(
                now,
                length_s=DOWN_S,
                ceiling_bps=LIGHT_CEILING_BPS if self._light else CEILING_BPS,
                most_bytes=LIGHT_DOWN_BYTES if self._light else DOWN_BYTES,
                first_cluster=FIRST_CLUSTER + 2,
                rtt_s=self._usual.rtt_s or 0.1,
                usual_loss=self._usual.down.loss_ratio or 0.0,
            )

    def _begin_up(self, now: float) -> None:
        self._stage = Stage.UP
        left_s = min(self._started_at + LENGTH_S - now, DURATION_S)
        if self._light or left_s < LEAST_UP_S:
            self._up_ends_at = now
            return
        self._up_ends_at = now + left_s
        spare = MOST_BYTES - self._padding_bytes
        more = [Probe(FIRST_CLUSTER + 1, BASELINE_BPS, left_s)] if self._goes_on else []
        spare -= len(more) * BASELINE_BPS / PAYLOAD * left_s / 8
        video_bps = int(min(PICTURE_BPS, max(8 * spare / left_s, MIN_PICTURE_BPS)))
        self._actions += [AskPicture(video_bps, left_s), *more]
        variation_ms = self._usual.up.delay_variation_ms or 0.0
        self._up = UpRamp(
            now,
            left_s,
            noise_s=min(variation_ms / 1000, MAX_NOISE_S),
            usual_loss=self._usual.up.loss_ratio or 0.0,
            trains=self._trains,
        )

    def _is_up_done(self) -> bool:
        return self._up is not None and self._up.is_done

    def _end(self, now: float) -> None:
        if self._stage is Stage.BASELINE:
            self._usual = self._measured_baseline(now)
        self._stage = Stage.DONE
        self._ended_at = now
        self._actions.clear()

    # what is known

    def _measured_baseline(self, now: float) -> Measured:
        rtt_s, up = self._rtt_s(now), self._baseline.up(now)
        unanswered = self._unanswered(up, rtt_s or 0.0, now)
        return Measured(rtt_s, up, with_lost(self._baseline.down(now), unanswered, unanswered))

    def _rtt_s(self, now: float) -> float | None:
        if len(self._round_trips_s) < LEAST_TRIPS:
            return self._baseline.rtt_s(now)
        return median(self._round_trips_s)

    def _unanswered(self, up: DirectionQuality, rtt_s: float, now: float) -> int:
        """Return how much padding counts as lost: feedback ended, and sound comes all the same."""
        if self._fed_at is None or up.packets < LEAST_PACKETS:
            return 0
        silent_s = min(now, self._started_at + BASELINE_S) - self._fed_at
        if silent_s < FEEDBACK_LATE_S + rtt_s or (up.loss_ratio or 0.0) > MOST_LOST_UP:
            return 0
        return round(BASELINE_PER_S * silent_s)

    def measured(self, now: float) -> Measured:
        """Return the line as far as it is known."""
        if self._stage is Stage.BASELINE:
            return replace(self._measured_baseline(now), node=self._node)
        usual, up, down = self._usual, self._usual.up, self._usual.down
        if self._goes_on:
            up = _joined(up, self._later.up(now))
            down = _joined(down, self._later.down(now))
        rise_s = 0.0
        if self._down is not None:
            down = with_lost(down, *self._down.usual_packets())
            down = with_capacity(down, self._down.capacity_bps, self._down.is_bound)
            rise_s = self._down.rise_s
        if self._up is not None:
            up = with_lost(up, *self._up.usual_packets())
            up = with_capacity(up, self._up.capacity_bps, self._up.is_bound)
            rise_s = max(rise_s, self._up.rise_s)
        loaded = None if usual.rtt_s is None or not rise_s else usual.rtt_s + rise_s
        return Measured(usual.rtt_s, up, down, loaded, self._node)

    @property
    def size_bytes(self) -> float:
        """What was sent and received for the check's sake, of IP packets."""
        return self._padding_bytes + (self._up.size_bytes if self._up else 0)

    def report(self, now: float, utc: datetime) -> CheckReport:
        """Return the report; at any time, also before the end.

        Args:
            now: Monotonic time, in seconds.
            utc: The same instant.
        """
        state = CheckState.RUNNING
        if self.is_done:
            state = CheckState.STOPPED if self._stopped else CheckState.DONE
        until = now if self._ended_at is None else self._ended_at
        return make_report(
            state,
            utc - timedelta(seconds=now - self._started_at),
            until - self._started_at,
            self.size_bytes,
            self.measured(until),
            Devices(self._microphone.verdict(until), self._camera.verdict(until)),
            self._reach,
        )


def is_ambiguous(way: DirectionQuality) -> bool:
    """Whether a threshold lies inside the interval of a loss; nothing lost is no sign of any."""
    if not way.loss_ratio or way.loss_low is None or way.loss_high is None:
        return False
    return any(way.loss_low <= end < way.loss_high for end in LOSS_RATIO)


def _joined(way: DirectionQuality, more: DirectionQuality) -> DirectionQuality:
    return with_lost(way, more.packets, round((more.loss_ratio or 0.0) * more.packets))
