"""What the engine counts for a scrape, of all peers there ever were: plain numbers.

Nothing here is touched by a packet of media: those are counted by the core, and by who holds the
sockets.
"""

from __future__ import annotations

from dataclasses import dataclass

from sfu.base.histogram import Histogram
from sfu.base.stats import TransportEnd
from sfu.engine.peer import Peer
from sfu.messages import CheckState, DirectionQuality, Level, LineQuality
from sfu.transport.demux import DatagramKind

OTHER_KINDS: frozenset[DatagramKind] = frozenset(DatagramKind) - {DatagramKind.MEDIA}
JOIN_BOUNDS_S = (0.05, 0.1, 0.2, 0.3, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0)
LOSS_BOUNDS = (0.0, 0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.2, 0.5)
JITTER_BOUNDS_S = (0.001, 0.002, 0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.2)
GAP_BOUNDS_S = (0.02, 0.06, 0.1, 0.2, 0.4, 1.0, 2.0, 5.0)


@dataclass(slots=True)
class Datagrams:
    """Datagrams that are no media, one way and of one kind."""

    count: int = 0
    size_bytes: int = 0

    def add(self, data: bytes) -> None:
        self.count += 1
        self.size_bytes += len(data)


class DirectionTally:
    """What was measured of one direction, a value a second and line."""

    __slots__ = ("jitters_s", "losses")

    def __init__(self) -> None:
        self.losses = Histogram(LOSS_BOUNDS)
        self.jitters_s = Histogram(JITTER_BOUNDS_S)

    def add(self, quality: DirectionQuality) -> None:
        if quality.loss_ratio is not None:
            self.losses.add(quality.loss_ratio)
        if quality.jitter_ms is not None:
            self.jitters_s.add(quality.jitter_ms / 1000)


class LineTally:
    """What was measured of lines; every label is present from the start, at zero."""

    __slots__ = ("checks", "down", "gaps_s", "levels", "up")

    def __init__(self) -> None:
        self.up = DirectionTally()
        self.down = DirectionTally()
        self.gaps_s = Histogram(GAP_BOUNDS_S)
        """The longest gap in the sound from a browser in contact, of each second with one."""
        self.levels = dict.fromkeys(Level, 0)
        """Looks at lines, one a second and peer, by the level found."""
        self.checks = dict.fromkeys((CheckState.DONE, CheckState.STOPPED), 0)

    def note(self, quality: LineQuality) -> None:
        """Count how a line was in this second."""
        self.levels[quality.level] += 1
        self.up.add(quality.up)
        self.down.add(quality.down)

    def note_gap(self, gap_s: float) -> None:
        """Count a second of sound by its longest gap; one without any is not counted."""
        if gap_s > 0:
            self.gaps_s.add(gap_s)


class Tally:
    """Of one engine: datagrams that are no media, and how peers came."""

    __slots__ = ("failures", "joins_s", "received", "sent")

    def __init__(self) -> None:
        self.received = {kind: Datagrams() for kind in OTHER_KINDS}
        self.sent = {kind: Datagrams() for kind in OTHER_KINDS}
        self.joins_s = Histogram(JOIN_BOUNDS_S)
        """From the offer to the end of the handshake, of peers that came so far."""
        self.failures = dict.fromkeys(TransportEnd, 0)
        """Peers whose handshake was never done, by why."""

    def note_joined(self, peer: Peer, now: float) -> None:
        """Count a peer whose handshake is done."""
        if not peer.is_synthetic:
            self.joins_s.add(now - peer.paths.joined_at)

    def note_forgotten(self, peer: Peer) -> None:
        """Count a peer that is gone, if it never got as far as its keys."""
        if not peer.has_keys and not peer.is_synthetic:
            self.failures[peer.end] += 1
