"""RTCP out: reports to publishers and receivers, what asks for repair, and signs of life.

Everything for one peer leaves as one compound beginning with SR or RR and an SDES (RFC 3550, 6.1).
"""

from __future__ import annotations

from sfu.base.media import Slot
from sfu.base.timers import on_grid
from sfu.relay.leg import Leg
from sfu.relay.up.keyframe import interval_s
from sfu.relay.up.track import UpTrack
from sfu.rtp import rtcp
from sfu.rtp.rtcp import ReportBlock

REPORT_INTERVAL_S = 1.0
SENDER_REPORT_INTERVAL_S = 1.0
KEEPALIVE_S = 0.15
"""The page takes 500 ms of silence for a lost line and we promise a packet each 200 ms; the rest
is for late timers."""


def take_due(leg: Leg, now: float, ntp: int) -> bytes | None:
    """Return the compound that is due for this peer, None when nothing is.

    Args:
        ntp: Present NTP timestamp of our clock.
    """
    repair = _repair(leg, now)
    report_due = now >= leg.report_at
    senders_due = now >= leg.sender_report_at
    if not report_due and not senders_due:
        return leg.short_report + repair if repair or now >= leg.keepalive_at else None
    blocks = _report_blocks(leg, now) if report_due else []
    heads, ssrcs = _sender_reports(leg, now) if senders_due else ([], [])
    if blocks or not heads:
        heads.insert(0, rtcp.write_rr(leg.ssrc, blocks))
        ssrcs = list(dict.fromkeys((leg.ssrc, *ssrcs)))
    heads += [rtcp.write_sdes(ssrc, leg.cname) for ssrc in ssrcs]
    if report_due:
        heads.append(_extended_reports(leg, now, ntp))
        heads += _remb(leg)
        leg.report_at = on_grid(now + REPORT_INTERVAL_S)
    if senders_due:
        leg.sender_report_at = on_grid(now + SENDER_REPORT_INTERVAL_S)
    return b"".join(heads) + repair


def goodbye(leg: Leg) -> bytes:
    """Return the compound by which all our streams leave this peer (RFC 3550, 6.6)."""
    ssrcs = [down.ssrc for down in leg.downs.values()]
    return leg.short_report + rtcp.write_bye(ssrcs)


def next_at(leg: Leg) -> float:
    """Return when `take_due` wants to be called if no packet comes before."""
    times = [leg.report_at, leg.sender_report_at, leg.keepalive_at]
    if leg.arrivals.due_at is not None:
        times.append(leg.arrivals.due_at)
    if leg.probe is not None:
        times.append(leg.probe.next_at)
    for up in leg.ups.values():
        if up.keyframes.due_at is not None:
            times.append(up.keyframes.due_at)
        if up.flowing and (nack_at := up.nacks.next_at()) is not None:
            times.append(nack_at)
    return min(times)


def _repair(leg: Leg, now: float) -> bytes:
    """Return the NACKs, PLIs and transport-cc feedback that are due to a publisher."""
    out = b""
    for up in leg.ups.values():
        if up.ssrc is None:
            up.keyframes.forget()
            continue
        if up.flowing and len(up.nacks):
            asked = up.nacks.take_due(now, leg.rtt_s)
            if asked:
                up.nacks_sent += 1
                out += rtcp.write_nack(leg.ssrc, up.ssrc, asked)
        if up.keyframes.take_due(now, interval_s(leg.rtt_s)):
            up.keyframe_requests_sent += 1
            out += rtcp.write_pli(leg.ssrc, up.ssrc)
    if leg.arrivals.due_at is not None and now >= leg.arrivals.due_at:
        media_ssrc = next((up.ssrc for up in leg.ups.values() if up.ssrc is not None), 0)
        out += leg.arrivals.take_feedback(leg.ssrc, media_ssrc) or b""
    return out


def _report_blocks(leg: Leg, now: float) -> list[ReportBlock]:
    blocks = [up.report_block(now, far_loss(up, now)) for up in leg.ups.values()]
    return [block for block in blocks if block is not None]


def far_loss(up: UpTrack, now: float) -> float:
    """Return the loss ratio from us on to whoever hears this track.

    Of sound only: Opus turns its redundancy up by it, while pictures are repaired by us.
    """
    if up.slot is not Slot.AUDIO:
        return 0.0
    return max((down.far_loss(now) for down in up.sinks if down.flowing), default=0.0)


def _sender_reports(leg: Leg, now: float) -> tuple[list[bytes], list[int]]:
    """Return the sender reports of the tracks that flow, and their SSRCs."""
    written, ssrcs = [], []
    for down in leg.downs.values():
        info = down.sender_info(now) if down.flowing else None
        if info is not None:
            leg.note_sender_report(rtcp.ntp_middle(info.ntp), now)
            written.append(rtcp.write_sr(info))
            ssrcs.append(info.ssrc)
    return written, ssrcs


def _remb(leg: Leg) -> list[bytes]:
    """Repeat the cap of a publisher that has no page of ours, for all its pictures together."""
    ssrcs = [
        up.ssrc for up in leg.ups.values() if up.slot is not Slot.AUDIO and up.ssrc is not None
    ]
    if leg.remb_bps is None or not ssrcs:
        return []
    return [rtcp.write_remb(leg.ssrc, leg.remb_bps, ssrcs)]


def _extended_reports(leg: Leg, now: float, ntp: int) -> bytes:
    """Ask for a round trip (RRTR), and answer the peer's own asking (DLRR)."""
    out = rtcp.write_rrtr(leg.ssrc, ntp)
    if leg.peer_reference is not None:
        ssrc, middle, came_at = leg.peer_reference
        out += rtcp.write_dlrr(leg.ssrc, [(ssrc, middle, int((now - came_at) * 65536))])
        leg.peer_reference = None
    return out
