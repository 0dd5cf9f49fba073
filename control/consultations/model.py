"""A first consultation and where it stands. PURE.

The person is a guest of `patients`, so that link, setting, sessions and visit are what they are for
patients. Kept here is what the therapist wrote, and whether she put the decision off; the rest is
derived from the link and the sessions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from control.invitations.model import Invitation
from control.sessions.model import SessionRecord

KEPT = timedelta(days=30)
"""How long an undecided consultation is kept after its link is over, the last meeting, or "decide
later", whichever was last."""
MOST = 200
"""Undecided consultations of one therapist."""


class Stage(StrEnum):
    """Where a first consultation stands, for the therapist."""

    UNOPENED = "unopened"
    OPENED = "opened"
    WAITING = "waiting"
    IN_CONTACT = "in_contact"
    MET = "met"
    LATER = "later"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Consultation:
    """What the therapist wrote down; its id is also the guest's."""

    id: str
    therapist_id: str
    created_at: datetime
    note: str = ""
    message: str = ""
    deferred_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """A consultation with what it is judged by."""

    consultation: Consultation
    link: Invitation
    sessions: Sequence[SessionRecord]
    """Newest first."""

    @property
    def open(self) -> SessionRecord | None:
        """Return the session that has not ended."""
        return next((one for one in self.sessions if one.facts.ended_at is None), None)

    @property
    def met(self) -> SessionRecord | None:
        """Return the last session in which the two were in contact."""
        return next((one for one in self.sessions if one.facts.contact_at is not None), None)

    def stage(self, now: datetime) -> Stage:
        session, met = self.open, self.met
        if session is not None and session.facts.gate_open:
            return Stage.IN_CONTACT
        if session is not None and session.waiting_since is not None:
            return Stage.WAITING
        if met is not None:
            return Stage.LATER if self._is_deferred(met) else Stage.MET
        return self._stage_of_link(now)

    def erase_at(self) -> datetime:
        """Return when it is erased if nobody decides; never while a session is open."""
        moments = [self.link.revoked_at or self.link.expires_at]
        moments += [one.facts.ended_at or one.facts.opened_at for one in self.sessions]
        if self.consultation.deferred_at is not None:
            moments.append(self.consultation.deferred_at)
        return max(moments) + KEPT

    def is_over(self, now: datetime) -> bool:
        """Tell whether it is to be erased."""
        return self.open is None and now >= self.erase_at()

    def _is_deferred(self, met: SessionRecord) -> bool:
        deferred_at, contact_at = self.consultation.deferred_at, met.facts.contact_at
        return deferred_at is not None and contact_at is not None and deferred_at >= contact_at

    def _stage_of_link(self, now: datetime) -> Stage:
        state = self.link.state(now)
        if state == "revoked":
            return Stage.WITHDRAWN
        if state == "expired":
            return Stage.EXPIRED
        return Stage.UNOPENED if self.link.claimed_at is None else Stage.OPENED
