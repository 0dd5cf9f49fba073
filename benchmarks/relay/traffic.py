"""What a peer of a 1:1 call sends: streams, packets, and when each is due."""

from __future__ import annotations

import random
import struct
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from sfu.base.media import MediaLine, Slot
from sfu.rtp.extensions import pack
from sfu.rtp.packet import HEADER, payload_offset

PER_S = {Slot.AUDIO: 50, Slot.CAMERA: 170}
SIZE_BYTES = {Slot.AUDIO: 100, Slot.CAMERA: 1100}
"""Of a datagram, encrypted."""
CALL_PER_S = 2 * sum(PER_S.values())
"""Packets a second that one call brings, both ways."""
FRAMES_PER_S = 30
_TAG_BYTES = 16  # of AES-GCM
_DESCRIPTOR = struct.Struct("!BBHB")  # RFC 7741, 4.2 and 4.3, as browsers send it
_EXTENDED, _BEGINS, _HAS_PICTURE_ID, _LONG_PICTURE_ID = 0x80, 0x10, 0x80, 0x8000
_KEY, _DELTA = 0x00, 0x01
_NUMBER = struct.Struct("!I")
_LEVEL = b"\x9e"  # RFC 6464: voice at −30 dBov


@dataclass(slots=True)
class Stream:
    """What one peer sends on one m-line."""

    line: MediaLine
    down_ssrc: int
    """What the receiver gets it under."""
    sent: int = 0
    shift: int = 0
    """Sequence number at the receiver minus ours, as a first packet told."""

    @property
    def up_ssrc(self) -> int:
        assert self.line.up_ssrc is not None
        return self.line.up_ssrc

    def next_packet(self, at: float, transport_cc: int, *, key: bool = False) -> bytes:
        """Return the next packet, unprotected, due `at` seconds; `key` begins a key frame.

        Behind the codec's own bytes it carries its number among all of the stream.
        """
        number, self.sent = self.sent, self.sent + 1
        line, codec = self.line, self.line.codecs[0]
        if line.slot is Slot.AUDIO:
            rtp_ts, codec_bytes = number * (codec.clock_hz // PER_S[Slot.AUDIO]), b""
        else:
            frame = int(at * FRAMES_PER_S)
            begins = key or frame != int((at - 1 / PER_S[Slot.CAMERA]) * FRAMES_PER_S)
            rtp_ts = frame * (codec.clock_hz // FRAMES_PER_S)
            codec_bytes = _DESCRIPTOR.pack(
                _EXTENDED | (_BEGINS if begins else 0),
                _HAS_PICTURE_ID,
                _LONG_PICTURE_ID | frame & 0x7FFF,
                _KEY if key else _DELTA,
            )
        packet = self.head(number, rtp_ts, transport_cc) + codec_bytes + _NUMBER.pack(number)
        return packet + bytes(SIZE_BYTES[line.slot] - _TAG_BYTES - len(packet))

    def head(self, number: int, rtp_ts: int, transport_cc: int, *, marker: bool = False) -> bytes:
        """Return what stands before the payload: the RTP header and its extensions."""
        line = self.line
        present = [(line.transport_cc_ext, struct.pack("!H", transport_cc & 0xFFFF))]
        if line.slot is Slot.AUDIO:
            present.insert(0, (line.level_ext, _LEVEL))
        kind = line.codecs[0].pt | (0x80 if marker else 0)
        fixed = HEADER.pack(0x90, kind, number & 0xFFFF, rtp_ts & 0xFFFFFFFF, self.up_ssrc)
        return fixed + pack(present)

    def learn(self, packet: bytes) -> None:
        """Take from a first packet that came how its receiver's numbers differ from ours."""
        number = number_in(packet, self.line.slot)
        self.shift = int.from_bytes(packet[2:4], "big") - number & 0xFFFF


def number_in(packet: bytes, slot: Slot) -> int:
    """Return the number that an unprotected packet of `Stream.next_packet` carries."""
    at = payload_offset(packet) + (_DESCRIPTOR.size if slot is Slot.CAMERA else 0)
    number: int = _NUMBER.unpack_from(packet, at)[0]
    return number


@dataclass(slots=True)
class Peer:
    """One end of a call as the load sees it."""

    address: str
    """Of 127.0.0.0/8, its own: where it sends from."""
    to: tuple[str, int]
    """Where it sends."""
    streams: dict[Slot, Stream]
    protect: Callable[[bytes], bytes]
    unprotect: Callable[[bytes], bytes | None]
    """None for what does not authenticate."""
    transport_cc: int = 0
    inbox: str = ""
    """Where it receives, if not at `address`: with some servers each way has its connection."""

    @property
    def receives_at(self) -> str:
        return self.inbox or self.address

    def media(self, slot: Slot, at: float, *, key: bool = False) -> bytes:
        """Return the next packet of one stream, as a datagram."""
        self.transport_cc += 1
        return self.protect(self.streams[slot].next_packet(at, self.transport_cc, key=key))


@dataclass(frozen=True, slots=True)
class Call:
    one: Peer
    other: Peer
    echoes: bool = False
    """Each gets back what it sent itself, as from an echo test."""
    remade: bool = False
    """What is sent can be decoded, and what comes is what a server made of it: other packets."""

    def streams(self) -> Iterator[tuple[Peer, Peer, Stream]]:
        """Yield (sender, receiver, stream) of both directions."""
        ends = (self.one, self.other)
        for sender, receiver in zip(ends, ends if self.echoes else ends[::-1], strict=True):
            for stream in sender.streams.values():
                yield sender, receiver, stream


@dataclass(frozen=True, slots=True)
class Due:
    """One packet of a round."""

    at: float
    """Seconds from the beginning."""
    sender: Peer = field(repr=False)
    receiver: Peer = field(repr=False)
    stream: Stream = field(repr=False)


def timetable(calls: Sequence[Call], seconds: float, seed: int) -> list[Due]:
    """Return every packet of a round in order: each stream evenly spaced, at a phase of its own."""
    rng = random.Random(seed)
    rows = []
    for call in calls:
        for sender, receiver, stream in call.streams():
            per_s = PER_S[stream.line.slot]
            phase_s = rng.random() / per_s
            rows += [
                Due(phase_s + n / per_s, sender, receiver, stream)
                for n in range(round(seconds * per_s))
            ]
    return sorted(rows, key=lambda row: row.at)
