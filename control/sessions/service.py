"""Use cases of a session, mostly the therapist's.

Whoever opens something (a gate, a peer, a room) holds the session's lock and reads the session
again afterwards; whoever closes something waits for nobody (`closing`).
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from dataclasses import replace
from datetime import datetime
from uuid import uuid4

from control.auth.ports import Caller
from control.data.database import Authority, Database, Transaction
from control.errors import Conflict, Ended, Unavailable
from control.http.pace import Pace
from control.http.wire import Offer
from control.presence.model import Lobbies
from control.sessions import journal
from control.sessions.closing import Closings
from control.sessions.feed import Feed
from control.sessions.locks import Locks
from control.sessions.messages import Session, SessionsMessage
from control.sessions.model import SessionFacts, SessionRecord
from control.sessions.moves import Decide, Moves
from control.sessions.ports import Alerts, Overtaken, Patients, Settings
from control.sessions.rooms import TURNS, Rooms
from control.sessions.store import SessionStore
from sfu.messages import ClockState, Role, RoomState

log = logging.getLogger(__name__)


class SessionService:
    """Opens, moves and ends sessions, and keeps the node's rooms in line with them."""

    def __init__(
        self,
        database: Database,
        store: SessionStore,
        *,
        patients: Patients,
        settings: Settings,
        alerts: Alerts,
        moves: Moves,
        rooms: Rooms,
        closings: Closings,
        feed: Feed,
        lobbies: Lobbies,
        offers: Pace,
    ) -> None:
        self._database = database
        self._store = store
        self._patients = patients
        self._settings = settings
        self._alerts = alerts
        self._moves = moves
        self._rooms = rooms
        self._closings = closings
        self._feed = feed
        self._lobbies = lobbies
        self._offers = offers
        self._locks = Locks()
        self._misaligned: set[str] = set()

    async def open(self, me: Caller, patient_id: str, *, now: datetime) -> tuple[Session, bool]:
        """Open a session, or find the open one; tell whether it is new."""

        async def ensure(tx: Transaction) -> tuple[SessionRecord, bool]:
            await self._patients.owned(tx, me.id, patient_id)
            return await self.ensure_open_in(tx, patient_id, now=now)

        record, is_new = await self._database.transact(ensure, by=me)
        if is_new:
            journal.tell(record.id, "opened by the therapist")
            await self._feed.changed(record, now=now)
        return await self._view(record, now), is_new

    async def ensure_open_in(
        self, tx: Transaction, patient_id: str, *, now: datetime
    ) -> tuple[SessionRecord, bool]:
        """Return the patient's one open session, opened now when there is none.

        An `IntegrityError` of the caller's transaction says that another was opened meanwhile.
        """
        record = await self._store.open_of_patient(tx, patient_id)
        is_new = record is None
        if record is None:
            setting = await self._settings.newest(tx, patient_id)
            record = SessionRecord(
                id=uuid4().hex,
                patient_id=patient_id,
                therapist_id=await self._patients.therapist_of(tx, patient_id),
                facts=SessionFacts(opened_at=now),
                setting_version=setting.version,
            )
            await self._store.add(tx, record)
        self._lobbies.open(record.standing)
        return record, is_new

    async def confirm(self, me: Caller) -> None:
        """Judge who asks, or raise `Unauthenticated` (login_needed)."""
        async with self._database.read(by=me):
            pass

    async def find_open(self, me: Caller, *, now: datetime) -> SessionsMessage:
        """Return what a page is pushed, for one that cannot keep a WebSocket."""
        async with self._database.read(by=me) as tx:
            return await self._feed.open_views(tx, me.id, now)

    async def get(self, me: Caller, session_id: str, *, now: datetime) -> Session:
        async with self._database.read(by=me) as tx:
            record = await self._store.owned(tx, me.id, session_id)
            return await self._feed.view(tx, record, now)

    async def enter(self, me: Caller, session_id: str, *, now: datetime) -> Session:
        """Enter the virtual room; the first time, the patient is told as the setting says."""

        async def decide(tx: Transaction, before: SessionRecord) -> SessionFacts:
            facts = before.facts.enter(now)
            if facts is not before.facts:
                await self._alerts.entered(tx, session_id, before.patient_id, now=now)
            return facts

        _, record = await self._moves.decide(session_id, decide, me)
        await self._feed.changed(record, now=now)
        return await self._view(record, now)

    async def accept(self, me: Caller, session_id: str, *, now: datetime) -> Session:
        """Open the gate: written down first, so that nothing is open that is not written.

        Raises:
            Conflict: ended, not_entered, patient_absent, in_conversation.
            Unavailable: The node or the database does not answer; the gate stays closed.
        """
        async with self._locks.hold(session_id):
            # Who left a moment ago and is back: the gate is still being closed behind them.
            await self._closings.finish_pending(session_id)
            if self._closings.is_closing(session_id):
                raise Unavailable(
                    "still_closing", "The session before is still being closed. Please try again."
                )
            before, record = await self._moves.decide(
                session_id, self._decide_accept(session_id, now), me
            )
            try:
                await self._ensure(session_id, me, now)
                record = await self._confirm_open(record, now)
            except BaseException as error:
                if record.revision != before.revision:
                    self._closings.undo(session_id, record, before.facts, now=now)
                    if isinstance(error, Exception):
                        await self._closings.retry()
                raise
        await self._feed.changed(record, now=now)
        return await self._view(record, now)

    async def hold(self, me: Caller, session_id: str, *, now: datetime) -> Session:
        """Send the patient back to the waiting room."""
        await self._may_close(me, session_id)

        is_pending = self._closings.is_closing(session_id)

        def move(facts: SessionFacts) -> SessionFacts:
            # Pressed again while the node does not answer: it is written, and not done yet.
            return facts if is_pending and not facts.gate_open else facts.hold(now)

        record = await self._closings.hold(session_id, move, now=now)
        await self._feed.changed(record, now=now)
        return await self._view(record, now)

    async def hold_absent(self, session_id: str, *, now: datetime) -> None:
        """Close the gate because somebody has gone, if it is open."""
        record = await self._closings.hold(session_id, lambda it: it.close_gate(now), now=now)
        await self._feed.changed(record, now=now)

    async def end(self, me: Caller, session_id: str, *, now: datetime) -> Session:
        """X: end it for both."""
        await self._may_close(me, session_id)
        return await self._view(await self.finish(session_id, now=now), now)

    async def finish(self, session_id: str, *, now: datetime) -> SessionRecord:
        """End a session whoever owns it: the room is closed, then it is written and told."""
        record = await self._closings.end(session_id, now=now)
        await self._feed.ended(record, now=now)
        return await self._moves.read(session_id) or record

    async def end_open(self, patient_id: str, *, now: datetime) -> None:
        """End the open session of this patient, if any."""
        async with self._database.read() as tx:
            record = await self._store.open_of_patient(tx, patient_id)
        if record is not None:
            await self.finish(record.id, now=now)

    async def offer(self, me: Caller, session_id: str, offer: Offer, *, now: datetime) -> str:
        """Answer the therapist's offer.

        Raises:
            NotFound: no_session.
            Conflict: ended.
            Invalid: bad_sdp.
            SlowDown: Too many offers of this login.
            Unavailable: The node does not answer.
        """
        async with self._database.read(by=me) as tx:
            await self._store.owned(tx, me.id, session_id)
            login_id = me.login_id
        self._offers.take(login_id, asyncio.get_running_loop().time())
        return await self.connect(session_id, Role.THERAPIST, login_id, offer, by=me, now=now)

    async def connect(
        self,
        session_id: str,
        role: Role,
        holder: str,
        offer: Offer,
        *,
        by: Authority,
        now: datetime,
    ) -> str:
        """Ensure the room and make a peer in it, for whoever may still at the moment it is made.

        Raises:
            Unauthenticated: The right went meanwhile; the peer is closed again.
            Conflict, Invalid, Unavailable: As `offer`.
        """
        async with self._locks.hold(session_id):
            record = await self._ensure(session_id, by, now)
            answer = await self._rooms.connect(record, role, holder, offer)
            try:
                await self._confirm_joined(session_id, by)
            except BaseException:
                self._misaligned.add(session_id)
                await self._align(session_id, now)
                raise
            if answer is None:
                raise Unavailable(
                    "media_away",
                    "The server that carries sound and picture does not answer. Try again.",
                )
            return answer

    async def apply_setting(self, patient_id: str, *, now: datetime) -> None:
        """Bring the open session of this patient, if any, to the newest setting."""

        async def write(tx: Transaction) -> SessionRecord | None:
            record = await self._store.open_of_patient(tx, patient_id)
            if record is not None:
                setting = await self._settings.newest(tx, patient_id)
                await self._store.write_setting(tx, record.id, setting.version)
            return record

        record = await self._database.transact(write)
        if record is not None:
            await self.align(record.id, now=now)
            await self._feed.changed(record, now=now)

    async def close_gate_in(self, tx: Transaction, patient_id: str, now: datetime) -> None:
        """Write down that the gate of the patient's open session, if any, is closed.

        Whoever has committed that closes it at the node by `patient_gone`; should it never come
        to that, `align` does.
        """
        record = await self._store.open_of_patient(tx, patient_id)
        if record is not None and record.facts.gate_open:
            await self._store.write_facts(tx, record, record.facts.close_gate(now))

    async def patient_gone(self, session_id: str, *, now: datetime) -> None:
        """Take the patient's media out at once: they left, or may not stay.

        Who is back before this is done keeps the media connection made since.
        """
        lobby, peer = self._lobbies.get(session_id), None
        if lobby is not None:
            lobby.patient.forget()
            peer = lobby.peers.get(Role.PATIENT)
            if peer is not None:
                lobby.drop_peer(peer.id)
        await self.hold_absent(session_id, now=now)
        try:
            await self._rooms.drop_patient(session_id, None if peer is None else peer.id)
        except Unavailable:
            self._misaligned.add(session_id)

    async def align(self, session_id: str, *, now: datetime) -> None:
        """Bring the node's room to what the tables say, now or as soon as both answer."""
        self._misaligned.add(session_id)
        async with self._locks.hold(session_id):
            await self._align(session_id, now)

    async def reconcile(self, rooms: list[RoomState], *, now: datetime) -> None:
        """Bring the whole node in line after we lost sight of it; strays are closed."""
        async with self._database.read() as tx:
            wanted = {record.id for record in await self._store.all_open(tx)}
        for session_id in wanted | {room.id for room in rooms}:
            await self.align(session_id, now=now)

    async def retry(self, *, now: datetime) -> None:
        """Go on with what could not be done before; called twice a second."""
        for session_id in await self._closings.retry():
            record = await self._moves.read(session_id)
            if record is not None:
                await self._feed.changed(record, now=now)
        self._misaligned.update(await self._rooms.left_behind(self._lobbies))
        for session_id in list(self._misaligned):
            await self.align(session_id, now=now)

    async def save_clock(self, session_id: str, clock: ClockState, *, now: datetime) -> None:
        """Keep a copy of the node's clock."""
        async with self._database.write() as tx:
            await self._store.write_clock(tx, session_id, clock, now)

    async def _align(self, session_id: str, now: datetime) -> None:
        if self._closings.is_closing(session_id):
            return  # `retry` comes back to it when the closing is written
        try:
            await self._rooms.align(session_id, now=now)
        except Unavailable:
            log.warning("a room could not be brought in line, will try again")
        else:
            self._misaligned.discard(session_id)

    def _decide_accept(self, session_id: str, now: datetime) -> Decide:
        async def decide(tx: Transaction, record: SessionRecord) -> SessionFacts:
            lobby = self._lobbies.get(session_id)
            if lobby is not None:
                lobby.therapist.seen_at = now  # this very request is a sign of life
            elsewhere = await self._store.in_contact(tx, record.therapist_id)
            return record.facts.accept(
                now,
                patient_present=lobby is not None and lobby.patient.is_present(now),
                elsewhere=None if elsewhere == record.id else elsewhere,
            )

        return decide

    async def _ensure(self, session_id: str, by: Authority, now: datetime) -> SessionRecord:
        """Bring the room to what the tables say; read again where it was closed meanwhile."""
        for _ in range(TURNS):
            generation = self._rooms.draw_generation()
            async with self._database.read(by=by) as tx:
                record = await self._store.get(tx, session_id)
            if record is None or record.facts.ended_at is not None:
                raise Ended()
            with contextlib.suppress(Overtaken):
                await self._rooms.ensure(self._as_closed(record), generation, now=now)
                return record
        raise _closed_meanwhile()

    async def _confirm_joined(self, session_id: str, by: Authority) -> None:
        """Judge and read again after a peer was made."""
        async with self._database.read(by=by) as tx:
            after = await self._store.get(tx, session_id)
        if after is None or after.facts.ended_at is not None:
            raise Ended()

    async def _confirm_open(self, record: SessionRecord, now: datetime) -> SessionRecord:
        """Read again after the gate has opened; what was closed meanwhile is closed again."""
        after = await self._moves.read(record.id)
        if after is not None and after.facts.gate_open:
            return after
        self._misaligned.add(record.id)
        await self._align(record.id, now)
        raise Ended() if after is None or after.facts.ended_at else _closed_meanwhile()

    def _as_closed(self, record: SessionRecord) -> SessionRecord:
        """Return the record with its gate closed while a closing is not written yet."""
        began_at = self._closings.began_at(record.id)
        if began_at is None:
            return record
        return replace(record, facts=record.facts.close_gate(began_at))

    async def _may_close(self, me: Caller, session_id: str) -> None:
        """Let the therapist of this session go on, known from before where the database hangs."""
        lobby = self._lobbies.get(session_id)
        if lobby is not None and me.remembered_id == lobby.therapist_id and lobby.gate_open:
            return
        async with self._database.read(by=me) as tx:
            await self._store.owned(tx, me.id, session_id)

    async def _view(self, record: SessionRecord, now: datetime) -> Session:
        async with self._database.read() as tx:
            return await self._feed.view(tx, record, now)


def _closed_meanwhile() -> Conflict:
    return Conflict("closed_meanwhile", "This has changed in the meantime. Please try again.")
