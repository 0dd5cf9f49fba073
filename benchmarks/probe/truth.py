"""What a line did in some seconds, by the emulator's account of every packet. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import fmean, median

import numpy as np

from benchmarks.netlab.fatelog import Direction, Record, percentile
from benchmarks.netlab.link import Fate
from benchmarks.probe.levels import Numbers
from benchmarks.probe.lines import Line

FRAME_S = 0.020
"""Of the browser's sound, and between the packets that the node sends in return."""
FRAME_ERROR_S = 0.004
LEAST_PACKETS = 50
SMALL_BYTES = 200
"""The largest of packets that control the call (RTCP, STUN, SCTP): they measure round trips."""
RAMP_GAPS, RAMP_S = 40, 0.5
"""So many gaps within so much less time than `FRAME_S` gives are no even stream any more."""
SEQ_WRAP = 1 << 16


@dataclass(frozen=True, slots=True)
class Way:
    """One direction; None where too few packets went that way."""

    packets: int
    """RTP that came to the end of the queue: delivered or lost by chance."""
    loss_ratio: float | None
    """Of these, lost by chance."""
    delay_ms: float | None
    """Median one-way delay of small packets."""
    jitter_ms: float | None
    """Mean |D| (RFC 3550, 6.4.1) of the even stream: how its packets came beside how they should
    have been sent (up, by number) or were sent (down)."""
    line_jitter_ms: float | None
    """The line's part of it: by when packets were put on the line."""
    variation_ms: float | None
    """95th percentile of the even stream's one-way delay above its least."""
    rate_bps: float
    """Of all that was delivered, whole IP packets."""


@dataclass(frozen=True, slots=True)
class Truth:
    """Both directions over the same time."""

    up: Way
    down: Way
    rtt_ms: float | None
    """Median of what any small packet down and any up took together: where packets queue that is
    more than the sum of both medians."""
    lateness_ms_p99: float
    """How late the emulator was meanwhile."""

    def numbers(self, line: Line) -> Numbers:
        """Return a line's numbers, with what happened to packets in the place of its averages."""
        own = line.numbers
        return Numbers(
            rtt_ms=own.rtt_ms if self.rtt_ms is None else self.rtt_ms,
            loss_up=self.up.loss_ratio or 0.0,
            loss_down=self.down.loss_ratio or 0.0,
            variation_up_ms=self.up.variation_ms or 0.0,
            variation_down_ms=self.down.variation_ms or 0.0,
            capacity_up_bps=own.capacity_up_bps,
            capacity_down_bps=own.capacity_down_bps,
            bloat_ms=own.bloat_ms,
            packets=min(self.up.packets, self.down.packets),
        )


def truth_of(records: Iterable[Record], since: float, until: float) -> Truth:
    """Return what happened to packets put on the line between two instants of CLOCK_MONOTONIC."""
    within = [it for it in records if since <= it.time_in < until and not it.copy]
    ways = {way: [it for it in within if it.direction is way] for way in Direction}
    return Truth(
        up=_way(ways[Direction.UP], until - since, by_number=True),
        down=_way(ways[Direction.DOWN], until - since, by_number=False),
        rtt_ms=_rtt_ms(*(small_delays_s(ways[way]) for way in (Direction.DOWN, Direction.UP))),
        lateness_ms_p99=lateness_ms_p99(within, since, until),
    )


def lateness_ms_p99(records: Iterable[Record], since: float, until: float) -> float:
    """Return how late the emulator was with packets of that time, 99th percentile."""
    late_ms = [
        it.lateness_s * 1000
        for it in records
        if it.fate is Fate.DELIVERED and since <= it.time_in < until
    ]
    return round(percentile(late_ms, 0.99), 3)


def usual_until(records: Iterable[Record], since: float, until: float) -> float:
    """Return when the node began to fill the line on purpose, before `until`; else `until`.

    Until then the node sends one packet each `FRAME_S`, and nothing is relayed.
    """
    sent = sorted(
        it.time_in
        for it in records
        if it.direction is Direction.DOWN and it.ssrc and since <= it.time_in < until
    )
    for at, (first, last) in enumerate(zip(sent, sent[RAMP_GAPS:], strict=False)):
        if last - first < RAMP_S:
            pairs = pairwise(sent[at : at + RAMP_GAPS])
            return next(before for before, after in pairs if after - before < RAMP_S / RAMP_GAPS)
    return until


def even_stream(records: Iterable[Record]) -> list[Record]:
    """Return the stream that sends a packet each `FRAME_S`, the longest; nothing without one."""
    streams: dict[int, list[Record]] = defaultdict(list)
    for record in records:
        if record.ssrc:
            streams[record.ssrc].append(record)
    return max(filter(_is_even, streams.values()), key=len, default=[])


def _is_even(stream: Sequence[Record]) -> bool:
    if len(stream) < LEAST_PACKETS:
        return False
    gap_s = median(after.time_in - before.time_in for before, after in pairwise(stream))
    return abs(gap_s - FRAME_S) <= FRAME_ERROR_S


def mean_d_s(stream: Iterable[Record], *, by_number: bool) -> float | None:
    """Return mean |D| of those that came, in the order in which they came, in seconds.

    Args:
        by_number: Take them to have been sent each `FRAME_S` by their numbers, rather than when
            they were put on the line.
    """
    came = [it for it in stream if it.fate is Fate.DELIVERED]
    sent = [it.time_in for it in came]
    if by_number:
        sent = [FRAME_S * number for number in _unwrapped([it.seq for it in came])]
    arrived = sorted((it.time_out, it.time_out - at) for it, at in zip(came, sent, strict=True))
    if len(arrived) < LEAST_PACKETS:
        return None
    return fmean(abs(after - before) for (_, before), (_, after) in pairwise(arrived))


def _way(records: Sequence[Record], seconds: float, *, by_number: bool) -> Way:
    rtp = [it for it in records if it.ssrc and it.fate in (Fate.DELIVERED, Fate.LOST)]
    lost = sum(it.fate is Fate.LOST for it in rtp)
    even = even_stream(records)
    came = [it for it in records if it.fate is Fate.DELIVERED]
    small = small_delays_s(records)
    delays = [it.time_out - it.time_in for it in even if it.fate is Fate.DELIVERED]
    variation_s = percentile(delays, 0.95) - min(delays) if delays else None
    return Way(
        packets=len(rtp),
        loss_ratio=round(lost / len(rtp), 5) if rtp else None,
        delay_ms=_ms(median(small) if small else None),
        jitter_ms=_ms(mean_d_s(even, by_number=by_number)),
        line_jitter_ms=_ms(mean_d_s(even, by_number=False)),
        variation_ms=_ms(variation_s),
        rate_bps=round(sum(it.size_bytes for it in came) * 8 / seconds),
    )


def small_delays_s(records: Iterable[Record]) -> list[float]:
    """Return the one-way delays of small packets, in seconds."""
    came = (it for it in records if it.fate is Fate.DELIVERED)
    return [it.time_out - it.time_in for it in came if it.size_bytes <= SMALL_BYTES]


def _rtt_ms(down_s: Sequence[float], up_s: Sequence[float]) -> float | None:
    if not down_s or not up_s:
        return None
    return _ms(float(np.median(np.add.outer(down_s, up_s))))


def _unwrapped(numbers: Sequence[int]) -> list[int]:
    """Return sequence numbers that go on where 16 bits begin again."""
    whole: list[int] = []
    for number in numbers:
        last = whole[-1] if whole else number
        step = (number - last + SEQ_WRAP // 2) % SEQ_WRAP - SEQ_WRAP // 2
        whole.append(last + step)
    return whole


def _ms(seconds: float | None) -> float | None:
    return None if seconds is None else round(1000 * seconds, 2)
