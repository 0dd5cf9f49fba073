"""The clock of one room: how long the two have been in contact, and what of it was lost.

It starts at contact (gate open, both connected for the first time) and runs from then on, also
while the gate is closed again: that time was held, and is nobody's loss. Seconds of an open gate in
which the two were not both connected are lost, and booked on a cause:

- one side away: that side's line;
- both away at once: the server, since two lines rarely fail together;
- this process stood still: the server;
- after a take-over from another node, a side that has not come here yet: the server, since it
  was our node that sent it away.

`wall_s == connected_s + held + lost.patient + lost.therapist + lost.server` holds at every instant.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sfu.messages import ClockState, LostTime


@dataclass(frozen=True, slots=True)
class Facts:
    """What the clock needs to know of a room."""

    gate_open: bool = False
    therapist_connected: bool = False
    patient_connected: bool = False

    @property
    def contact(self) -> bool:
        return self.gate_open and self.therapist_connected and self.patient_connected


class RoomClock:
    """Sums of elapsed time between changes of `Facts`; all intervals are monotonic seconds."""

    __slots__ = (
        "_at",
        "_connected_s",
        "_facts",
        "_held_s",
        "_lost_patient_s",
        "_lost_server_s",
        "_lost_therapist_s",
        "_patient_came",
        "_started_at",
        "_therapist_came",
    )

    def __init__(self, *, now: float, resumed: ClockState | None = None) -> None:
        """Start empty, or go on from the sums another node left."""
        self._at = now
        self._facts = Facts()
        self._started_at: datetime | None = None
        self._connected_s = 0.0
        self._held_s = 0.0
        self._lost_patient_s = 0.0
        self._lost_therapist_s = 0.0
        self._lost_server_s = 0.0
        self._patient_came = self._therapist_came = False
        if resumed is not None:
            self._resume(resumed)

    def _resume(self, state: ClockState) -> None:
        lost = state.lost
        self._started_at = state.started_at
        self._connected_s = state.connected_s
        self._lost_patient_s = lost.patient
        self._lost_therapist_s = lost.therapist
        self._lost_server_s = lost.server
        # What no other sum explains; control counts the time of a fault into the right one.
        booked = state.connected_s + lost.patient + lost.therapist + lost.server
        self._held_s = max(0.0, state.wall_s - booked)

    @property
    def started(self) -> bool:
        return self._started_at is not None

    @property
    def _is_open(self) -> bool:
        """Whether the two are, or should be, in contact now."""
        return self.started and self._facts.gate_open

    def update(self, facts: Facts, now: float, utc: datetime) -> bool:
        """Book the time since the last call under the old facts, then take the new ones.

        Returns:
            True when this very change was the first contact.
        """
        self._book(now)
        self._facts = facts
        self._therapist_came |= facts.therapist_connected
        self._patient_came |= facts.patient_connected
        if self.started or not facts.contact:
            return False
        self._started_at = utc
        return True

    def note_stall(self, stalled_s: float, now: float) -> None:
        """Book the last `stalled_s` up to `now` on the server: this process stood still."""
        self._book(now - stalled_s)
        stood_still_s = max(0.0, now - self._at)
        self._at = max(self._at, now)
        if self._is_open:
            self._lost_server_s += stood_still_s
        elif self.started:
            self._held_s += stood_still_s

    def state(self, now: float) -> ClockState | None:
        """The sums up to `now`; None before the first contact."""
        self._book(now)
        if self._started_at is None:
            return None
        lost = LostTime(
            patient=self._lost_patient_s,
            therapist=self._lost_therapist_s,
            server=self._lost_server_s,
        )
        wall_s = self._connected_s + self._held_s + lost.patient + lost.therapist + lost.server
        return ClockState(
            started_at=self._started_at, wall_s=wall_s, connected_s=self._connected_s, lost=lost
        )

    def _book(self, now: float) -> None:
        passed_s = max(0.0, now - self._at)
        self._at = max(self._at, now)
        facts = self._facts
        if not self._is_open:
            if self.started:
                self._held_s += passed_s
        elif facts.contact:
            self._connected_s += passed_s
        elif facts.therapist_connected and self._patient_came:
            self._lost_patient_s += passed_s
        elif facts.patient_connected and self._therapist_came:
            self._lost_therapist_s += passed_s
        else:
            self._lost_server_s += passed_s
