"""What a receiver told about the packets we sent: joined by the relay, read by `bandwidth`."""

from __future__ import annotations

from dataclasses import dataclass


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
