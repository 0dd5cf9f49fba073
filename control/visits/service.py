"""Use cases of the patient: the link, the device, arriving, leaving."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from sqlalchemy.exc import IntegrityError

from control.auth.model import hash_secret, new_secret
from control.data.database import Database, Transaction
from control.errors import Conflict, NotFound, Unauthenticated
from control.http.throttle import LINK_BY_ADDRESS, Throttle
from control.invitations.model import hash_token
from control.invitations.store import InvitationStore
from control.live_messages import CLOSE_MOVED, CLOSE_REVOKED, Moved, Revoked
from control.ports import Pages
from control.presence.book import LobbyBook
from control.presence.model import VisitFacts
from control.presence.service import PresenceService
from control.sessions.feed import Feed
from control.sessions.messages import Devices
from control.sessions.model import SessionRecord
from control.sessions.rooms import Rooms
from control.sessions.service import SessionService
from control.sessions.store import SessionStore
from control.visits.messages import Visit, VisitRequest
from control.visits.store import VisitStore
from sfu.messages import Role


@dataclass(frozen=True, slots=True)
class Admission:
    """The link was good: what the page shows, and the device's cookie, to be set anew."""

    visit: Visit
    cookie: str


class VisitService:
    """Lets one device of a patient into the lobby; implements `ports.VisitWatcher`."""

    def __init__(
        self,
        database: Database,
        store: VisitStore,
        *,
        links: InvitationStore,
        sessions: SessionStore,
        running: SessionService,
        rooms: Rooms,
        presence: PresenceService,
        feed: Feed,
        book: LobbyBook,
        pages: Pages,
        throttle: Throttle,
    ) -> None:
        self._database = database
        self._store = store
        self._links = links
        self._sessions = sessions
        self._running = running
        self._rooms = rooms
        self._presence = presence
        self._feed = feed
        self._book = book
        self._pages = pages
        self._throttle = throttle

    async def open(
        self, form: VisitRequest, cookie: str | None, address: str, *, now: datetime
    ) -> Admission:
        """Open the link on a device.

        Raises:
            NotFound: link_unknown, for unknown, expired and revoked alike.
            Conflict: elsewhere, when another device is in this visit.
            SlowDown: Too many links that open nothing from this address.
        """
        patient_id = await self._check_link(form.token, address, now)
        async with self._database.read() as tx:
            standing = await self._store.of_patient(tx, patient_id)
        if standing and cookie and hash_secret(cookie) == standing.token_hash:
            return Admission(await self._return(standing, now), cookie)
        if standing and not form.take_over and await self._is_active(standing, now):
            raise Conflict("elsewhere", "You are in this visit on another device.")
        cookie = await self._let_in(patient_id, standing, now)
        await self._push_out(patient_id, standing)
        async with self._database.read() as tx:
            record = await self._sessions.open_of_patient(tx, patient_id)
            return Admission(await self._feed.visit(tx, patient_id, record), cookie)

    async def authenticate(self, cookie: str | None, *, now: datetime) -> VisitFacts:
        """Say whose device this is, or raise `Unauthenticated` (visit_needed)."""
        if cookie:
            async with self._database.read() as tx:
                visit = await self._store.by_token_hash(tx, hash_secret(cookie))
                if visit and not await self._is_over_age(tx, visit, now):
                    return visit
        raise Unauthenticated("visit_needed", "Please open your link again.")

    async def view(self, visit: VisitFacts) -> Visit:
        async with self._database.read() as tx:
            record = visit.session_id and await self._sessions.get(tx, visit.session_id)
            left = visit.left_at is not None
            return await self._feed.visit(tx, visit.patient_id, record or None, left=left)

    async def arrive(self, visit: VisitFacts, *, now: datetime) -> Visit:
        """The page's socket is open: the patient is present, unless the visit is over."""
        record = await self._join(visit, now)
        if record is None:
            return await self.view(await self._reread(visit))
        lobby = self._book.open(record)
        lobby.patient_page = True
        await self._presence.look(lobby, now=now)
        async with self._database.read() as tx:
            return await self._feed.visit(tx, visit.patient_id, record)

    async def depart(self, visit: VisitFacts, *, now: datetime) -> None:
        """The page's socket has closed."""
        async with self._database.write() as tx:
            await self._store.touch(tx, visit.id, now)
            fresh = await self._store.of_patient(tx, visit.patient_id)
        lobby = self._book.get(fresh.session_id if fresh else visit.session_id)
        if lobby is not None:
            lobby.patient_page = False
            await self._presence.look(lobby, now=now)

    async def tell_devices(self, visit: VisitFacts, devices: Devices, *, now: datetime) -> None:
        """Take note of what the patient's browser allowed."""
        lobby = self._book.of_patient(visit.patient_id)
        if lobby is not None and self._book.devices.get(lobby.session_id) != devices:
            self._book.devices[lobby.session_id] = devices
            await self._feed.changed(lobby.session_id, now=now, therapist_only=True)

    async def offer(self, visit: VisitFacts, sdp: str, *, now: datetime) -> str:
        """Answer the patient's offer."""
        record = await self._join(visit, now)
        if record is None:
            raise Conflict("ended", "This session has ended.")
        return await self._running.connect(record.id, Role.PATIENT, sdp, now=now)

    async def leave(self, visit: VisitFacts, *, now: datetime) -> None:
        """The patient's own goodbye: gone at once, without the grace."""
        async with self._database.write() as tx:
            await self._store.leave(tx, visit.id, now)
        await self._remove(visit, now)

    async def cut(self, patient_id: str, *, now: datetime) -> None:
        async with self._database.write() as tx:
            visit = await self._store.of_patient(tx, patient_id)
            await self._store.end_of_patient(tx, patient_id, now)
        self._pages.close_patient(patient_id, Revoked(), CLOSE_REVOKED)
        if visit is not None:
            await self._remove(visit, now)

    async def void_idle(self, patient_id: str, *, now: datetime) -> None:
        async with self._database.read() as tx:
            visit = await self._store.of_patient(tx, patient_id)
        if visit is not None and not await self._is_active(visit, now):
            async with self._database.write() as tx:
                await self._store.end_of_patient(tx, patient_id, now)

    async def _check_link(self, token: str, address: str, now: datetime) -> str:
        await self._throttle.check(LINK_BY_ADDRESS, address, now=now)
        async with self._database.read() as tx:
            invitation = await self._links.by_token_hash(tx, hash_token(token))
        if invitation is None or invitation.state(now) != "valid":
            await self._throttle.count_failure(LINK_BY_ADDRESS, address, now=now)
            raise NotFound("link_unknown", "This link is not valid. Please ask for a new one.")
        return invitation.patient_id

    async def _return(self, visit: VisitFacts, now: datetime) -> Visit:
        """The same device opens its link again; after the end that is a new visit."""
        async with self._database.write() as tx:
            if visit.left_at is not None or await self._is_ended(tx, visit):
                await self._store.start_anew(tx, visit.id, now)
        return await self.view(await self._reread(visit))

    async def _let_in(self, patient_id: str, standing: VisitFacts | None, now: datetime) -> str:
        cookie = new_secret()
        try:
            async with self._database.write() as tx:
                await self._store.end_of_patient(tx, patient_id, now)
                record = await self._sessions.open_of_patient(tx, patient_id)
                visit = VisitFacts(
                    id=uuid4().hex,
                    patient_id=patient_id,
                    token_hash=hash_secret(cookie),
                    created_at=now,
                    last_seen_at=now,
                    session_id=None if record is None else record.id,
                )
                await self._store.add(tx, visit)
        except IntegrityError:  # two devices at the same moment: the other was first
            raise Conflict("elsewhere", "You are in this visit on another device.") from None
        return cookie

    async def _push_out(self, patient_id: str, standing: VisitFacts | None) -> None:
        """Take page and peer from the device that was there."""
        self._pages.close_patient(patient_id, Moved(), CLOSE_MOVED)
        lobby = self._book.get(standing.session_id if standing else None)
        if lobby is not None:
            lobby.patient_page = False
            await self._drop_patient_peer(lobby.session_id)

    async def _remove(self, visit: VisitFacts, now: datetime) -> None:
        """Take the patient out of the session at once: gate, peer, presence."""
        lobby = self._book.get((await self._reread(visit)).session_id)
        if lobby is None:
            return
        lobby.patient_page = False
        if lobby.gate_open:
            await self._running.hold_absent(lobby.session_id, now=now)
        await self._drop_patient_peer(lobby.session_id)
        lobby.patient.live, lobby.patient.seen_at = False, None
        await self._presence.look(lobby, now=now)

    async def _drop_patient_peer(self, session_id: str) -> None:
        lobby = self._book.get(session_id)
        peer = lobby.peers.get(Role.PATIENT) if lobby else None
        if lobby is not None and peer is not None:
            lobby.drop_peer(peer.id)
            await self._rooms.drop_peer(session_id, peer.id)

    async def _join(self, visit: VisitFacts, now: datetime) -> SessionRecord | None:
        """Return the visit's session, opened if need be; None when the visit is over."""
        try:
            async with self._database.write() as tx:
                visit = await self._store.by_token_hash(tx, visit.token_hash) or visit
                if visit.left_at is not None or await self._is_ended(tx, visit):
                    return None
                record, _ = await self._running.ensure_open_in(tx, visit.patient_id, now=now)
                await self._store.join(tx, visit.id, record.id, now)
                return record
        except IntegrityError:
            raise Conflict("opened_elsewhere", "Please try again.") from None

    async def _reread(self, visit: VisitFacts) -> VisitFacts:
        async with self._database.read() as tx:
            fresh = await self._store.by_token_hash(tx, visit.token_hash)
        return fresh or visit

    async def _is_ended(self, tx: Transaction, visit: VisitFacts) -> bool:
        if visit.session_id is None:
            return False
        record = await self._sessions.get(tx, visit.session_id)
        return record is None or record.facts.ended_at is not None

    async def _is_active(self, visit: VisitFacts, now: datetime) -> bool:
        async with self._database.read() as tx:
            if visit.left_at is not None or await self._is_ended(tx, visit):
                return False
        lobby = self._book.get(visit.session_id)
        here = lobby is not None and (lobby.patient.live or lobby.patient_page)
        return here or self._pages.has_patient(visit.patient_id) or visit.is_recent(now)

    async def _is_over_age(self, tx: Transaction, visit: VisitFacts, now: datetime) -> bool:
        if not visit.is_too_old(now):
            return False
        record = visit.session_id and await self._sessions.get(tx, visit.session_id)
        return not record or record.facts.ended_at is not None
