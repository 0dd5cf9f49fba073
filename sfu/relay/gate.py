"""May media pass: each peer has a gate, and a packet passes two, its sender's and its receiver's.

The gate is asked when it moves, not per packet: the core then sets `DownTrack.flowing`.
"""

from __future__ import annotations


class Gate:
    """One peer's gate; closed until it is opened."""

    __slots__ = ("is_open", "moved_at")

    def __init__(self, now: float) -> None:
        self.is_open = False
        self.moved_at = now

    def move(self, is_open: bool, now: float) -> bool:
        """Open or close; return whether that changed anything."""
        if is_open == self.is_open:
            return False
        self.is_open = is_open
        self.moved_at = now
        return True

    def passes(self, other: Gate) -> bool:
        """Tell whether media may pass between the two peers, either way."""
        return self.is_open and other.is_open
