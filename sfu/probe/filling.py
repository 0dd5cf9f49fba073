"""What packets that were to fill a line say: whether it was full, and what it carried while it was.

While a queue stands in front of the narrowest point, packets arrive as fast as it lets them,
whatever is sent: that rate is the capacity, also behind a token bucket, whose credit is spent by
then, and where the queue overflows.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sfu.bandwidth.downlink.probing import DELIVERED_RATIO, RISE_S
from sfu.probe.figures import Floats, bin_minima, kendall_tau, wilson
from sfu.probe.told import Packets

TREND_TAU, TREND_BINS = 0.4, 12
"""A delay is rising at this rank correlation of the least delays of so many parts (PROBES.md)."""
LOST_RATIO, LOST_MORE, LOST_LOW = 0.15, 0.10, 0.08
"""Lost in a step of a full line (PROBES.md); by how much more than usual; and what the interval of
few packets must exceed, as 5 % lose 5 of 30 every now and then."""
STANDING_S = 0.012
"""A packet that waited longer may have found a queue; with jitter, what jitter adds."""
NEIGHBOURS = 9
"""So many packets in a row must have waited, lest jitter look like a queue."""
STOOD_SHARE = 0.8
JITTERS = 3.0
"""Times the mean |D|: 0.667 a of uniform ±a, whose whole width is 2 a."""
MAX_NOISE_S = 0.045
LEAST_PACKETS = 8
GAP_S = 0.022
"""Padding leaves every 5 ms, at 200 kbit/s every third time: where more time has no packet that
feedback told of, feedback was lost, and no rate counts that time."""


class Rate(NamedTuple):
    """A rate of arrival, and for how long it was seen."""

    bps: float
    """Of IP packets."""
    span_s: float


class Step(NamedTuple):
    """What one step of a ladder said."""

    sent_bps: float
    received_bps: float
    loss_ratio: float
    is_slower: bool
    """Less arrived than was sent, usual loss apart: a queue grew, or what it holds was dropped."""
    is_full: bool


def noise_s(packets: Packets) -> float:
    """Return how far jitter alone spreads delays, by packets of a line that is not full."""
    delays = packets.arrived.delay_s
    if len(delays) < LEAST_PACKETS:
        return 0.0
    return min(JITTERS * float(np.abs(np.diff(delays)).mean()), MAX_NOISE_S)


def judge_step(packets: Packets, usual_s: float, usual_loss: float) -> Step | None:
    """Judge the second half of a step, the whole for its loss; None when too little is told.

    Args:
        packets: All of the step that feedback told of.
        usual_s: The typical delay of the line when it is not full, plus the clocks' constant.
        usual_loss: What it loses then.
    """
    count = len(packets.sent_at)
    half = packets.where(packets.sent_at >= (packets.sent_at[0] + packets.sent_at[-1]) / 2)
    gaps_s = np.diff(half.sent_at)
    told = gaps_s < GAP_S
    span_s = float(gaps_s[told].sum())
    if span_s <= 0:
        return None
    sent_bps = 8 * float(half.wire_bytes[1:][told].sum()) / span_s
    came = half.arrived
    few = len(came.sent_at) < LEAST_PACKETS
    stretch = 1.0 if few else max(_stretch(came), 0.5)
    received_bps = sent_bps * (1 - half.lost / len(half.sent_at)) / stretch
    loss = wilson(packets.lost, count)
    too_much = loss.point > LOST_RATIO and loss.low > max(LOST_LOW, usual_loss + LOST_MORE)
    if few:
        return Step(sent_bps, received_bps, loss.point, True, True) if too_much else None
    slower = received_bps < DELIVERED_RATIO * (1 - usual_loss) * sent_bps
    third = max(len(came.sent_at) // 3, 1)
    risen = float(came.delay_s[-third:].mean()) - usual_s > RISE_S
    full = too_much or (slower and risen and _trend(packets.arrived) > TREND_TAU)
    return Step(sent_bps, received_bps, loss.point, bool(slower), bool(full))


def _stretch(came: Packets) -> float:
    """Return the slope of arrival over departure: above 1 a queue grows."""
    left_at = came.sent_at - came.sent_at.mean()
    spread = float(left_at @ left_at)
    return float(left_at @ (came.arrived_at - came.arrived_at.mean())) / spread if spread else 1.0


def _trend(came: Packets) -> float:
    width_s = float(np.ptp(came.sent_at)) / TREND_BINS
    if width_s <= 0:
        return 0.0
    return kendall_tau(bin_minima(came.sent_at, came.delay_s, width_s)[1])


def stood(packets: Packets, least_s: float, noise_s: float) -> bool:
    """Return whether a queue stood through most of the second half of a step."""
    came = packets.arrived
    if len(came.sent_at) < LEAST_PACKETS:
        return False
    waited = _least_around(came.delay_s) > least_s + max(STANDING_S, noise_s)
    return float(waited[len(waited) // 2 :].mean()) >= STOOD_SHARE


def standing_rate(packets: Packets, least_s: float, noise_s: float) -> Rate | None:
    """Return at what rate packets arrived while a queue stood, None when none did.

    Args:
        packets: In sending order, as feedback told.
        least_s: The least delay of the line, plus the clocks' constant.
        noise_s: How far jitter alone spreads delays.
    """
    if len(packets.sent_at) < 2:
        return None
    part = np.cumsum(np.diff(packets.sent_at, prepend=packets.sent_at[0]) > GAP_S)
    came = ~np.isnan(packets.arrived_at)
    part, arrived = part[came], packets.arrived
    waited = _least_around(arrived.delay_s) > least_s + max(STANDING_S, noise_s)
    run = np.cumsum((np.diff(part, prepend=-1) > 0) | (np.diff(waited, prepend=False)))
    size_bytes = span_s = 0.0
    for number in np.unique(run[waited]):
        more_bytes, more_s = _inside(arrived.where(run == number), noise_s)
        size_bytes += more_bytes
        span_s += more_s
    return Rate(8 * size_bytes / span_s, span_s) if span_s > 0 else None


def _inside(run: Packets, noise_s: float) -> tuple[float, float]:
    """Return the bytes and the time between two arrivals well inside a run.

    Jitter smears a run's ends: what stands there arrived thinner than the line let it through.
    """
    order = np.argsort(run.arrived_at, kind="stable")
    at, wire_bytes = run.arrived_at[order], run.wire_bytes[order]
    inside = (at >= at[0] + noise_s) & (at <= at[-1] - noise_s)
    if inside.sum() < 2:
        return 0.0, 0.0
    return float(wire_bytes[inside][1:].sum()), float(np.ptp(at[inside]))


def _least_around(delays: Floats) -> Floats:
    """Return for each packet the least delay among its neighbours."""
    if not len(delays):
        return delays
    side = NEIGHBOURS // 2
    padded = np.pad(delays, side, mode="edge")
    least: Floats = np.lib.stride_tricks.sliding_window_view(padded, NEIGHBOURS).min(axis=1)
    return least
