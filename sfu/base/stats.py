"""Plain counters of the media plane: bumped on the packet path, read at scrape time.

No lock, label or metric object here: `sfu.io.metrics` reads these numbers when asked.
"""

from __future__ import annotations

from enum import StrEnum


class DropReason(StrEnum):
    """Why a datagram or packet went no further; the label of the drop counter."""

    # any datagram
    MALFORMED = "malformed"  # not what its first byte says, or cut short
    TOO_LONG = "too_long"  # does not fit a datagram of 1,500 bytes once protected
    UNKNOWN_ADDRESS = "unknown_address"  # no peer was ever checked at this address
    RATE_LIMITED = "rate_limited"  # a stranger's packet beyond the tries we grant, media or checks
    FLOODED = "flooded"  # a peer's own, beyond what any real one sends
    # connectivity checks and handshake
    UNAUTHENTICATED_CHECK = "unauthenticated_check"
    UNCHECKED_HANDSHAKE = "unchecked_handshake"  # DTLS from an address without a check
    # SRTP
    UNAUTHENTICATED = "unauthenticated"  # wrong key, or changed on the way
    REPLAYED = "replayed"  # this index was seen before
    TOO_OLD = "too_old"  # behind the replay window or the receive log
    # RTP
    UNKNOWN_SSRC = "unknown_ssrc"
    UNKNOWN_PAYLOAD_TYPE = "unknown_payload_type"
    DUPLICATE = "duplicate"  # the original came after its retransmission, or twice
    # relay
    NO_CODEC = "no_codec"  # the receiver cannot decode what the publisher sends
    BEFORE_KEYFRAME = "before_keyframe"  # picture that nobody could decode yet
    BEFORE_START = "before_start"  # a late packet from before the stream (re)started
    NO_ADDRESS = "no_address"  # the receiver has no checked address now
    SLOW_RECEIVER = "slow_receiver"  # its TCP connection takes less than it is sent
    PROTECT_FAILED = "protect_failed"


class TransportEnd(StrEnum):
    """Why a transport ended; until there were keys, the label of a failed handshake."""

    CLOSED_BY_PEER = "closed_by_peer"
    ALERT = "alert"
    WRONG_CERTIFICATE = "wrong_certificate"  # not the one that the offer announced
    NO_SRTP_PROFILE = "no_srtp_profile"  # neither AES-128 GCM nor AES-128 CM with SHA-1
    NO_CHECK = "no_check"  # no connectivity check came: a firewall, or a wrong announced address
    TIMED_OUT = "timed_out"  # checks came, and the handshake was not done in time
    ABANDONED = "abandoned"  # the page left or was replaced before it was done


class Stats:
    """Counters of one node; every reason is present from the start, at zero."""

    __slots__ = ("dropped",)

    def __init__(self) -> None:
        self.dropped: dict[DropReason, int] = dict.fromkeys(DropReason, 0)

    def drop(self, reason: DropReason) -> None:
        """Count one dropped packet."""
        self.dropped[reason] += 1
