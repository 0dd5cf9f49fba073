"""One track to a receiver: a publisher's packets under our own SSRC, numbers and timestamps.

To the browser it is one stream for the whole visit. Publishers come and go, gates close and open:
the numbers go on without a gap, the timestamps by the time that passed, and a picture resumes
at a key frame.
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from sfu.base.histogram import Histogram
from sfu.base.media import Codec, MediaLine, Slot
from sfu.base.stats import DropReason
from sfu.relay.down.cache import ResendCache
from sfu.relay.down.padding import PADDING_BYTES
from sfu.relay.seam import START_BOUNDS_S
from sfu.relay.srtp import FIRST_SEQ_LIMIT
from sfu.relay.up.keyframe import starts_keyframe
from sfu.rtp.extensions import ABSENT, ExtensionIds, read_media, write_media
from sfu.rtp.packet import HEADER, wrap_rtx
from sfu.rtp.rtcp import ReportBlock, SenderInfo
from sfu.rtp.sequence import ts_delta, unwrap_seq

if TYPE_CHECKING:
    from sfu.relay.leg import Leg
    from sfu.relay.up.track import UpTrack

VIDEO_CACHE = (256, 104 << 10)
"""Packets and bytes: 0.34 s at 2.5 Mbit/s, 1.7 s at 500 kbit/s. Two round trips and more of lines
that are given these rates, of 150 and 300 ms; a quarter of a loaded peer's memory."""
AUDIO_CACHE = (64, 1 << 15)
_PADDING = bytes(PADDING_BYTES - 1) + bytes((PADDING_BYTES,))
FAR_FRESH_S = 8.0
"""libwebrtc reports on sound every 2.5 to 7.5 s."""
FAR_FADE_S = 8.0
"""After another such time the last report says nothing any more: two in a row are missing."""
SENDS_S = 1.0
"""A publisher whose last packet is no older is sending."""
_FIRST = 1 << 16
"""Unwrapped numbers start one cycle up, as in `up.track`."""


class DownTrack:
    """Send state of one m-line of one receiver."""

    __slots__ = (
        "_allowed_at",
        "_by_key",
        "_epoch",
        "_far_at",
        "_far_loss",
        "_next",
        "_padding_pt",
        "_plain_resend_pts",
        "_rtx_pts",
        "_rtx_seq",
        "_seq_shift",
        "_start",
        "_started",
        "_ts_at",
        "_ts_shift",
        "awaits_keyframe",
        "cache",
        "codec",
        "far_command",
        "far_lost",
        "far_lost_most",
        "flowing",
        "ids",
        "keeps_protected",
        "keyframe_requests_received",
        "last_rtp_ts",
        "leg",
        "nacks_received",
        "octets",
        "origin",
        "packets",
        "resent",
        "rtx_ssrc",
        "slot",
        "source",
        "ssrc",
        "starts",
    )

    def __init__(self, leg: Leg, line: MediaLine, place: int, rng: random.Random) -> None:
        """Make the track of the m-line at `place`, from 1 on."""
        self.leg = leg
        self.origin = place << 16
        """With a sequence number in its low 16 bits: what a departure is noted by (see `Leg`)."""
        self.slot: Slot = line.slot
        self.ssrc = line.down_ssrc
        self.rtx_ssrc = line.down_rtx_ssrc
        self.ids = ExtensionIds(
            level=line.level_ext,
            transport_cc=line.transport_cc_ext,
            orientation=line.orientation_ext,
        )
        self._by_key: dict[str, Codec] = {}
        for codec in line.codecs:
            self._by_key.setdefault(codec.key, codec)
        self._rtx_pts: dict[int, int] = {
            codec.pt: codec.rtx_pt for codec in line.codecs if codec.rtx_pt is not None
        }
        self._plain_resend_pts = frozenset(
            codec.pt for codec in line.codecs if codec.nack and codec.rtx_pt is None
        )
        self._padding_pt = next(
            (codec.rtx_pt for codec in line.codecs if codec.rtx_pt and codec.transport_cc), -1
        )
        if not self.ids.transport_cc:
            self._padding_pt = -1
        self.keeps_protected = bool(self._plain_resend_pts)
        self.source: UpTrack | None = None
        self.flowing = False
        """Whether both gates are open; asked per packet, set when something moves."""
        self.codec: Codec | None = None
        self.awaits_keyframe = self.slot is not Slot.AUDIO
        self.cache = ResendCache(*(AUDIO_CACHE if self.slot is Slot.AUDIO else VIDEO_CACHE))
        self.packets = 0
        self.octets = 0
        self.resent = 0
        self.far_lost = 0
        """Packets lost on this way since ever, as the receiver last reported."""
        self.far_lost_most = 0
        """The same, but that a packet which came twice takes nothing away."""
        self.nacks_received = self.keyframe_requests_received = 0
        self.far_command: int | None = None
        """Number of the receiver's last FIR."""
        self._far_loss = 0.0
        self._far_at = 0.0
        self.last_rtp_ts = rng.getrandbits(32)
        self._next = _FIRST + rng.randrange(FIRST_SEQ_LIMIT)
        self._rtx_seq = rng.randrange(FIRST_SEQ_LIMIT)
        self._epoch = -1
        self._started = False
        self._allowed_at: float | None = None
        self.starts = Histogram(START_BOUNDS_S)
        """From when packets may flow to the first that does, in seconds."""
        self._start = 0
        self._seq_shift = 0
        self._ts_shift = 0
        self._ts_at: float | None = None

    def feed_from(self, source: UpTrack | None) -> None:
        """Take packets from another publisher's track from now on, or from none."""
        self.source = source
        self.pause()

    def flow(self, passes: bool, now: float) -> None:
        """Let packets flow from now on, or none."""
        self.flowing = passes
        self.pause()
        sent_at = None if self.source is None else self.source.last_at
        is_sent = sent_at is not None and now - sent_at < SENDS_S
        self._allowed_at = now if passes and is_sent else None

    def pause(self) -> None:
        """Stop until `map` starts again, at a key frame where the codec has those."""
        self._started = False
        self.awaits_keyframe = self.slot is not Slot.AUDIO
        self._far_loss = 0.0

    def note_reception(self, block: ReportBlock, now: float) -> None:
        """Note what the receiver reports of this way."""
        self.far_lost_most += max(0, block.packets_lost - self.far_lost)
        self.far_lost = block.packets_lost
        self._far_loss = block.fraction_lost / 256
        self._far_at = now

    def far_loss(self, now: float) -> float:
        """Return the fraction lost on this way as last reported, fading when reports stop."""
        fading_s = max(0.0, now - self._far_at - FAR_FRESH_S)
        return self._far_loss * max(0.0, 1 - fading_s / FAR_FADE_S)

    def map(
        self,
        data: bytes,
        start: int,
        number: int,
        rtp_ts: int,
        codec: Codec,
        level: int,
        orientation: int,
        now: float,
    ) -> bytes | DropReason:
        """Return the packet as this receiver gets it, unprotected, or why it gets none.

        Where `keeps_protected`, `keep` is due after it was protected.

        Args:
            data: The publisher's packet, its payload from `start` on.
            number: Its unwrapped sequence number.
            codec: The publisher's, by its payload type.
            level: Value of the audio level extension or ABSENT; `orientation` likewise.
        """
        source = self.source
        own = self._by_key.get(codec.name)
        if own is None or source is None:
            return DropReason.NO_CODEC
        if not self._started or self._epoch != source.epoch:
            if not self._may_start(data, start, number, codec, source):
                return DropReason.BEFORE_KEYFRAME
            self._begin(number, rtp_ts, own, source.epoch, now)
        elif number < self._start:
            return DropReason.BEFORE_START
        out = number + self._seq_shift
        out_ts = (rtp_ts + self._ts_shift) & 0xFFFFFFFF
        if out >= self._next:
            self._next = out + 1
            self.last_rtp_ts = out_ts
            self._ts_at = now
        transport_cc = ABSENT
        if own.transport_cc and self.ids.transport_cc:
            transport_cc = self.leg.departures.next_number & 0xFFFF
        block = write_media(self.ids, level, transport_cc, orientation)
        first = 0x80 | data[0] & 0x20 | (0x10 if block else 0)
        header = HEADER.pack(first, data[1] & 0x80 | own.pt, out & 0xFFFF, out_ts, self.ssrc)
        self.codec = own
        packet = header + block + data[start:]
        self.packets += 1
        self.octets += len(data) - start
        origin = 0
        if own.rtx_pt is not None:
            origin = self.origin | out & 0xFFFF
            self.cache.put(out, packet)
        if transport_cc >= 0:
            self.leg.departures.note(len(packet), now, origin)
        return packet

    def keep(self, packet: bytes, protected: bytes) -> None:
        """Keep the protected bytes of a mapped packet, where only they may be sent again."""
        if packet[1] & 0x7F in self._plain_resend_pts:
            seq = (packet[2] << 8) | packet[3]
            self.cache.put(unwrap_seq(seq, self._next), protected)

    def _may_start(
        self, data: bytes, start: int, number: int, codec: Codec, source: UpTrack
    ) -> bool:
        """Tell whether a decoder can begin with this packet.

        A late one cannot open: what followed it was dropped already.
        """
        if self.slot is Slot.AUDIO:
            return True
        self.awaits_keyframe = True
        if number != source.highest or not starts_keyframe(codec, data, start):
            return False
        self.awaits_keyframe = False
        source.keyframes.arrived()
        return True

    def _begin(self, number: int, rtp_ts: int, own: Codec, epoch: int, now: float) -> None:
        """Go on after a pause or with another source: numbers without a gap, time as it passed.

        After a pause of the same source its timestamps tell the time themselves, and keep sound
        and picture together as they were.
        """
        if epoch != self._epoch:
            passed_s = 0.0 if self._ts_at is None else now - self._ts_at
            rtp_ts_out = self.last_rtp_ts + max(1, round(passed_s * own.clock_hz))
            self._ts_shift = ts_delta(rtp_ts_out & 0xFFFFFFFF, rtp_ts)
        self._seq_shift = self._next - number
        self._start = number
        self._epoch = epoch
        self._started = True
        if self._allowed_at is not None:
            self.starts.add(now - self._allowed_at)
            self._allowed_at = None
        self.leg.sender_report_at = now  # the receiver needs it before it can sync lips

    def resend(self, seq: int, now: float, gap_s: float, copies: int) -> list[bytes]:
        """Answer one NACKed number: return protected packets, none when there is none to give.

        By RTX where negotiated, as often as told, else the very bytes again (see
        `SrtpContext.protect`), which nobody would take twice.
        """
        packet = self.cache.take(unwrap_seq(seq, self._next), now, gap_s)
        if packet is None:
            return []
        rtx_pt = self._rtx_pts.get(packet[1] & 0x7F)  # in the clear in protected bytes too
        if rtx_pt is None:
            resent = [packet]
        else:
            written = (self._as_rtx(packet, rtx_pt, now) for _ in range(copies))
            resent = [protected for protected in written if protected is not None]
        self.resent += len(resent)
        return resent

    def _as_rtx(self, packet: bytes, rtx_pt: int, now: float) -> bytes | None:
        departures = self.leg.departures
        transport_cc = ABSENT
        if self.ids.transport_cc and self.codec is not None and self.codec.transport_cc:
            transport_cc = departures.next_number & 0xFFFF
        level, _, orientation = read_media(packet, self.ids)
        block = write_media(self.ids, level, transport_cc, orientation)
        packet = wrap_rtx(
            packet, pt=rtx_pt, seq=self._next_rtx_seq(), ssrc=self.rtx_ssrc, extensions=block
        )
        if transport_cc >= 0:
            departures.note(len(packet), now)
        return self.leg.srtp.protect(packet)

    def padding(self, now: float) -> bytes | None:
        """Return a protected packet of nothing but padding, to probe the line with.

        It goes out as a retransmission of nothing, which browsers count in their feedback and
        show to no decoder. Only where `can_pad`.
        """
        departures = self.leg.departures
        block = write_media(self.ids, ABSENT, departures.next_number & 0xFFFF, ABSENT)
        header = HEADER.pack(
            0xB0, self._padding_pt, self._next_rtx_seq(), self.last_rtp_ts, self.rtx_ssrc
        )
        packet = header + block + _PADDING
        departures.note(len(packet), now)
        return self.leg.srtp.protect(packet)

    @property
    def can_pad(self) -> bool:
        """Whether the receiver would take padding and tell when it came."""
        return self._padding_pt >= 0

    def _next_rtx_seq(self) -> int:
        seq = self._rtx_seq
        self._rtx_seq = (seq + 1) & 0xFFFF
        return seq

    def sender_info(self, now: float) -> SenderInfo | None:
        """Return the sender report of this stream: its publisher's own NTP–RTP relation.

        None before the publisher's first report, and while nothing flows.
        """
        source = self.source
        if source is None or self.codec is None or not self._started:
            return None
        said = source.sender_info
        if said is None or self._epoch != source.epoch:
            return None
        since_s = now - source.sender_info_at
        return SenderInfo(
            ssrc=self.ssrc,
            ntp=(said.ntp + int(since_s * 4294967296)) & 0xFFFFFFFFFFFFFFFF,
            rtp_ts=(said.rtp_ts + self._ts_shift + round(since_s * self.codec.clock_hz))
            & 0xFFFFFFFF,
            packets=self.packets,
            octets=self.octets,
        )
