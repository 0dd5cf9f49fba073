"""Telling a therapist that somebody waits, when nobody has seen the card."""

from __future__ import annotations

from datetime import datetime, timedelta

from control.auth.ports import Caller
from control.data.database import Database, Transaction
from control.notifications.notice_store import NoticeStore
from control.notifications.notices import Notices
from control.notifications.own_letters import OwnLetters
from control.notifications.ports import OpenSession, OpenSessions, Therapists
from control.notifications.service import NotificationService
from control.presence.model import Lobbies
from sfu.messages import Role


class WaitMessages:
    """Writes one letter a wait and channel, as each therapist has asked for.

    A card counts as seen once a person has used a page of hers that shows it, and a page tells us
    so: an open page on a desk that nobody sits at must not keep her from being told.
    """

    def __init__(
        self,
        database: Database,
        store: NoticeStore,
        outbox: NotificationService,
        letters: OwnLetters,
        *,
        sessions: OpenSessions,
        therapists: Therapists,
        lobbies: Lobbies,
    ) -> None:
        self._database = database
        self._store = store
        self._outbox = outbox
        self._letters = letters
        self._sessions = sessions
        self._therapists = therapists
        self._lobbies = lobbies
        self._told: set[str] = set()

    async def see(self, me: Caller, session_id: str, *, now: datetime) -> None:
        """Take note that she has seen who waits in this session."""
        async with self._database.read(by=me) as tx:
            await self._sessions.owned(tx, me.id, session_id)
        lobby = self._lobbies.get(session_id)
        if lobby is not None:
            lobby.card_seen_at = now

    async def tell(self, *, now: datetime) -> None:
        """Write what is due; called every few seconds."""
        async with self._database.read() as tx:
            wishes = await self._store.who_want_to_know_of_waits(tx)
            due = [
                (therapist_id, wish, session)
                for therapist_id, wish in wishes.items()
                for session in await self._due(tx, therapist_id, wish, now)
            ]
        self._told &= {_cause(session) for _, _, session in due}
        for therapist_id, wish, session in due:
            if _cause(session) not in self._told:
                await self._write(therapist_id, wish, session, now)
                self._told.add(_cause(session))

    async def _due(
        self, tx: Transaction, therapist_id: str, wish: Notices, now: datetime
    ) -> list[OpenSession]:
        minutes = wish.wait_minutes
        if minutes is None or wish.is_quiet(now):
            return []
        sessions = await self._sessions.all_open(tx, therapist_id)
        if any(one.gate_open for one in sessions):
            return []  # she is with somebody, and sees there who waits
        return [
            one
            for one in sessions
            if one.waiting_since is not None
            and one.waiting_since + timedelta(minutes=minutes) <= now
            and not self._is_seen(one, one.waiting_since, now)
        ]

    def _is_seen(self, session: OpenSession, since: datetime, now: datetime) -> bool:
        lobby = self._lobbies.get(session.id)
        if lobby is None:
            return False
        if lobby.card_seen_at is not None and lobby.card_seen_at >= since:
            return True
        # In the waiting room or the virtual room with this very person.
        return lobby.connected(Role.THERAPIST) or lobby.therapist_in_room(session.entered, now)

    async def _write(
        self, therapist_id: str, wish: Notices, session: OpenSession, now: datetime
    ) -> None:
        cause, since = _cause(session), session.waiting_since

        async def write(tx: Transaction) -> None:
            therapist = await self._therapists.therapist(tx, therapist_id)
            if therapist is None or since is None:
                return
            for channel in wish.channels:
                if channel in self._outbox.channels:
                    letter = self._letters.waiting(therapist, wish, channel, since, cause)
                    await self._outbox.enqueue(tx, letter, now=now)

        await self._database.transact(write)


def _cause(session: OpenSession) -> str:
    since = session.waiting_since
    return f"waiting {session.id} {'' if since is None else since.isoformat()}"
