"""One track from a publisher: its receive log and what it tells about line, sound and picture."""

from __future__ import annotations

from array import array
from math import inf
from typing import TYPE_CHECKING

from sfu.base.media import Codec, MediaLine, Slot
from sfu.relay.up.gaps import FRAME_S, longest_late, longest_missing
from sfu.relay.up.keyframe import KeyframeRequests
from sfu.relay.up.nack import NackList
from sfu.rtp.packet import payload_end, unwrap_rtx
from sfu.rtp.rtcp import ReportBlock, SenderInfo, ntp_middle
from sfu.rtp.sequence import ts_delta

if TYPE_CHECKING:
    from sfu.relay.down.track import DownTrack

LOG_SIZE = 1024
"""Packets behind the newest that are told from duplicates; as large as the replay window."""
_FIRST = 1 << 16
"""Unwrapped numbers start one cycle up, so that late ones stay positive."""
_NO_LOG = array("I")
"""Of a stream that has not begun, as a screen that nobody shares: 4 kB less each."""
MAX_SAMPLES = 256
"""Delays of sound and sizes of pictures kept until somebody takes them: 2.5 s and more of each."""
SETTLED = 10
"""Packets of sound that come after one until it counts as missing, unless it does: 0.2 s."""
DUPLICATE = -1
TOO_OLD = -2


class Recent:
    """What happened in the last second, in tenths: a count and a minimum, constant in memory."""

    __slots__ = ("_counts", "_lowest", "_tenths")
    _SIZE = 11  # ten whole tenths and the present one

    def __init__(self) -> None:
        self._tenths = [-1] * self._SIZE
        self._counts = [0] * self._SIZE
        self._lowest = [0] * self._SIZE

    def add(self, now: float, value: int = 0) -> None:
        tenth = int(now * 10)
        slot = tenth % self._SIZE
        if self._tenths[slot] != tenth:
            self._tenths[slot] = tenth
            self._counts[slot] = 1
            self._lowest[slot] = value
            return
        self._counts[slot] += 1
        if value < self._lowest[slot]:
            self._lowest[slot] = value

    def count(self, now: float) -> int:
        """Return how often `add` was called in the last ten whole tenths of a second."""
        tenth = int(now * 10)
        return sum(
            count
            for at, count in zip(self._tenths, self._counts, strict=True)
            if tenth - self._SIZE < at < tenth
        )

    def lowest(self, now: float) -> int | None:
        """Return the lowest value of the last second, None without any."""
        since = int(now * 10) - self._SIZE
        return min(
            (low for at, low in zip(self._tenths, self._lowest, strict=True) if at > since),
            default=None,
        )


class UpTrack:
    """Receive state of one m-line of one publisher.

    The line outlives its streams: `adopt` takes another SSRC, with a fresh log and a new `epoch`,
    by which down tracks see that the source changed.
    """

    __slots__ = (
        "_base",
        "_clock_hz",
        "_earlier",
        "_frame_began",
        "_judged",
        "_log",
        "_missed",
        "_repairs",
        "_reported_expected",
        "_reported_received",
        "_transit",
        "_wants_nack",
        "bytes_received",
        "codecs",
        "delays_s",
        "epoch",
        "flowing",
        "frame_sizes",
        "frames",
        "highest",
        "jitter",
        "keyframe_requests_sent",
        "keyframes",
        "last_at",
        "least_transit_s",
        "levels",
        "mid",
        "nacks",
        "nacks_sent",
        "owner",
        "received",
        "recovered",
        "rtp_ts",
        "rtx_codecs",
        "sender_info",
        "sender_info_at",
        "sinks",
        "slot",
        "ssrc",
        "variation_count",
        "variation_sum_s",
    )

    def __init__(self, line: MediaLine, epoch: int, owner: int = 0) -> None:
        """Make the receive state of `line` of the peer `owner`."""
        self.owner = owner
        self.slot: Slot = line.slot
        self.mid = line.mid
        self.codecs: dict[int, Codec] = {codec.pt: codec for codec in line.codecs}
        self.rtx_codecs: dict[int, Codec] = {
            codec.rtx_pt: codec for codec in line.codecs if codec.rtx_pt is not None
        }
        self._wants_nack = any(codec.nack for codec in line.codecs)
        self._repairs, self._missed = True, False
        self.sinks: tuple[DownTrack, ...] = ()
        self.flowing = False
        """Whether any sink takes packets; only then is loss worth a NACK."""
        self.frames = Recent()
        self.delays_s = array("d")
        """Of each frame of sound, plus a constant, since somebody emptied it."""
        self.frame_sizes: list[tuple[float, int]] = []
        """When pictures of the camera came, and their bytes, since somebody emptied it."""
        self.levels = Recent()
        self.last_at: float | None = None
        self.nacks = NackList()
        self.keyframes = KeyframeRequests()
        self.nacks_sent = self.keyframe_requests_sent = 0
        self._earlier = (0, 0, 0, 0.0, 0)
        """`sums` of the streams before this one."""
        self._begin(line.up_ssrc, epoch)

    def adopt(self, ssrc: int | None, epoch: int) -> None:
        """Receive another stream on this line from now on."""
        self._earlier = self.sums()
        self._begin(ssrc, epoch)

    def _begin(self, ssrc: int | None, epoch: int) -> None:
        self.ssrc = ssrc
        self.epoch = epoch
        self._base = self._judged = 0
        self.highest = 0
        self._log = _NO_LOG
        self.received = 0
        self.recovered = 0
        self.bytes_received = self._frame_began = 0
        self.jitter = 0.0
        self._transit: float | None = None
        self.least_transit_s = inf
        """Least delay of a frame, plus a constant, since somebody set it to infinity."""
        self._clock_hz = 0
        self.variation_sum_s = 0.0
        self.variation_count = 0
        self._reported_expected = 0
        self._reported_received = 0
        self.rtp_ts = 0
        self.sender_info: SenderInfo | None = None
        self.sender_info_at = 0.0
        self.nacks.clear()
        self.keyframes.forget()

    def unwrap(self, packet: bytes, start: int, codec: Codec) -> bytes | None:
        """Return the original in a retransmission of `codec`; None where there is none."""
        end = payload_end(packet, start)
        if self.ssrc is None or end - start < 2:
            return None  # padding that probes the line (libwebrtc); feedback counted it
        return unwrap_rtx(packet, start=start, end=end, pt=codec.pt, ssrc=self.ssrc)

    def accept(
        self, seq: int, rtp_ts: int, size: int, clock_hz: int, now: float, resent: bool = False
    ) -> int:
        """Log one packet.

        Args:
            size: Of the whole packet, in bytes.
            resent: It came as a retransmission (RFC 4588).

        Returns:
            Its unwrapped sequence number, positive; DUPLICATE or TOO_OLD when it goes no further.
        """
        highest = self.highest
        if not highest:
            return self._accept_first(seq, rtp_ts, size, clock_hz, now)
        delta = ((seq - highest + 0x8000) & 0xFFFF) - 0x8000
        number = highest + delta
        slot = number & (LOG_SIZE - 1)
        if delta > 0:
            self.highest = number
            if delta > 1 and self.flowing and self._wants_nack:
                self._note_gap(highest + 1, number, now)
        elif delta <= -LOG_SIZE:
            return TOO_OLD
        elif self._log[slot] == number:
            return DUPLICATE
        else:
            self.nacks.arrived(number, now, resent=resent)
        self._log[slot] = number
        self.bytes_received += size
        self.last_at = now
        if resent:
            self.recovered += 1
            if delta <= 0:
                return number
        else:
            self.received += 1
        if delta > 0 and rtp_ts != self.rtp_ts:
            self._new_timestamp(rtp_ts, clock_hz, now)
        return number

    def repair(self, wanted: bool, now: float) -> None:
        """Ask for what is missing from now on, or not; what was passed over a key frame mends."""
        self._repairs = wanted
        if not wanted:
            self._missed = len(self.nacks) > 0
            self.nacks.clear()
        elif self._missed:
            self._missed = False
            if self.flowing:
                self.keyframes.request(now)

    def _note_gap(self, first: int, end: int, now: float) -> None:
        if not self._repairs:
            self._missed = True
        elif not self.nacks.note_gap(first, end, now) and self.slot is not Slot.AUDIO:
            self.keyframes.request(now)

    def _accept_first(self, seq: int, rtp_ts: int, size: int, clock_hz: int, now: float) -> int:
        number = _FIRST + seq
        self._log = array("I", bytes(4 * LOG_SIZE))
        self._base = self._judged = self.highest = number
        self._log[number & (LOG_SIZE - 1)] = number
        self.received = 1
        self.bytes_received = size
        self.last_at = now
        self.rtp_ts = (rtp_ts - 1) & 0xFFFFFFFF
        self._new_timestamp(rtp_ts, clock_hz, now)
        return number

    def _new_timestamp(self, rtp_ts: int, clock_hz: int, now: float) -> None:
        """Count a frame and its delay variation, by its first packet.

        The other packets of a frame share its timestamp: pacing spreads them, which is no jitter.
        """
        step = ts_delta(rtp_ts, self.rtp_ts)
        if step <= 0:
            return
        self.rtp_ts = rtp_ts
        self.frames.add(now)
        transit = now - rtp_ts / clock_hz
        if self.slot is Slot.AUDIO:
            if len(self.delays_s) < MAX_SAMPLES:
                self.delays_s.append(transit)
        elif self.slot is Slot.CAMERA:
            size, self._frame_began = self.bytes_received - self._frame_began, self.bytes_received
            if len(self.frame_sizes) < MAX_SAMPLES:
                self.frame_sizes.append((now, size))
        if transit < self.least_transit_s:
            self.least_transit_s = transit
        if self._transit is not None and clock_hz == self._clock_hz:
            variation = abs(transit - self._transit)
            if variation > 2**31 / clock_hz:  # the timestamp wrapped
                variation = abs(variation - 2**32 / clock_hz)
            self.variation_sum_s += variation
            self.variation_count += 1
            self.jitter += (variation * clock_hz - self.jitter) / 16  # RFC 3550, 6.4.1
        self._transit = transit
        self._clock_hz = clock_hz

    def take_gap_s(self) -> float:
        """Return the longest gap in the sound since the last call, for which nothing else is kept.

        Call it before `delays_s` is emptied, about once a second: the log holds 20.
        """
        if not self.highest:
            return 0.0
        first = max(self._judged, self.highest - LOG_SIZE)
        missing, self._judged = longest_missing(self._log, first, self.highest - SETTLED)
        return max(missing, longest_late(self.delays_s)) * FRAME_S

    @property
    def expected(self) -> int:
        """Packets that were sent, as far as sequence numbers tell."""
        return self.highest - self._base + 1 if self.highest else 0

    @property
    def lost(self) -> int:
        """Packets that never came, retransmissions deducted; never negative."""
        return max(0, self.expected - self.received - self.recovered)

    def sums(self) -> tuple[int, int, int, float, int]:
        """Return the sums of all streams of this line since the peer came.

        Packets sent, received the first time and recovered; sum of |D| in seconds, and its count.
        """
        sent, received, recovered, variation_sum_s, variation_count = self._earlier
        return (
            sent + self.expected,
            received + self.received,
            recovered + self.recovered,
            variation_sum_s + self.variation_sum_s,
            variation_count + self.variation_count,
        )

    def report_block(self, now: float, far_loss: float) -> ReportBlock | None:
        """Return the block of the next report to the publisher, None when it sent nothing since.

        Args:
            far_loss: Loss ratio of the way on from us, to be combined with this way's, so that
                the publisher's error correction covers both.
        """
        expected = self.expected - self._reported_expected
        if self.ssrc is None or expected <= 0:
            return None
        received = self.received - self._reported_received
        self._reported_expected += expected
        self._reported_received += received
        own_loss = max(0, expected - received) / expected
        loss = 1 - (1 - own_loss) * (1 - far_loss)
        lsr = dlsr = 0
        if self.sender_info is not None:
            lsr = ntp_middle(self.sender_info.ntp)
            dlsr = min(int((now - self.sender_info_at) * 65536), 0xFFFFFFFF)
        return ReportBlock(
            ssrc=self.ssrc,
            fraction_lost=min(255, int(loss * 256)),
            packets_lost=self.expected - self.received,
            highest_seq=self.highest - _FIRST,
            jitter=int(self.jitter),
            lsr=lsr,
            dlsr=dlsr,
        )

    def left(self) -> None:
        """Note the stream's goodbye: nothing of it is asked for, and its clock is told no more.

        It may come back under the same SSRC, as a browser's does whose camera was off.
        """
        self.nacks.clear()
        self.keyframes.arrived()
        self.sender_info = None

    def remove_sink(self, sink: DownTrack) -> None:
        """Feed `sink` no more."""
        self.sinks = tuple(down for down in self.sinks if down is not sink)
        self.sinks_moved()

    def sinks_moved(self) -> None:
        """Set `flowing` anew; while nobody takes packets, nothing is missed or asked for."""
        self.flowing = any(down.flowing for down in self.sinks)
        if not self.flowing:
            self.nacks.clear()
            self.keyframes.arrived()
