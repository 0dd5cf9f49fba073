"""What was measured of all peers there ever were, summed for a scrape."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields

from sfu.base.histogram import Histogram
from sfu.base.media import Slot
from sfu.relay.leg import Leg
from sfu.relay.seam import RTT_BOUNDS_S, START_BOUNDS_S, STARTS, CoreTotals, TrackTotals

_FIELDS = tuple(each.name for each in fields(TrackTotals))


class Totals:
    """Keeps the sums of peers that left; those of present ones are read when asked."""

    __slots__ = ("_gone",)

    def __init__(self) -> None:
        self._gone = CoreTotals(
            {slot: TrackTotals() for slot in Slot},
            Histogram(RTT_BOUNDS_S),
            {slot: Histogram(START_BOUNDS_S) for slot in STARTS},
        )

    def leave(self, leg: Leg) -> None:
        """Keep what was measured of a peer that is forgotten now."""
        self._gone = self.read((leg,))

    def read(self, legs: Iterable[Leg]) -> CoreTotals:
        """Return the sums of all that left and of these."""
        tracks, rtts = dict(self._gone.tracks), Histogram(RTT_BOUNDS_S)
        rtts.include(self._gone.rtts)
        starts = {slot: Histogram(START_BOUNDS_S) for slot in STARTS}
        for slot, gone in self._gone.starts.items():
            starts[slot].include(gone)
        for leg in legs:
            rtts.include(leg.rtts)
            for slot in starts.keys() & leg.downs.keys():
                starts[slot].include(leg.downs[slot].starts)
            for slot in leg.ups:
                tracks[slot] = _sum(tracks[slot], _of(leg, slot))
        return CoreTotals(tracks, rtts, starts)


def _of(leg: Leg, slot: Slot) -> TrackTotals:
    up, down = leg.ups[slot], leg.downs[slot]
    sent, received, recovered, variation_sum_s, variation_count = up.sums()
    return TrackTotals(
        up_sent=sent,
        up_received=received,
        up_recovered=recovered,
        up_variation_sum_s=variation_sum_s,
        up_variation_count=variation_count,
        up_nacks=up.nacks_sent,
        up_keyframe_requests=up.keyframe_requests_sent,
        down_forwarded=down.packets,
        down_resent=down.resent,
        down_lost=down.far_lost_most,
        down_nacks=down.nacks_received,
        down_keyframe_requests=down.keyframe_requests_received,
    )


def _sum(a: TrackTotals, b: TrackTotals) -> TrackTotals:
    return TrackTotals(*(getattr(a, name) + getattr(b, name) for name in _FIELDS))
