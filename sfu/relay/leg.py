"""One connected peer as the packet core sees it: keys, addresses, gate, tracks and timers."""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Iterator, Sequence

from sfu.base.address import Address
from sfu.base.histogram import Histogram
from sfu.base.limits import TokenBucket
from sfu.base.media import MediaLine, Slot
from sfu.relay.down.cache import ResendBudget
from sfu.relay.down.departures import DepartureLog
from sfu.relay.down.padding import Probe
from sfu.relay.down.track import DownTrack
from sfu.relay.gate import Gate
from sfu.relay.seam import RTT_BOUNDS_S, FeedbackBatch
from sfu.relay.srtp import SrtpContext
from sfu.relay.up.arrivals import ArrivalLog
from sfu.relay.up.track import UpTrack
from sfu.relay.up.trains import TrainLog
from sfu.rtp import rtcp
from sfu.rtp.extensions import ExtensionIds, read_mid

MAX_ADDRESSES = 8
"""Addresses a peer may send from at one time; the oldest is forgotten."""
MAX_CLAIMS = 16
"""SSRCs a peer may bring beyond those of its offer, in its whole life."""
MAX_RTCP_SSRCS = 32
"""libsrtp keeps a stream for each; browsers use one per m-line and direction."""
TRY_INTERVAL_S = 0.02
"""Between two packets from unknown addresses that are tried with one peer's keys."""
MAX_PACKETS_PER_S = 1500
"""Of one peer, over time. Camera and screen at 2.5 Mbps each, sound, feedback and a probe of the
line together are below 900."""
BURST_PACKETS = 2000
"""At once: what a phone lets go after two seconds without a signal, twice over."""
COMPOUNDS_PER_S, BURST_COMPOUNDS = 250, 500
"""RTCP compounds of one peer: browsers send 20 to 50 a second, and one more for each gap in what
they receive. The dearest takes 0.5 ms to read."""
REMEMBERED_FEEDBACK = 32
"""Batches kept until they are taken, over a second's."""
REMEMBERED_REPORTS = 8
"""Sender reports of ours whose echo still tells a round trip."""


MAX_FRESH_RTTS = 64
"""Round trips kept until somebody takes them."""
_PADDED = (Slot.SCREEN, Slot.CAMERA)
"""Where padding goes, by preference: the screen is idle most of the time."""


class Leg:
    """All packet state of one peer. `PythonCore` and `rtcp` work on its fields."""

    __slots__ = (
        "_addresses",
        "_claims",
        "_refilled_at",
        "_rtcp_ssrcs",
        "_sent_reports",
        "_try_at",
        "address",
        "arrivals",
        "budget",
        "bytes_forwarded",
        "bytes_received",
        "cname",
        "compounds",
        "departures",
        "down_by_ssrc",
        "downs",
        "feedback",
        "fresh_rtts_s",
        "gate",
        "id",
        "ids",
        "keepalive_at",
        "last_received_at",
        "packets_forwarded",
        "packets_received",
        "padded",
        "partners",
        "peer_reference",
        "probe",
        "reached_at",
        "refused",
        "remb_bps",
        "report_at",
        "resend_budget",
        "rtt_s",
        "rtts",
        "sender_report_at",
        "short_report",
        "srtp",
        "ssrc",
        "suspended",
        "trains",
        "up_by_ssrc",
        "ups",
        "wake_at",
    )

    def __init__(
        self,
        peer: int,
        lines: Sequence[MediaLine],
        srtp: SrtpContext,
        cname: str,
        epochs: Iterator[int],
        rng: random.Random,
        now: float,
    ) -> None:
        self.id = peer
        self.srtp = srtp
        self.gate = Gate(now)
        self.refused: set[Slot] = set()
        """What is not relayed from this peer, though its gate is open."""
        self.suspended = False
        """It is lost: nothing is sent to it until something of it authenticates."""
        self.address: Address | None = None
        self.partners: set[int] = set()
        self.ups = {line.slot: UpTrack(line, next(epochs), peer) for line in lines}
        self.downs = {
            line.slot: DownTrack(self, line, place, rng) for place, line in enumerate(lines, 1)
        }
        self.up_by_ssrc: dict[int, UpTrack] = {}
        for line in lines:
            for ssrc in (line.up_ssrc, line.up_rtx_ssrc):
                if ssrc is not None:
                    self.up_by_ssrc[ssrc] = self.ups[line.slot]
        self.padded = next(
            (self.downs[s] for s in _PADDED if s in self.downs and self.downs[s].can_pad), None
        )
        """The track whose retransmission stream carries padding."""
        self.down_by_ssrc = {down.ssrc: down for down in self.downs.values()}
        self.ids = _common_ids(lines)
        self.ssrc = lines[0].down_ssrc if lines else rng.getrandbits(32)
        """Ours, as the sender of reports."""
        self.cname = cname
        self.short_report = rtcp.write_rr(self.ssrc, []) + rtcp.write_sdes(self.ssrc, cname)
        """What every compound begins with that has no more to report: most of them."""
        self.arrivals = ArrivalLog(now)
        self.departures = DepartureLog(rng.randrange(1 << 15))
        self.feedback: deque[FeedbackBatch] = deque(maxlen=REMEMBERED_FEEDBACK)
        """What the peer told of our packets and nobody has taken yet."""
        self.probe: Probe | None = None
        self.remb_bps: int | None = None
        """What the peer is told to send at most, where it has no page to follow a message."""
        self.reached_at: float | None = None
        """When RTCP of ours had reached it, by the newest that its reports echo; None: not yet."""
        self.rtt_s: float | None = None
        self.fresh_rtts_s: list[float] = []
        """Round trips as they were measured, since somebody emptied it."""
        self.rtts = Histogram(RTT_BOUNDS_S)
        self.peer_reference: tuple[int, int, float] | None = None
        """The peer's last RRTR: its SSRC, middle of its NTP timestamp, when it came."""
        self.last_received_at: float | None = None
        self.packets_received = self.bytes_received = 0
        self.trains: TrainLog | None = TrainLog()
        """Of a closed gate; in a call only while asked for: it has little time for each packet."""
        self.packets_forwarded = self.bytes_forwarded = 0
        self.resend_budget = ResendBudget()
        self.report_at = self.sender_report_at = self.keepalive_at = now
        self.wake_at: float | None = None
        self._addresses: dict[Address, None] = {}
        self._claims = MAX_CLAIMS
        self._rtcp_ssrcs: set[int] = set()
        self._try_at = now
        self.budget = BURST_PACKETS
        """Packets it may still send before `refill` is asked; counted down by the core."""
        self._refilled_at = now
        self.compounds = TokenBucket(COMPOUNDS_PER_S, BURST_COMPOUNDS, now)
        self._sent_reports: deque[tuple[int, float]] = deque(maxlen=REMEMBERED_REPORTS)

    def refill(self, now: float) -> bool:
        """Earn a new budget by the time since the last; False when that is less than one packet.

        Asked only when the budget is used up, so that a packet costs one comparison.
        """
        earned = int((now - self._refilled_at) * MAX_PACKETS_PER_S)
        self._refilled_at += earned / MAX_PACKETS_PER_S
        self.budget = max(0, min(earned, BURST_PACKETS) - 1)
        return earned > 0

    def may_try(self, now: float) -> bool:
        """Tell whether a packet from an unknown address may be tried now, and take the turn."""
        if now < self._try_at:
            return False
        self._try_at = now + TRY_INTERVAL_S
        return True

    def add_address(self, addr: Address) -> Address | None:
        """Know another address of this peer; return the one forgotten for it, if any."""
        self._addresses.pop(addr, None)
        self._addresses[addr] = None
        if len(self._addresses) <= MAX_ADDRESSES:
            return None
        oldest = next(known for known in self._addresses if known != self.address)
        del self._addresses[oldest]
        return oldest

    def origin(self, departure: int) -> tuple[DownTrack, int]:
        """Return the track and the sequence number that a departure was noted with."""
        return list(self.downs.values())[(departure >> 16) - 1], departure & 0xFFFF

    @property
    def addresses(self) -> tuple[Address, ...]:
        return tuple(self._addresses)

    def find_up(self, data: bytes, pt: int) -> UpTrack | None:
        """Return the track that a packet of an unknown SSRC says it belongs to, unverified.

        By its MID, else by a payload type that one line alone has. `data` was accepted by
        `payload_offset`; header and extensions are in the clear in SRTP.
        """
        if not self._claims:
            return None
        mid = read_mid(data, self.ids.mid)
        named = [up for up in self.ups.values() if pt in up.codecs or pt in up.rtx_codecs]
        if mid is not None:
            named = [up for up in named if up.mid == mid]
        return named[0] if len(named) == 1 else None

    def claim(self, ssrc: int, pt: int, up: UpTrack, epoch: int) -> None:
        """Take an authenticated stream as `up`'s; a media stream takes the place of the former."""
        self._claims -= 1
        if pt in up.codecs:
            if up.ssrc is not None:
                self.up_by_ssrc.pop(up.ssrc, None)
            up.adopt(ssrc, epoch)
        self.up_by_ssrc[ssrc] = up

    def may_report(self, ssrc: int) -> bool:
        """Tell whether RTCP of this sender may be decrypted."""
        return ssrc in self._rtcp_ssrcs or len(self._rtcp_ssrcs) < MAX_RTCP_SSRCS

    def note_reporter(self, ssrc: int) -> None:
        """Remember the sender of RTCP that authenticated."""
        self._rtcp_ssrcs.add(ssrc)

    def note_sender_report(self, middle: int, now: float) -> None:
        """Remember when a report with this NTP timestamp left; the timestamp is the publisher's."""
        self._sent_reports.append((middle, now))

    def note_echo(self, lsr: int, dlsr: int, now: float) -> None:
        """Measure the round trip by the echo of a sender report of ours."""
        for middle, sent_at in self._sent_reports:
            if middle == lsr:
                self.note_rtt(now - sent_at - dlsr / 65536, now - dlsr / 65536)
                return

    def note_rtt(self, rtt_s: float, reached_at: float) -> None:
        """Smooth a measured round trip into `rtt_s`; what it was measured by had reached the peer.

        One that hears nothing more echoes the last that it heard, with an ever longer delay.
        """
        rtt_s = max(0.0, rtt_s)
        self.reached_at = max(reached_at, self.reached_at or reached_at)
        self.rtts.add(rtt_s)
        if len(self.fresh_rtts_s) < MAX_FRESH_RTTS:
            self.fresh_rtts_s.append(rtt_s)
        self.rtt_s = rtt_s if self.rtt_s is None else self.rtt_s + (rtt_s - self.rtt_s) / 4


def _common_ids(lines: Sequence[MediaLine]) -> ExtensionIds:
    """Return the ids for reading: with BUNDLE one id means the same in every line."""
    return ExtensionIds(
        mid=max((line.mid_ext for line in lines), default=0),
        level=max((line.level_ext for line in lines), default=0),
        transport_cc=max((line.transport_cc_ext for line in lines), default=0),
        orientation=max((line.orientation_ext for line in lines), default=0),
    )
