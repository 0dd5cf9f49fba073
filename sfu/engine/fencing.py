"""Which commands are no longer valid: those past their deadline, and those overtaken by newer ones.

A command may arrive long after control gave it up, because the network or this process stood
still. So it can say until when it is wanted, and carry a number (a Lamport clock of control's, as
fencing tokens have) that must be higher than any the room has seen.
"""

from __future__ import annotations

from dataclasses import dataclass

from sfu.errors import Late, Stale

KEPT_AFTER_S = 600.0
"""How long the number of a closed room is remembered, so that an older command cannot make the
room again; control gives a command up after seconds."""
MAX_KEPT = 4096
"""Closed rooms remembered at most; the one closed first is forgotten first."""


@dataclass(frozen=True, slots=True)
class Validity:
    """What a command says of its own validity; without either it is always valid."""

    deadline: float | None = None
    """Monotonic time of this node after which it is not wanted any more, in seconds."""
    generation: int | None = None
    """Must be higher than any that the room has seen."""


ALWAYS = Validity()


class Fence:
    """The highest generation of each room that exists, or was closed a short while ago."""

    __slots__ = ("_forget_at", "_highest")

    def __init__(self) -> None:
        self._highest: dict[str, int] = {}
        self._forget_at: dict[str, float] = {}
        """Of rooms that do not exist, in the order of these times."""

    def __len__(self) -> int:
        return len(self._highest)

    def admit(self, room: str, validity: Validity, now: float, *, exists: bool) -> None:
        """Let a command pass and remember its generation, whatever becomes of it afterwards.

        Args:
            exists: There is such a room; of others the generation is kept as for a closed one.

        Raises:
            Late, Stale: It must change nothing.
        """
        self._forget(now)
        if validity.deadline is not None and now > validity.deadline:
            raise Late("the command came after its deadline")
        if validity.generation is None:
            return
        highest = self._highest.get(room, -1)
        if validity.generation <= highest:
            raise Stale(highest)
        self._highest[room] = validity.generation
        if not exists:
            self.release(room, now)

    def hold(self, room: str) -> None:
        """Keep the generation of this room, which exists now, until `release`."""
        self._forget_at.pop(room, None)

    def release(self, room: str, now: float) -> None:
        """Forget the generation of this room in a while: it does not exist any more."""
        if room not in self._highest:
            return
        self._forget_at.pop(room, None)  # so that it comes last
        self._forget_at[room] = now + KEPT_AFTER_S
        if len(self._forget_at) > MAX_KEPT:
            self._drop(next(iter(self._forget_at)))

    def _forget(self, now: float) -> None:
        while self._forget_at:
            room, at = next(iter(self._forget_at.items()))
            if at > now:
                return
            self._drop(room)

    def _drop(self, room: str) -> None:
        del self._forget_at[room]
        del self._highest[room]
