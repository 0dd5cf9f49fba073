"""What each side of a room may send of its pictures, by what both lines carry."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sfu.bandwidth.allocation import CEILING_BPS, allot, is_news
from sfu.base.timers import on_grid
from sfu.engine.downlink import LOOK_S
from sfu.engine.peer import Peer
from sfu.messages import Role

WAITING_VIDEO_BPS = 150_000
"""While the gate is closed or the other side is not there the picture goes nowhere: that must not
eat a phone's data."""
LIFT_AFTER_S = 0.25
"""From the opening gate, or the other side's coming, until a page may send more, so that the first
key frame is of the waiting rate: 3 packets, where one of the full rate had 19 and spent 230 ms in
Chromium's pacer."""


class Caps:
    """Looks at both lines while the gate is open; tells nobody itself."""

    __slots__ = ("_lift_at", "_look_at", "_places", "_told_bps", "sound_first")

    def __init__(
        self, places: Mapping[Role, Peer], *, gate_open: bool, sound_first: bool, now: float
    ) -> None:
        """Begin with a gate that was open before, or is closed.

        Args:
            places: Who is in the room, as it changes.
            sound_first: No picture travels in contact, whatever the lines carry.
        """
        self._places = places
        self.sound_first = sound_first
        self._look_at: float | None = now if gate_open else None
        self._lift_at: dict[Role, float] = {}
        self._told_bps: dict[Role, int] = {}

    def next_timeout(self) -> float | None:
        return self._look_at

    def handle_timeout(self, now: float) -> bool:
        """Look at the lines when that is due; return whether it was."""
        if self._look_at is None or now < self._look_at:
            return False
        self._look_at = on_grid(now + LOOK_S)
        for peer in self._places.values():
            if peer.downlink is not None and peer.connected:
                other = self._other(peer)
                sender = other.number if other is not None and other.connected else None
                paused = other is not None and self.pauses(other) and not self.sound_first
                peer.downlink.update(sender, CEILING_BPS, now, paused=paused)
            if peer.uplink is not None and peer.connected:
                peer.uplink.update(now)
        return True

    def move_gate(self, is_open: bool, now: float) -> None:
        """Note that the gate opened or closed."""
        self._look_at = now if is_open else None
        self._lift_at = dict.fromkeys(Role, now + LIFT_AFTER_S)
        if not is_open:
            for peer in self._places.values():
                if peer.downlink is not None:
                    peer.downlink.rest(now)
                if peer.uplink is not None:
                    peer.uplink.rest()

    def note_connected(self, peer: Peer, now: float) -> None:
        """Note that a peer is there, or there again: who sends to it begins at the waiting rate."""
        if (other := self._other(peer)) is not None:
            self._lift_at[other.role] = now + LIFT_AFTER_S

    def news(self, now: float) -> Iterator[tuple[Peer, int]]:
        """Yield whom to tell another cap."""
        for peer in tuple(self._places.values()):
            video_bps = self.of(peer, now)
            if is_news(self._told_bps.get(peer.role), video_bps):
                yield peer, video_bps

    def of(self, peer: Peer, now: float) -> int:
        """Return how much picture this side may send now; 0 pauses it."""
        if self._look_at is None:
            return WAITING_VIDEO_BPS
        if self.sound_first:
            return 0
        other = self._other(peer)
        free = CEILING_BPS
        if other is None or not other.connected or now < self._lift_at.get(peer.role, now):
            free = WAITING_VIDEO_BPS
        elif other.downlink is not None:
            free = other.downlink.picture_bps
        if peer.uplink is not None:
            free = min(free, peer.uplink.picture_bps)
        return allot(free, self._told_bps.get(peer.role))

    def note_told(self, peer: Peer, video_bps: int) -> bool:
        """Note that this side is told so; return whether its picture is paused now or goes on."""
        was_paused = self.pauses(peer)
        self._told_bps[peer.role] = video_bps
        return self.pauses(peer) != was_paused

    def pauses(self, peer: Peer) -> bool:
        """Whether it was told to send no picture, so that its sound gets through."""
        return self._told_bps.get(peer.role) == 0

    def _other(self, peer: Peer) -> Peer | None:
        return next((each for each in self._places.values() if each is not peer), None)
