"""What one page sends: sound, picture, noise for a check, retransmissions, sender reports."""

from __future__ import annotations

from collections import OrderedDict
from itertools import count

from benchmarks.load.figures import FRAME_S
from benchmarks.load.recording import FRAMES_PER_S, FULL, PAYLOAD_BYTES, SMALL, Recording, add_mark
from benchmarks.relay.connection import Connection
from sfu.base.media import MediaLine, Slot
from sfu.rtp import rtcp
from sfu.rtp.extensions import ExtensionIds, write_media
from sfu.rtp.packet import HEADER, wrap_rtx

FULL_FROM_BPS = 1_000_000
"""At such a cap and above a page sends the full picture, below the small one."""
SMALL_FROM_BPS = 100_000
KEPT = 512
"""Packets of each stream, to be sent again."""
NOISE = bytes((0x00, 0x01)) + bytes(PAYLOAD_BYTES - 2)  # the middle of a delta frame
LEVEL = 0x9E  # RFC 6464: voice at −30 dBov
_ABSENT = -1


class _Stream:
    """One m-line of ours."""

    def __init__(self, line: MediaLine) -> None:
        assert line.up_ssrc is not None
        self.ssrc, self.codec = line.up_ssrc, line.codecs[0]
        self.rtx_ssrc = line.up_rtx_ssrc
        self.ids = ExtensionIds(level=line.level_ext, transport_cc=line.transport_cc_ext)
        self.level = LEVEL if line.slot is Slot.AUDIO else _ABSENT
        self.packets = self.octets = self.rtp_ts = 0
        self.rtx_seqs = count(1)
        self.kept: OrderedDict[int, bytes] = OrderedDict()

    def extensions(self, number: int) -> bytes:
        return write_media(self.ids, self.level, number & 0xFFFF, _ABSENT)


class Speaker:
    """The sender of one page; what it makes is `pending` at the connection."""

    def __init__(
        self, connection: Connection, recording: Recording, mark: bytes, *, video: bool
    ) -> None:
        self._connection, self._recording, self._mark = connection, recording, mark
        self._streams = {slot: _Stream(connection.lines[slot]) for slot in Slot}
        self._by_ssrc = {stream.ssrc: stream for stream in self._streams.values()}
        self._numbers = count(1)
        self._video = video
        self._layer: str | None = None
        self._frame = 0
        self._later: tuple[bytes, ...] = ()
        self._fill_until, self._fill_bps = 0.0, 0
        self.cap_bps = 0
        """How much picture the node lets this page send."""

    # -- media -------------------------------------------------------------------------------

    def sound(self, number: int) -> None:
        """Say one frame of the recording."""
        payloads = self._recording.sound
        stream = self._streams[Slot.AUDIO]
        stream.rtp_ts = number * round(stream.codec.clock_hz * FRAME_S)
        self._send(stream, add_mark(payloads[number % len(payloads)], self._mark))

    def picture(self, number: int) -> None:
        """Show what is due at tick `number` of 20 ms: a frame takes two, its packets halved."""
        if number % 2:
            later, self._later = self._later, ()
            self._show(later, ends=True)
            return
        self._choose()
        if self._layer is None:
            return
        frames = self._recording.pictures[self._layer]
        payloads = frames[self._frame % len(frames)]
        self._frame += 1
        stream = self._streams[Slot.CAMERA]
        stream.rtp_ts += stream.codec.clock_hz // FRAMES_PER_S
        half = (len(payloads) + 1) // 2
        self._later = payloads[half:]
        self._show(payloads[:half], ends=not self._later)

    def _choose(self) -> None:
        layer = FULL if self.cap_bps >= FULL_FROM_BPS else SMALL
        wanted = layer if self._video and self.cap_bps >= SMALL_FROM_BPS else None
        if wanted != self._layer:
            self._layer, self._frame = wanted, 0

    def _show(self, payloads: tuple[bytes, ...], *, ends: bool) -> None:
        stream = self._streams[Slot.CAMERA]
        for at, payload in enumerate(payloads, 1):
            self._send(stream, payload, marker=ends and at == len(payloads))

    def begin_fill(self, video_bps: int, for_s: float, now: float) -> None:
        """Send noise beside the rest, at most so much, so that the node can measure the line."""
        if self._video:
            self._fill_bps, self._fill_until = video_bps, now + for_s

    def end_fill(self) -> None:
        self._fill_until = 0.0

    def fill(self, now: float) -> None:
        """Send the noise of one tick, if any is asked for."""
        if now >= self._fill_until:
            return
        stream = self._streams[Slot.SCREEN]
        stream.rtp_ts += round(stream.codec.clock_hz * FRAME_S)
        for _ in range(int(self._fill_bps * FRAME_S / 8 / PAYLOAD_BYTES)):
            self._send(stream, NOISE)

    def _send(self, stream: _Stream, payload: bytes, *, marker: bool = False) -> None:
        seq = stream.packets & 0xFFFF
        stream.packets += 1
        stream.octets += len(payload)
        second = stream.codec.pt | (0x80 if marker else 0)
        packet = (
            HEADER.pack(0x90, second, seq, stream.rtp_ts & 0xFFFFFFFF, stream.ssrc)
            + stream.extensions(next(self._numbers))
            + payload
        )
        stream.kept[seq] = packet
        if len(stream.kept) > KEPT:
            stream.kept.popitem(last=False)
        self._connection.send(packet)

    # -- what the node asks for --------------------------------------------------------------

    def obey(self, compound: bytes) -> None:
        """Do what one RTCP compound asks: send again, or begin with a key frame."""
        for kind, fmt, start, end in rtcp.split(compound):
            if kind == rtcp.RTPFB and fmt == rtcp.FMT_NACK:
                ssrc, seqs = rtcp.read_nack(compound, start, end)
                self._resend(ssrc, seqs)
            elif kind == rtcp.PSFB and rtcp.read_keyframe_requests(compound, fmt, start, end):
                self._frame = 0

    def _resend(self, ssrc: int, seqs: list[int]) -> None:
        stream = self._by_ssrc.get(ssrc)
        if stream is None or stream.rtx_ssrc is None or stream.codec.rtx_pt is None:
            return
        for seq in seqs:
            if (packet := stream.kept.get(seq)) is not None:
                self._connection.send(
                    wrap_rtx(
                        packet,
                        pt=stream.codec.rtx_pt,
                        seq=next(stream.rtx_seqs) & 0xFFFF,
                        ssrc=stream.rtx_ssrc,
                        extensions=stream.extensions(next(self._numbers)),
                    )
                )

    def reports(self, utc_s: float) -> list[bytes]:
        """Return a sender report of each stream that sends."""
        ntp = rtcp.ntp64(utc_s)
        return [
            rtcp.write_sr(rtcp.SenderInfo(s.ssrc, ntp, s.rtp_ts, s.packets, s.octets))
            for s in self._streams.values()
            if s.packets
        ]
