"""Use cases about the patient's link."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from control.auth.ports import Caller
from control.data.database import Database, Transaction
from control.errors import NotFound
from control.invitations.messages import InvitationLink
from control.invitations.model import LIFETIME, Invitation, hash_token
from control.invitations.ports import Patients, Visits
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

    async def issue(self, tx: Transaction, patient_id: str, *, now: datetime) -> Invitation:
        """Make the first link of a new patient, within the caller's transaction."""
        invitation = Invitation(
            id=uuid4().hex,
            patient_id=patient_id,
            generation=1,
            created_at=now,
            expires_at=now + self._links.lifetime,
        )
        await self._store.add(tx, invitation, hash_token(invitation.token(self._links.key)))
        return invitation

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
        """Make a new link; the old one is void. A patient who is here right now stays."""

        async def next_generation(tx: Transaction) -> Invitation:
            await self._patients.owned(tx, me.id, patient_id)
            old = await self._store.of_patient(tx, patient_id)
            invitation = old.renewed(now, self._links.lifetime)
            token_hash = hash_token(invitation.token(self._links.key))
            await self._store.replace(tx, old, invitation, token_hash)
            await self._visits.end_idle_in(tx, patient_id, now)
            return invitation

        return self._to_wire(await self._database.transact(next_generation, by=me))

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

    def _to_wire(self, invitation: Invitation) -> InvitationLink:
        return InvitationLink(
            url=self._links.url(invitation),
            created_at=invitation.created_at,
            expires_at=invitation.expires_at,
            revoked=invitation.revoked_at is not None,
        )
