"""What the engine tells `io` to do for a peer, beside the events that are for control."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class StateMessage:
    """Send this as JSON on a peer's `state` channel."""

    peer: str
    message: dict[str, object]


@dataclass(frozen=True, slots=True)
class ChannelsStarted:
    """The handshake is over: start this peer's SCTP association."""

    peer: str
    remote_port: int
    max_message_bytes: int
    """What the peer takes as one message; 0 for any size."""


@dataclass(frozen=True, slots=True)
class ChannelData:
    """Feed this SCTP packet to the peer's association."""

    peer: str
    data: bytes


@dataclass(frozen=True, slots=True)
class PingEcho:
    """Send this back on the peer's `ping` channel, text as text and bytes as bytes."""

    peer: str
    data: str | bytes


@dataclass(frozen=True, slots=True)
class HeartbeatAsked:
    """Ask this peer for a sign of life, which its SCTP gives without its page."""

    peer: str


@dataclass(frozen=True, slots=True)
class PeerGone:
    """Nothing more can be sent to this peer: forget its association."""

    peer: str


ChannelOutput = StateMessage | ChannelsStarted | ChannelData | PingEcho | HeartbeatAsked | PeerGone
