"""Streams of sound and pictures that can be decoded, for servers that do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from benchmarks.load.recording import FULL, Recording
from benchmarks.relay.traffic import PER_S, Stream
from sfu.base.media import Slot

FIRST_FRAMES = 3
"""Of the recording: while a key is asked for, no more than these are sent, again and again."""
MOST_UNEVEN = 900
"""Ticks, 10 ms: by so much a picture's timestamp is beside its time, as a camera's may be."""
UNEVEN = Random(1).choices(range(MOST_UNEVEN), k=1024)
"""Of pictures in turn: steps between them follow no pattern."""


@dataclass(slots=True)
class RecordedStream(Stream):
    """A recording in a loop, as many packets a second as any other stream of the load."""

    frames: Sequence[Sequence[bytes]] = ()
    """Payloads of each sound or picture; the first picture alone is a key frame."""
    begun: int = 0
    """Frames, those of all loops."""
    frame: int = 0
    """Of the recording."""
    packet: int = 0
    """Of the frame: the next."""
    wants_key: bool = False

    def next_packet(self, at: float, transport_cc: int, *, key: bool = False) -> bytes:
        """Return the next packet, unprotected; `key` soon begins the recording anew."""
        number, self.sent = self.sent, self.sent + 1
        self.wants_key |= key
        if not self.packet:
            self._begin_frame()
        payloads = self.frames[self.frame]
        payload = payloads[self.packet]
        self.packet = (self.packet + 1) % len(payloads)
        return self.head(number, self._rtp_ts(), transport_cc, marker=not self.packet) + payload

    def _begin_frame(self) -> None:
        self.begun += 1
        if self.begun > 1:
            self.frame = (self.frame + 1) % len(self.frames)
        if self.wants_key and self.frame >= FIRST_FRAMES:
            self.frame = 0
        self.wants_key &= self.frame > 0

    def _rtp_ts(self) -> int:
        clock_hz, slot = self.line.codecs[0].clock_hz, self.line.slot
        packets = sum(map(len, self.frames)) / len(self.frames)
        rtp_ts = round(self.begun * packets / PER_S[slot] * clock_hz)
        return rtp_ts + (UNEVEN[self.begun % len(UNEVEN)] if slot is Slot.CAMERA else 0)

    def learn(self, packet: bytes) -> None:
        """Do nothing: what comes has numbers of the server's own."""


def recorded(stream: Stream, recording: Recording) -> RecordedStream:
    """Return a stream on the same line, of the recording."""
    frames: Sequence[Sequence[bytes]] = recording.pictures[FULL]
    if stream.line.slot is Slot.AUDIO:
        frames = [(payload,) for payload in recording.sound]
    return RecordedStream(stream.line, stream.down_ssrc, frames=frames)
