"""The visit as pages read it; implements `sessions.ports.Visits`."""

from __future__ import annotations

import contextlib
from datetime import datetime

from control.auth.model import Picture, Therapist
from control.chat.messages import NO_CHAT, ChatState
from control.data.database import Transaction
from control.errors import NotFound
from control.live.hub import Pages
from control.patients.model import Person
from control.presence.messages import Devices
from control.presence.model import Lobbies
from control.sessions.model import SessionFacts, State
from control.settings.messages import VisitSetting
from control.visits.messages import Hint, LinkPreview, Visit, VisitMessage, VisitState
from control.visits.model import VisitFacts, patient_group
from control.visits.ports import (
    Chats,
    Patients,
    Pictures,
    SessionRecords,
    Settings,
    Therapists,
)
from control.visits.store import VisitStore
from sfu.messages import Role

VISIT_STATES = {
    State.OPEN: VisitState.WAITING,
    State.HELD: VisitState.WAITING,
    State.IN_CONTACT: VisitState.IN_CONTACT,
    State.ENDED: VisitState.ENDED,
}


class VisitViews:
    """Composes what the patient is shown, and sends it."""

    def __init__(
        self,
        store: VisitStore,
        *,
        patients: Patients,
        therapists: Therapists,
        pictures: Pictures,
        settings: Settings,
        sessions: SessionRecords,
        chats: Chats,
        lobbies: Lobbies,
        pages: Pages,
    ) -> None:
        self._store = store
        self._patients = patients
        self._therapists = therapists
        self._pictures = pictures
        self._settings = settings
        self._sessions = sessions
        self._chats = chats
        self._lobbies = lobbies
        self._pages = pages

    async def of(self, tx: Transaction, visit: VisitFacts, now: datetime) -> Visit:
        """Compose the patient's view of a visit, whose session may not have begun."""
        person, therapist = await self._whom(tx, visit.patient_id)
        whom = _preview(person, therapist)
        newest = await self._settings.newest(tx, visit.patient_id)
        facts = await self._facts(tx, visit.session_id)
        state = VisitState.WAITING if facts is None else VISIT_STATES[facts.state]
        if visit.left_at is not None:
            state = VisitState.ENDED
        return Visit(
            state=state,
            joined=facts is not None and state is not VisitState.ENDED,
            sent_back=_is_sent_back(facts),
            therapist_in_room=self._therapist_in_room(visit.session_id, facts, now),
            name=whom.name,
            is_guest=whom.is_guest,
            therapist_name=whom.therapist_name,
            therapist_gender=whom.therapist_gender,
            therapist_picture=None if therapist is None else therapist.picture,
            language=whom.language,
            setting=VisitSetting(
                self_view=newest.self_view, clock=newest.clock, screen=newest.screen
            ),
            sound_first=facts is not None and facts.sound_first,
            chat=self._chat(visit, state),
            therapist_devices=self._therapist_devices(visit, state),
        )

    def _therapist_devices(self, visit: VisitFacts, state: VisitState) -> Devices | None:
        """Return what the therapist's page says of its devices; before contact it is private."""
        lobby = self._lobbies.get(visit.session_id)
        if lobby is None or state is not VisitState.IN_CONTACT:
            return None
        return lobby.devices.get(Role.THERAPIST)

    def _chat(self, visit: VisitFacts, state: VisitState) -> ChatState:
        if visit.session_id is None or state is VisitState.ENDED:
            return NO_CHAT
        return self._chats.state(visit.session_id)

    async def preview(self, tx: Transaction, patient_id: str) -> LinkPreview:
        """Say whom the patient's link is for."""
        return _preview(*await self._whom(tx, patient_id))

    async def picture(self, tx: Transaction, patient_id: str) -> Picture:
        """Return the picture of the patient's therapist, or raise `NotFound` (no_picture)."""
        person, _ = await self._whom(tx, patient_id)
        found = await self._pictures.picture(tx, person.therapist_id)
        if found is None:
            raise NotFound("no_picture", "There is no picture.")
        return found

    async def push(self, tx: Transaction, patient_id: str, now: datetime) -> None:
        """Send the patient's open page the visit as it stands."""
        group = patient_group(patient_id)
        visit = await self._store.of_patient(tx, patient_id) if self._pages.has(group) else None
        if visit is not None:
            with contextlib.suppress(NotFound):  # erased since
                self._pages.send(group, VisitMessage(visit=await self.of(tx, visit, now)))

    def hint(self, patient_id: str) -> bool:
        """Send the patient's open page what may help the line; tell whether one is open."""
        group = patient_group(patient_id)
        self._pages.send(group, Hint())
        return self._pages.has(group)

    async def holder(self, tx: Transaction, patient_id: str) -> str | None:
        """Return the id of the visit that stands: whose media may be in the room."""
        visit = await self._store.of_patient(tx, patient_id)
        return None if visit is None or visit.left_at is not None else visit.id

    async def left(self, tx: Transaction, patient_ids: set[str]) -> dict[str, datetime]:
        """Return when patients whose visit stands said goodbye."""
        return await self._store.left(tx, patient_ids)

    def _therapist_in_room(
        self, session_id: str | None, facts: SessionFacts | None, now: datetime
    ) -> bool:
        lobby = self._lobbies.get(session_id)
        if lobby is None or facts is None:
            return False
        return lobby.therapist_in_room(facts.entered_at is not None, now)

    async def _whom(self, tx: Transaction, patient_id: str) -> tuple[Person, Therapist | None]:
        person = await self._patients.get(tx, patient_id)
        if person is None:
            raise NotFound("link_unknown", "This link is not valid. Please ask for a new one.")
        return person, await self._therapists.therapist(tx, person.therapist_id)

    async def _facts(self, tx: Transaction, session_id: str | None) -> SessionFacts | None:
        record = None if session_id is None else await self._sessions.get(tx, session_id)
        return None if record is None else record.facts


def _is_sent_back(facts: SessionFacts | None) -> bool:
    return facts is not None and facts.state is State.HELD and facts.sent_back_at is not None


def _preview(person: Person, therapist: Therapist | None) -> LinkPreview:
    return LinkPreview(
        name=person.name,
        is_guest=person.is_guest,
        therapist_name="" if therapist is None else therapist.name,
        therapist_gender=None if therapist is None else therapist.gender,
        language=person.language,
    )
