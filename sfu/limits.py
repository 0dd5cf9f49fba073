"""How much of this node's time one peer, or whoever uses its name, may take.

The packets of its media have a limit of their own, in the packet core (`sfu.relay.leg`). Here are
the dear ones that come seldom: a connectivity check costs two HMACs, a DTLS record a turn of
OpenSSL. All limits are per peer, so that nobody's flood takes the turn of anybody else: a
stranger has no limit of its own because it costs nothing until it names a peer.
"""

from __future__ import annotations


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

    __slots__ = ("checks", "knocks", "records")

    def __init__(self, now: float) -> None:
        self.checks = TokenBucket(100, 200, now)
        """Checks from its own addresses. Browsers: 50 a second at first, then one each 2.5 s."""
        self.knocks = TokenBucket(50, 100, now)
        """Checks from elsewhere that name it. Who overheard its name can take this turn, not the
        one above; the peer's own checks from a new address then get through now and then."""
        self.records = TokenBucket(400, 800, now)
        """DTLS datagrams. Data channels: some 20 a second."""
