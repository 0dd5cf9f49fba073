"""What the node lets in: valid commands, and no more rooms and peers than it can carry."""

from __future__ import annotations

from collections.abc import Iterable

from sfu.base.limits import (
    CHECKS_AT_ONCE,
    CHECKS_PER_LINK,
    CHECKS_WITHIN_S,
    JOINS_PER_MINUTE,
    NodeLimits,
    ParticipantLimits,
)
from sfu.engine.fencing import Fence, Validity
from sfu.engine.peer import Peer
from sfu.errors import Full, SlowDown


class Admission:
    """Asked before anything is made or changed; each refusal is an error that changed nothing."""

    __slots__ = ("_checks", "_fence", "_joins", "_limits")

    def __init__(self, limits: NodeLimits) -> None:
        self._limits = limits
        self._joins = ParticipantLimits(JOINS_PER_MINUTE, 60.0)
        self._checks = ParticipantLimits(CHECKS_PER_LINK, CHECKS_WITHIN_S)
        self._fence = Fence()

    def admit_command(self, room: str, validity: Validity, now: float, *, exists: bool) -> None:
        """Raises: Late, Stale."""
        self._fence.admit(room, validity, now, exists=exists)

    def admit_room(self, room: str, present: int) -> None:
        """Let a room be made.

        Args:
            present: How many there are.

        Raises:
            Full: The node has as many as it may.
        """
        if present >= self._limits.rooms:
            raise Full("this node has as many rooms as it may")
        self._fence.hold(room)

    def room_closed(self, room: str, now: float) -> None:
        """Note that a room exists no more."""
        self._fence.release(room, now)

    def admit_peer(
        self,
        room: str,
        participant: str,
        present: Iterable[Peer],
        replaced: Peer | None,
        now: float,
    ) -> None:
        """Let a peer be made.

        Args:
            present: All peers, closed ones that linger too.
            replaced: The one of these whose place it takes.

        Raises:
            SlowDown: This participant joins too often.
            Full: Too many connections are half-open, their handshake not done.
        """
        if not self._joins.take(room, participant, now):
            raise SlowDown("This participant joins too often.", 60.0 / JOINS_PER_MINUTE)
        half_open = sum(not peer.has_keys and peer is not replaced for peer in present)
        if half_open >= self._limits.half_open_peers:
            raise Full("too many connections of this node are half-open")

    def admit_check(self, room: str, participant: str, running: int, now: float) -> None:
        """Let a check begin.

        Args:
            running: How many run now.

        Raises:
            SlowDown: This participant checks too often.
            Full: As many run as may at once.
        """
        if running >= CHECKS_AT_ONCE:
            raise Full("too many checks run on this node")
        if not self._checks.take(room, participant, now):
            wait_s = CHECKS_WITHIN_S / CHECKS_PER_LINK
            raise SlowDown("This participant checks too often.", wait_s)
