"""Use cases of the patient: the link, the device, arriving, leaving."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NoReturn
from uuid import uuid4

from control.auth.model import Picture, hash_secret, new_secret
from control.data.database import Database, Transaction
from control.errors import Conflict, Ended, NotFound, Unauthenticated, Unavailable
from control.http.pace import Pace
from control.http.throttle import LINK_BY_ADDRESS, Limit, Throttle
from control.http.wire import Offer
from control.invitations.model import Invitation, hash_token
from control.live.hub import Pages
from control.presence.model import Lobbies, lobby_group
from control.sessions.model import SessionRecord
from control.visits.holds import Hold, Holds, refuse_other_device
from control.visits.messages import (
    CLOSE_MOVED,
    CLOSE_REVOKED,
    LinkPreview,
    Moved,
    Revoked,
    Visit,
    VisitRequest,
)
from control.visits.model import RETENTION, VISIT_COOKIE, VisitFacts, patient_group
from control.visits.ports import Links, Presence, SessionRecords, Sessions
from control.visits.store import VisitStore
from control.visits.views import VisitViews
from sfu.messages import Role

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Admission:
    """The link was good: what the page shows, and the device's cookies, to be set anew."""

    visit: Visit
    cookie: str
    hold: Hold | None = None


@dataclass(frozen=True, slots=True)
class _Claim:
    """Which device has the visit now, and which had it before."""

    visit: VisitFacts
    cookie: str
    replaced: VisitFacts | None = None
    hold: Hold | None = None


class VisitService:
    """Lets one device of a patient into the lobby."""

    def __init__(
        self,
        database: Database,
        store: VisitStore,
        *,
        views: VisitViews,
        links: Links,
        holds: Holds,
        records: SessionRecords,
        sessions: Sessions,
        presence: Presence,
        lobbies: Lobbies,
        pages: Pages,
        throttle: Throttle,
        offers: Pace,
    ) -> None:
        self._database = database
        self._store = store
        self._views = views
        self._links = links
        self._holds = holds
        self._records = records
        self._sessions = sessions
        self._presence = presence
        self._lobbies = lobbies
        self._pages = pages
        self._throttle = throttle
        self._offers = offers

    async def preview(
        self, token: str, jar: Mapping[str, str], address: str, *, now: datetime
    ) -> LinkPreview:
        """Say whom a link is for. Nothing follows from it for anybody.

        Args:
            jar: The browser's cookies.

        Raises:
            NotFound: link_unknown, for unknown, expired and revoked alike.
            Conflict: taken, when a one-time link belongs to another device.
            SlowDown: Too many links that open nothing from this address.
        """

        async with self._database.read() as tx:
            invitation = await self._find_link(tx, token, now)
            if invitation is not None:
                refuse_other_device(invitation, jar)
                return await self._views.preview(tx, invitation.patient_id)
        await self._refuse_link(address, now)

    async def open(
        self, form: VisitRequest, jar: Mapping[str, str], address: str, *, now: datetime
    ) -> Admission:
        """Claim the visit for this device: a person has pressed Continue.

        Raises:
            NotFound: link_unknown, for unknown, expired and revoked alike.
            Conflict: elsewhere, when another device is in this visit; taken, when a one-time link
                belongs to another device.
            Invalid: name_needed, when a guest has given none.
            SlowDown: Too many links that open nothing from this address.
        """

        async def claim(tx: Transaction) -> _Claim:
            return await self._claim(tx, form, jar, now)

        async with self._database.read() as tx:  # a flood of guesses only reads
            invitation = await self._find_link(tx, form.token, now)
        if invitation is None:
            await self._refuse_link(address, now)
        claimed = await self._database.transact(claim)
        if claimed.replaced is not None:
            await self._displace(claimed.replaced, now)
        async with self._database.read() as tx:
            visit = await self._views.of(tx, claimed.visit, now)
        return Admission(visit, claimed.cookie, claimed.hold)

    def visitor(self, cookie: str | None, *, now: datetime) -> VisitorCookie:
        """Return who comes with this cookie; each transaction judges it."""
        return VisitorCookie(self, cookie, now)

    async def judge(
        self, tx: Transaction, token_hash: bytes, now: datetime, hold: bool
    ) -> VisitFacts:
        """Return the visit of this cookie, or raise `Unauthenticated` (visit_needed)."""
        visit = await self._store.by_token_hash(tx, token_hash, hold=hold)
        if visit is None or await self._is_over_age(tx, visit, now):
            raise Unauthenticated("visit_needed", "Please open your link again.")
        return visit

    async def view(self, me: VisitorCookie, *, now: datetime) -> Visit:
        async with self._database.read(by=me) as tx:
            return await self._views.of(tx, me.visit, now)

    async def picture(self, me: VisitorCookie) -> Picture:
        """Return the therapist's picture, or raise `NotFound` (no_picture)."""
        async with self._database.read(by=me) as tx:
            return await self._views.picture(tx, me.visit.patient_id)

    async def join(
        self, me: VisitorCookie, *, now: datetime
    ) -> tuple[VisitFacts, SessionRecord | None]:
        """Return the visit and its session, opened if need be; None when the visit is over."""

        async def join(tx: Transaction) -> tuple[VisitFacts, SessionRecord | None]:
            visit = me.visit
            if visit.left_at is not None or await self._is_ended(tx, visit):
                return visit, None
            record, _ = await self._sessions.ensure_open_in(tx, visit.patient_id, now=now)
            await self._store.join(tx, visit.id, record.id, now)
            return visit, record

        return await self._database.transact(join, by=me)

    async def arrived(self, me: VisitorCookie, session_id: str | None, *, now: datetime) -> Visit:
        """The page's socket is open and in its groups: the patient is present."""
        await self._refresh(session_id, now)
        return await self.view(me, now=now)

    async def departed(self, visit: VisitFacts, session_id: str | None, *, now: datetime) -> None:
        """A page's socket has closed; whether the patient is here still, the open ones tell."""
        await self._refresh(session_id, now)
        try:
            async with self._database.write() as tx:
                await self._store.touch(tx, visit.id, now)
        except Unavailable:
            log.warning("when a patient's page was last here could not be written")

    async def offer(self, me: VisitorCookie, offer: Offer, *, now: datetime) -> str:
        """Answer the patient's offer.

        Raises:
            Conflict: ended.
            Invalid: bad_sdp.
            SlowDown: Too many offers of this visit.
            Unavailable: The node does not answer.
        """
        visit, record = await self.join(me, now=now)
        if record is None:
            raise Ended()
        self._offers.take(visit.id, asyncio.get_running_loop().time())
        staying = Staying(me)
        return await self._sessions.connect(
            record.id, Role.PATIENT, visit.id, offer, by=staying, now=now
        )

    async def leave(self, me: VisitorCookie, *, now: datetime) -> None:
        """The patient's own goodbye: gone at once, without the grace."""

        async def write(tx: Transaction) -> VisitFacts:
            await self._store.leave(tx, me.visit.id, now)
            await self._sessions.close_gate_in(tx, me.visit.patient_id, now)
            return me.visit

        visit = await self._database.transact(write, by=me)
        await self._remove(visit.session_id, now)

    async def sweep(self, *, now: datetime) -> None:
        """Forget visits that nobody can come back to."""
        async with self._database.write() as tx:
            await self._store.sweep(tx, now - RETENTION)

    async def end_in(self, tx: Transaction, patient_id: str, now: datetime) -> None:
        """End the patient's visit and close the gate, within the caller's transaction."""
        await self._store.end_of_patient(tx, patient_id, now)
        await self._sessions.close_gate_in(tx, patient_id, now)

    async def end_idle_in(self, tx: Transaction, patient_id: str, now: datetime) -> None:
        """End the patient's visit unless its device is here now."""
        visit = await self._store.of_patient(tx, patient_id)
        if visit is not None and not await self._is_active(tx, visit, now):
            await self._store.end_of_patient(tx, patient_id, now)

    async def cut(self, patient_id: str, *, now: datetime) -> None:
        """Take page and media from a patient whose visit has ended; again does no harm."""
        self._pages.close(patient_group(patient_id), Revoked(), CLOSE_REVOKED)
        async with self._database.read() as tx:
            record = await self._records.open_of_patient(tx, patient_id)
        await self._remove(None if record is None else record.id, now)

    async def _claim(
        self, tx: Transaction, form: VisitRequest, jar: Mapping[str, str], now: datetime
    ) -> _Claim:
        invitation = await self._find_link(tx, form.token, now)
        if invitation is None:  # revoked a moment ago
            raise _unknown_link()
        hold = await self._holds.keep(tx, invitation, jar, form.name, now)
        # Who holds a one-time link is the device that was there, whatever became of its visit.
        take_over = form.take_over or hold is not None
        claimed = await self._claim_visit(
            tx, invitation.patient_id, jar.get(VISIT_COOKIE), now, take_over=take_over
        )
        return replace(claimed, hold=hold)

    async def _claim_visit(
        self,
        tx: Transaction,
        patient_id: str,
        cookie: str | None,
        now: datetime,
        *,
        take_over: bool,
    ) -> _Claim:
        standing = await self._store.of_patient(tx, patient_id)
        if standing and cookie and hash_secret(cookie) == standing.token_hash:
            if standing.left_at is not None or await self._is_ended(tx, standing):
                await self._store.start_anew(tx, standing.id, now)
            return _Claim(await self._store.of_patient(tx, patient_id) or standing, cookie)
        if standing and not take_over and await self._is_active(tx, standing, now):
            raise Conflict("elsewhere", "You are in this visit on another device.")
        await self._store.end_of_patient(tx, patient_id, now)
        record = await self._records.open_of_patient(tx, patient_id)
        cookie = new_secret()
        visit = VisitFacts(
            id=uuid4().hex,
            patient_id=patient_id,
            token_hash=hash_secret(cookie),
            created_at=now,
            last_seen_at=now,
            session_id=None if record is None else record.id,
        )
        await self._store.add(tx, visit)
        return _Claim(visit, cookie, standing)

    async def _find_link(self, tx: Transaction, token: str, now: datetime) -> Invitation | None:
        """Return the link that this token opens, if it is valid."""
        invitation = await self._links.by_token_hash(tx, hash_token(token))
        if invitation is None or invitation.state(now) != "valid":
            return None
        return invitation

    async def _refuse_link(self, address: str, now: datetime) -> NoReturn:
        """Count a link that opens nothing; what opens something is never refused."""
        await self._throttle.reserve(Limit(LINK_BY_ADDRESS, address), now=now)
        raise _unknown_link()

    async def _displace(self, visit: VisitFacts, now: datetime) -> None:
        """Take page and media from the device that was there; the admission stays."""
        self._pages.close(patient_group(visit.patient_id), Moved(), CLOSE_MOVED)
        lobby = self._lobbies.get(visit.session_id)
        if lobby is not None:
            peer = lobby.peers.get(Role.PATIENT)
            if peer is not None:
                lobby.drop_peer(peer.id)
            await self._sessions.align(lobby.session_id, now=now)

    async def _remove(self, session_id: str | None, now: datetime) -> None:
        """Take the patient out of the session at once: gate, peer, presence."""
        if session_id is None:
            return
        self._pages.disband(lobby_group(session_id))
        try:
            await self._sessions.patient_gone(session_id, now=now)
        except Conflict:  # it has ended
            return
        await self._refresh(session_id, now)

    async def _refresh(self, session_id: str | None, now: datetime) -> None:
        lobby = self._lobbies.get(session_id)
        if lobby is not None:
            await self._presence.refresh(lobby, now=now)

    async def _is_ended(self, tx: Transaction, visit: VisitFacts) -> bool:
        if visit.session_id is None:
            return False
        record = await self._records.get(tx, visit.session_id)
        return record is None or record.facts.ended_at is not None

    async def _is_active(self, tx: Transaction, visit: VisitFacts, now: datetime) -> bool:
        if visit.left_at is not None or await self._is_ended(tx, visit):
            return False
        lobby = self._lobbies.get(visit.session_id)
        here = lobby is not None and lobby.patient.live
        return here or self._pages.has(patient_group(visit.patient_id)) or visit.is_recent(now)

    async def _is_over_age(self, tx: Transaction, visit: VisitFacts, now: datetime) -> bool:
        return visit.is_too_old(now) and (
            visit.session_id is None or await self._is_ended(tx, visit)
        )


class VisitorCookie:
    """One request's visit cookie; implements `ports.Visitor`."""

    def __init__(self, visits: VisitService, cookie: str | None, now: datetime) -> None:
        self._visits = visits
        self._token_hash = hash_secret(cookie or "")
        self._now = now
        self._visit: VisitFacts | None = None

    async def confirm(self, tx: Transaction, *, hold: bool) -> None:
        self._visit = await self._visits.judge(tx, self._token_hash, self._now, hold)

    @property
    def visit(self) -> VisitFacts:
        if self._visit is None:
            raise RuntimeError("a visit is known only inside a transaction opened by its device")
        return self._visit


@dataclass(frozen=True, slots=True)
class Staying:
    """The right of a device whose patient has not said goodbye."""

    visitor: VisitorCookie

    async def confirm(self, tx: Transaction, *, hold: bool) -> None:
        await self.visitor.confirm(tx, hold=hold)
        if self.visitor.visit.left_at is not None:
            raise Ended()


def _unknown_link() -> NotFound:
    return NotFound("link_unknown", "This link is not valid. Please ask for a new one.")
