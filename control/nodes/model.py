"""Where we stand in a node's event stream. PURE."""

from __future__ import annotations

from dataclasses import dataclass

from sfu.messages import EventFrame, StreamHello


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

    def take(self, frame: EventFrame) -> bool:
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
