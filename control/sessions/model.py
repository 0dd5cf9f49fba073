"""A session as facts, its state derived from them. PURE.

Three facts with three owners: is the therapist there, is the patient there, is the gate open.
Presence is seen, not kept (`lobbies.model`); what is kept is its history: entered, contact, gate,
end. Illegal moves are errors from here, not checks in routes.

    open ──accept──► in_contact ──hold──► held ──accept──► in_contact
    any of them ──end──► ended, with an outcome
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from control.errors import Conflict, Ended
from control.presence.model import Standing
from sfu.messages import ClockState, Role


class State(StrEnum):
    """Where a session stands."""

    OPEN = "open"
    IN_CONTACT = "in_contact"
    HELD = "held"
    ENDED = "ended"


class Outcome(StrEnum):
    """How an ended session is remembered."""

    ATTENDED = "attended"
    NO_CONTACT = "no_contact"
    """The patient was in the waiting room, and was not let in."""
    NO_SHOW = "no_show"
    CANCELLED = "cancelled"
    FAULT = "fault"


class InConversation(Conflict):
    """The therapist is in contact with another patient; `session_id` says in which session."""

    def __init__(self, session_id: str) -> None:
        super().__init__(
            "in_conversation",
            "You are in contact with another patient. End that session, or send the patient back, "
            "before you let somebody else in.",
        )
        self.session_id = session_id


@dataclass(frozen=True, slots=True)
class Pause:
    """A while after the first contact in which the gate was closed."""

    since: datetime
    until: datetime | None = None
    """When the patient was let in again; None while it lasts, and where the session ended in it."""
    sent_back: bool = False
    """The therapist sent the patient back to the waiting room; else one of the two had gone."""


@dataclass(frozen=True, slots=True)
class SessionFacts:
    """What has happened so far; each move returns the facts after it."""

    opened_at: datetime
    came_at: datetime | None = None
    """The patient's first arrival; written by presence as it is seen, not by a move."""
    entered_at: datetime | None = None
    """The therapist's first ENTER."""
    contact_at: datetime | None = None
    """The first ACCEPT."""
    gate_open: bool = False
    sent_back_at: datetime | None = None
    """The therapist's last "send back", until the patient is let in again; the end keeps it."""
    pauses: tuple[Pause, ...] = ()
    """Oldest first."""
    sound_first: bool = False
    """The therapist has stopped the pictures of both, so that the sound has the lines."""
    ended_at: datetime | None = None
    outcome: Outcome | None = None

    @property
    def state(self) -> State:
        if self.ended_at is not None:
            return State.ENDED
        if self.gate_open:
            return State.IN_CONTACT
        return State.OPEN if self.contact_at is None else State.HELD

    def enter(self, now: datetime) -> SessionFacts:
        """The therapist enters the virtual room; entering again changes nothing."""
        self._must_go_on()
        return self if self.entered_at is not None else replace(self, entered_at=now)

    def accept(
        self, now: datetime, *, patient_present: bool, elsewhere: str | None
    ) -> SessionFacts:
        """The therapist lets the patient in; accepting again changes nothing.

        Args:
            elsewhere: The session in which the therapist is in contact with another patient.
        """
        self._must_go_on()
        if self.gate_open:
            return self
        if elsewhere is not None:
            raise InConversation(elsewhere)
        if self.entered_at is None:
            raise Conflict("not_entered", "Enter the virtual room first.")
        if not patient_present:
            raise Conflict("patient_absent", "The patient is not in the waiting room.")
        return replace(
            self,
            gate_open=True,
            sent_back_at=None,
            pauses=(*self.pauses[:-1], *(replace(one, until=now) for one in self.pauses[-1:])),
            contact_at=self.contact_at or now,
        )

    def hold(self, now: datetime) -> SessionFacts:
        """Back to the waiting room: the gate closes."""
        self._must_go_on()
        if not self.gate_open:
            raise Conflict("not_in_contact", "You are not in contact.")
        pause = Pause(now, sent_back=True)
        return replace(self, gate_open=False, sent_back_at=now, pauses=(*self.pauses, pause))

    def put_sound_first(self, on: bool) -> SessionFacts:
        """Stop the pictures of both for the sound's sake, or let them go on; also ahead."""
        self._must_go_on()
        return replace(self, sound_first=on)

    def close_gate(self, now: datetime) -> SessionFacts:
        """Close the gate if it is open; nobody is sent back, somebody went."""
        if not self.gate_open:
            return self
        return replace(self, gate_open=False, pauses=(*self.pauses, Pause(now)))

    def paused_s(self, since: datetime, until: datetime) -> float:
        """Return how much of this time the gate was closed after it had been open."""
        ways = ((max(one.since, since), min(one.until or until, until)) for one in self.pauses)
        return sum(max(0.0, (end - begin).total_seconds()) for begin, end in ways)

    def end(self, now: datetime) -> SessionFacts:
        self._must_go_on()
        return replace(self, gate_open=False, ended_at=now, outcome=self._outcome())

    def _outcome(self) -> Outcome:
        if self.contact_at is not None:
            return Outcome.ATTENDED
        if self.came_at is not None:
            return Outcome.NO_CONTACT
        return Outcome.CANCELLED if self.entered_at is None else Outcome.NO_SHOW

    def _must_go_on(self) -> None:
        if self.ended_at is not None:
            raise Ended()


@dataclass(frozen=True, slots=True)
class SessionRecord:
    """A session as the database keeps it. Its id is also the room's."""

    id: str
    patient_id: str
    therapist_id: str
    facts: SessionFacts
    setting_version: int
    revision: int = 1
    """Counts the writes of the facts; a write names the one it was decided on."""
    waiting_since: datetime | None = None
    """Since when the patient has been present without a break; None when absent."""
    clock: ClockState | None = None
    clock_saved_at: datetime | None = None

    @property
    def gate_open(self) -> bool:
        return self.facts.gate_open

    @property
    def entered(self) -> bool:
        return self.facts.entered_at is not None

    @property
    def standing(self) -> Standing:
        return Standing(
            session_id=self.id,
            patient_id=self.patient_id,
            therapist_id=self.therapist_id,
            opened_at=self.facts.opened_at,
            gate_open=self.facts.gate_open,
            waiting_since=self.waiting_since,
        )


def clock_after_gap(record: SessionRecord, now: datetime) -> ClockState | None:
    """Return the clock for a node that knows nothing of it.

    What passed since the last copy was lost by the server's doing as long as the gate was open; a
    node whose clock still runs ignores this.
    """
    clock = record.clock
    if clock is None or record.clock_saved_at is None:
        return clock
    gap_s = max(0.0, (now - record.clock_saved_at).total_seconds())
    lost_s = max(0.0, gap_s - record.facts.paused_s(record.clock_saved_at, now))
    lost = clock.lost.model_copy(update={"server": clock.lost.server + lost_s})
    return clock.model_copy(update={"wall_s": clock.wall_s + gap_s, "lost": lost})


def participant_id(session_id: str, role: Role, holder: str) -> str:
    """Name a participant to the media plane: opaque, and new in each session.

    Args:
        holder: The id of the therapist's login, or of the visit of the patient's device: another
            device is another participant, so that the node never takes one for the other.
    """
    return hashlib.sha256(f"{session_id}|{role}|{holder}".encode()).hexdigest()[:32]
