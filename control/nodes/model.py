"""Where we stand in a node's event stream. PURE."""

from __future__ import annotations

from dataclasses import dataclass

from sfu.messages import EventFrame, StreamHello, UnknownEventFrame


@dataclass(slots=True)
class Cursor:
    """The last event we have handled, of which process of the node."""

    boot_id: str | None = None
    seq: int = 0

    def query(self) -> dict[str, str]:
        """Return what asks the node to go on from here, or for everything."""
        if self.boot_id is None:
            return {}
        return {"boot_id": self.boot_id, "after": str(self.seq)}

    def take_hello(self, hello: StreamHello) -> None:
        if not hello.resumed:
            self.seq = hello.seq
        self.boot_id = hello.boot_id

    def take(self, frame: EventFrame | UnknownEventFrame) -> bool:
        """Move on to this event; False when one before it is missing, so all must be asked anew.

        An event that was handled before may come again; handlers are idempotent.
        """
        if frame.seq > self.seq + 1:
            return False
        self.seq = max(self.seq, frame.seq)
        return True

    def forget(self) -> None:
        """Ask for everything at the next connection."""
        self.boot_id, self.seq = None, 0


@dataclass(slots=True)
class NodeClock:
    """The node's own clock as seen from here, so that a deadline needs no two clocks to agree."""

    _ahead_s: float | None = None

    @property
    def is_known(self) -> bool:
        return self._ahead_s is not None

    def take(self, told: float, now: float) -> None:
        """Learn from an answer.

        The answer was under way for a while, so the node's clock is thought to be a little behind:
        a deadline computed from it is early, never late.

        Args:
            told: The node's clock when it answered, in seconds.
            now: Our own monotonic time when the answer came, in seconds.
        """
        self._ahead_s = told - now

    def deadline(self, until: float) -> float:
        """Return our own instant `until` in the node's clock."""
        assert self._ahead_s is not None
        return until + self._ahead_s

    def forget(self) -> None:
        """Another process, perhaps on another machine, answers from now on."""
        self._ahead_s = None


@dataclass(slots=True)
class Generations:
    """Numbers for commands, each higher than any before: of this control, and of those before it.

    They start at the time of day in milliseconds, so that a control that starts anew goes on above
    what the one before has drawn (a Lamport clock, "Time, Clocks, and the Ordering of Events in a
    Distributed System", 1978).
    """

    _last: int = 0

    def draw(self, unix_ms: int) -> int:
        self._last = max(self._last + 1, unix_ms)
        return self._last

    def take(self, seen: int) -> None:
        """Learn that the node has obeyed this number; the next one drawn is higher."""
        self._last = max(self._last, seen)
