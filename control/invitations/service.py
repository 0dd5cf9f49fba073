"""Use cases about the patient's link."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from control.auth.ports import Caller
from control.data.database import Database, Transaction
from control.errors import NotFound
from control.invitations.messages import InvitationLink
from control.invitations.model import LIFETIME, ONE_TIME_LIFETIME, Invitation, hash_token
from control.invitations.ports import Patients, Visits
from control.invitations.qr import qr_code
from control.invitations.store import InvitationStore


@dataclass(frozen=True, slots=True)
class Links:
    """How links are made."""

    key: bytes
    public_url: str
    lifetime: timedelta = LIFETIME

    def url(self, invitation: Invitation) -> str:
        """Return the link; the token is in the fragment, which no server and no log sees."""
        return f"{self.public_url}/v#{invitation.token(self.key)}"


class PatientLinks:
    """Tells other nouns a patient's link."""

    def __init__(self, store: InvitationStore, links: Links) -> None:
        self._store = store
        self._links = links

    async def url_of(self, tx: Transaction, patient_id: str, *, now: datetime) -> str | None:
        """Return the link; None when it is revoked or expired."""
        invitation = await self._store.of_patient(tx, patient_id)
        return self._links.url(invitation) if invitation.state(now) == "valid" else None


class InvitationService:
    """Shows, renews and revokes a patient's link."""

    def __init__(
        self,
        database: Database,
        store: InvitationStore,
        links: Links,
        *,
        patients: Patients,
        visits: Visits,
    ) -> None:
        self._database = database
        self._store = store
        self._patients = patients
        self._links = links
        self._visits = visits

    async def issue(
        self, tx: Transaction, patient_id: str, *, now: datetime, one_time: bool = False
    ) -> Invitation:
        """Make the first link of a new patient or guest, within the caller's transaction."""
        lifetime = ONE_TIME_LIFETIME if one_time else self._links.lifetime
        invitation = self._first(patient_id, lifetime, now, one_time=one_time)
        await self._store.add(tx, *self._with_hash(invitation))
        return invitation

    async def issue_all(self, tx: Transaction, ids: list[str], *, now: datetime) -> None:
        """Make the first links of new patients, likewise."""
        links = [self._first(one, self._links.lifetime, now) for one in ids]
        await self._store.add_all(tx, [self._with_hash(link) for link in links])

    def _first(
        self, patient_id: str, lifetime: timedelta, now: datetime, *, one_time: bool = False
    ) -> Invitation:
        return Invitation(
            id=uuid4().hex,
            patient_id=patient_id,
            generation=1,
            created_at=now,
            expires_at=now + lifetime,
            is_one_time=one_time,
        )

    def _with_hash(self, invitation: Invitation) -> tuple[Invitation, bytes]:
        return invitation, hash_token(invitation.token(self._links.key))

    async def of_patients(self, tx: Transaction, ids: list[str]) -> dict[str, Invitation]:
        return await self._store.of_patients(tx, ids)

    async def link(self, me: Caller, patient_id: str, *, now: datetime) -> InvitationLink:
        """Return the link to copy.

        Raises:
            NotFound: no_patient, or no_link when it is revoked or expired.
        """
        async with self._database.read(by=me) as tx:
            await self._patients.owned(tx, me.id, patient_id)
            invitation = await self._store.of_patient(tx, patient_id)
        if invitation.state(now) != "valid":
            raise NotFound("no_link", "This patient has no valid link. Renew it.")
        return self._to_wire(invitation)

    async def renew(self, me: Caller, patient_id: str, *, now: datetime) -> InvitationLink:
        """Make a new link; the old one is void. A patient who is here right now stays.

        A guest does not: a new one-time link may be for somebody else.
        """

        async def next_generation(tx: Transaction) -> Invitation:
            await self._patients.owned(tx, me.id, patient_id)
            old = await self._store.of_patient(tx, patient_id)
            lifetime = ONE_TIME_LIFETIME if old.is_one_time else self._links.lifetime
            invitation = await self._replace(tx, old, old.renewed(now, lifetime))
            if invitation.is_one_time:
                await self._visits.end_in(tx, patient_id, now)
            else:
                await self._visits.end_idle_in(tx, patient_id, now)
            return invitation

        invitation = await self._database.transact(next_generation, by=me)
        if invitation.is_one_time:
            await self._visits.cut(patient_id, now=now)
        return self._to_wire(invitation)

    async def make_lasting_in(self, tx: Transaction, patient_id: str, *, now: datetime) -> None:
        """Give a guest who becomes a patient a link for any device; the one-time link is void.

        Whoever is here by it stays.
        """
        old = await self._store.of_patient(tx, patient_id)
        await self._replace(tx, old, old.lasting(now, self._links.lifetime))

    async def revoke(self, me: Caller, patient_id: str, *, now: datetime) -> None:
        """Void the link and end the visit that came by it, in one step; then cut the call.

        Done again it cuts again, should the first try have stopped half-way.
        """

        async def write(tx: Transaction) -> None:
            await self._patients.owned(tx, me.id, patient_id)
            await self._store.revoke(tx, patient_id, now)
            await self._visits.end_in(tx, patient_id, now)

        await self._database.transact(write, by=me)
        await self._visits.cut(patient_id, now=now)

    def url(self, invitation: Invitation) -> str:
        """Return the address of a link."""
        return self._links.url(invitation)

    async def _replace(self, tx: Transaction, old: Invitation, new: Invitation) -> Invitation:
        await self._store.replace(tx, old, new, hash_token(new.token(self._links.key)))
        return new

    def _to_wire(self, invitation: Invitation) -> InvitationLink:
        url = self._links.url(invitation)
        return InvitationLink(
            url=url,
            created_at=invitation.created_at,
            expires_at=invitation.expires_at,
            revoked=invitation.revoked_at is not None,
            is_one_time=invitation.is_one_time,
            claimed_at=invitation.claimed_at,
            qr=qr_code(url),
        )
