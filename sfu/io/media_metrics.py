"""What lines and tracks were like, as Prometheus metrics: sums of all peers, by m-line.

Peers are not told apart: their ids would be labels without bound, and somebody's visits.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import accumulate

from prometheus_client.core import (
    CounterMetricFamily,
    HistogramMetricFamily,
    Metric,
    SummaryMetricFamily,
)

from sfu.base.histogram import Histogram
from sfu.relay.seam import CoreTotals

_COUNTERS = {
    "up_sent": ("sfu_up_sent_packets", "Packets that publishers sent, by sequence numbers."),
    "up_received": ("sfu_up_received_packets", "Of these, those that came the first time."),
    "up_recovered": ("sfu_up_recovered_packets", "And those that came as retransmissions."),
    "up_nacks": ("sfu_up_nacks", "NACKs sent to publishers."),
    "up_keyframe_requests": ("sfu_up_keyframe_requests", "PLIs sent to publishers."),
    "down_forwarded": ("sfu_down_forwarded_packets", "Packets relayed to receivers."),
    "down_resent": ("sfu_down_resent_packets", "Packets sent to receivers again."),
    "down_lost": ("sfu_down_lost_packets", "Packets that receivers reported as lost."),
    "down_nacks": ("sfu_down_nacks", "NACKs of receivers."),
    "down_keyframe_requests": ("sfu_down_keyframe_requests", "PLIs and FIRs of receivers."),
}
"""Fields of `TrackTotals`, their metrics and what these say."""


def media(totals: CoreTotals) -> Iterator[Metric]:
    for field, (name, says) in _COUNTERS.items():
        counter = CounterMetricFamily(name, says, labels=["slot"])
        for slot, track in totals.tracks.items():
            counter.add_metric([slot.value], getattr(track, field))
        yield counter
    variation = SummaryMetricFamily(
        "sfu_up_delay_variation_seconds",
        "Change of delay from frame to frame, from publishers (|D| of RFC 3550, 6.4.1).",
        labels=["slot"],
    )
    for slot, track in totals.tracks.items():
        variation.add_metric([slot.value], track.up_variation_count, track.up_variation_sum_s)
    yield variation
    yield HistogramMetricFamily(
        "sfu_rtt_seconds",
        "Round trips to browsers, as measured by RTCP about once a second.",
        buckets=buckets(totals.rtts),
        sum_value=totals.rtts.total,
    )


def buckets(histogram: Histogram) -> list[tuple[str, float]]:
    """Return what Prometheus wants: cumulative counts, the last of all."""
    bounds = (*map(str, histogram.bounds), "+Inf")
    return list(zip(bounds, accumulate(histogram.counts), strict=True))
