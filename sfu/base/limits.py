"""How much of this node's time one peer, or whoever uses its name, may take.

The packets of its media have a limit of their own, in the packet core (`sfu.relay.leg`). Here are
the dear ones that come seldom: a connectivity check costs two HMACs, a DTLS record a turn of
OpenSSL. All limits are per peer, so that nobody's flood takes the turn of anybody else: a
stranger has no limit of its own because it costs nothing until it names a peer.
"""

from __future__ import annotations

from dataclasses import dataclass

JOINS_PER_MINUTE = 30
"""Of one participant in one room. A page that loses its connection for good joins again after
some seconds; each joining costs the node milliseconds."""
CHECKS_PER_LINK, CHECKS_WITHIN_S = 3, 300.0
"""Of one participant in one room. Each check sends up to 1.5 MB over a line that may be dear."""
CHECKS_AT_ONCE = 20
"""Of one node: 5 Mbit/s of padding each, for a second or two."""


@dataclass(frozen=True, slots=True)
class NodeLimits:
    """What one node takes in at most; beyond it refuses and goes on with what it has."""

    rooms: int = 1000
    half_open_peers: int = 200
    """Connections whose handshake is not done; each holds a TLS session for up to 30 s."""


class TokenBucket:
    """So many in one go, so many a second over time."""

    __slots__ = ("_at", "_burst", "_rate", "_tokens")

    def __init__(self, rate: float, burst: float, now: float) -> None:
        """Make a full one.

        Args:
            rate: Tokens that come each second.
            burst: Tokens it holds at most.
        """
        self._rate, self._burst = rate, burst
        self._tokens, self._at = burst, now

    def take(self, now: float) -> bool:
        """Take one token, if there is one."""
        tokens = self._tokens + (now - self._at) * self._rate
        self._at = now
        self._tokens = min(tokens, self._burst)
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True


class PeerLimits:
    """One peer's. What they allow is several times what the keenest browser sends."""

    __slots__ = ("checks", "records", "unverified_checks")

    def __init__(self, now: float) -> None:
        self.checks = TokenBucket(100, 200, now)
        """Checks from its own addresses. Browsers: 50 a second at first, then one each 2.5 s."""
        self.unverified_checks = TokenBucket(50, 100, now)
        """Checks from elsewhere that name it. Who overheard its name can take this turn, not the
        one above; the peer's own checks from a new address then get through now and then."""
        self.records = TokenBucket(400, 800, now)
        """DTLS datagrams. Data channels: some 20 a second."""


class ParticipantLimits:
    """How often each participant may do something; whoever has not for long is forgotten."""

    __slots__ = ("_buckets", "_burst", "_rate")

    def __init__(self, burst: int, within_s: float) -> None:
        """Allow so many within a time, all at once or one after the other."""
        self._burst, self._rate = burst, burst / within_s
        self._buckets: dict[tuple[str, str], tuple[TokenBucket, float]] = {}
        """With when it was last used, the longest ago first."""

    def __len__(self) -> int:
        return len(self._buckets)

    def take(self, room: str, participant: str, now: float) -> bool:
        """Note that somebody does it, or return False: too often."""
        self._forget(now)
        key = (room, participant)
        known = self._buckets.pop(key, None)
        bucket = known[0] if known else TokenBucket(self._rate, self._burst, now)
        self._buckets[key] = (bucket, now)
        return bucket.take(now)

    def _forget(self, now: float) -> None:
        full_after_s = self._burst / self._rate
        while self._buckets:
            key, (_, used_at) = next(iter(self._buckets.items()))
            if used_at > now - full_after_s:
                return
            del self._buckets[key]
