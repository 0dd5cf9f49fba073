"""What the relay knows of a peer's line, either way, as `bandwidth` reads it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class FeedbackBatch:
    """What one transport-cc feedback told about packets we sent, in sending order.

    The tuples are of one length: the n-th entry of each is about the n-th packet.
    """

    at: float
    """When the feedback came, on our monotonic clock, in seconds."""
    sent_at: tuple[float, ...]
    """On our monotonic clock, in seconds."""
    size_bytes: tuple[int, ...]
    """On the wire with the RTP header, without UDP and IP."""
    arrived_at: tuple[float | None, ...]
    """On the receiver's own clock, in seconds; None where it was not received."""
    cluster: tuple[int, ...]
    """0 for media, else the id of the probe cluster that the packet was sent in."""


class Intake(NamedTuple):
    """What came from a publisher: sums of all its time, and the delay of its newest sound."""

    size_bytes: int
    """On the wire with the RTP header, without UDP and IP."""
    expected: int
    """Packets of sound and picture that were sent, by sequence numbers."""
    received: int
    """Of these, those that came the first time they were sent."""
    sound_delay_s: float | None
    """The least delay of a packet of sound since the last intake, plus a constant that a new
    stream changes; None when none came."""
