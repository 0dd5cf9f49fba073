"""Use cases of who has forgotten the password: a one-time link, by mail or from the operator.

Asking writes one row, the same for an address that has an account and for one that has none, and is
answered at once; a background task looks the address up and writes the letter. So neither the
answer nor its time tells whether there is an account. Of a link only the hash is stored; the letter
in the outbox holds it sealed until it has gone.
"""

from __future__ import annotations

import functools
from datetime import datetime, timedelta
from uuid import uuid4

from control.auth import model
from control.auth.model import Therapist
from control.auth.passwords import Passwords
from control.auth.ports import AccountMail
from control.auth.service import AuthService
from control.auth.store import AuthStore
from control.data.database import Database, Transaction
from control.errors import NotFound, Unavailable
from control.http.throttle import (
    LINK_BY_ADDRESS,
    RESET_BY_ADDRESS,
    RESET_BY_PAIR,
    Limit,
    Throttle,
)

LIFETIME = timedelta(minutes=30)
PAUSE = timedelta(minutes=1)  # between two letters to one account, however often they are asked for


class RecoveryService:
    """Makes, sends and takes links for a new password."""

    def __init__(
        self,
        database: Database,
        store: AuthStore,
        auth: AuthService,
        passwords: Passwords,
        throttle: Throttle,
        mail: AccountMail,
        *,
        public_url: str,
    ) -> None:
        self._database = database
        self._store = store
        self._auth = auth
        self._passwords = passwords
        self._throttle = throttle
        self._mail = mail
        self._public_url = public_url

    @property
    def can_mail(self) -> bool:
        """Whether a link can be sent; otherwise the operator makes one."""
        return self._mail.can_send

    async def ask(self, email: str, address: str, *, now: datetime) -> None:
        """Take down that somebody asks for a link to this address.

        Raises:
            Unavailable: no_mail.
            SlowDown: Too often, for this address or from it.
        """
        if not self.can_mail:
            raise Unavailable("no_mail", "This server sends no e-mail. Ask whoever runs it.")
        index = model.normalise_email(email)
        pair, here = Limit(RESET_BY_PAIR, f"{index}|{address}"), Limit(RESET_BY_ADDRESS, address)
        await self._throttle.reserve(pair, here, now=now)
        async with self._database.write() as tx:
            await self._store.ask_reset(tx, uuid4().hex, index, now)

    async def send(self, *, now: datetime) -> None:
        """Write the letters that were asked for; called every second."""
        async with self._database.read() as tx:
            asked = await self._store.asked_resets(tx)
        for asked_id in asked:
            await self._database.transact(functools.partial(self._answer, asked_id, now))

    async def link(self, email: str, *, now: datetime) -> str:
        """Return a link for the operator to hand over.

        Raises:
            NotFound: no_account.
        """
        async with self._database.write() as tx:
            found = await self._store.find_by_email(tx, model.normalise_email(email))
            if found is None:
                raise NotFound("no_account", "There is no account with this e-mail address.")
            return await self._make(tx, found[0], now)

    async def reset(self, token: str, password: str, address: str, *, now: datetime) -> list[str]:
        """Set a new password by a link, once, and end every login; return the ids of those.

        Raises:
            NotFound: link_unknown, for unknown, used and expired ones.
            SlowDown: Too many links from this address that open nothing.
            Unavailable: busy.
        """
        token_hash = model.hash_secret(token)
        async with self._database.read() as tx:
            therapist_id = await self._store.reset_of(tx, token_hash, now)
        if therapist_id is None:
            await self._throttle.reserve(Limit(LINK_BY_ADDRESS, address), now=now)
            raise _unknown()
        password_hash = await self._passwords.hash(password)

        async def write(tx: Transaction) -> list[str]:
            if await self._store.hold_password_hash(tx, therapist_id) is None:
                raise _unknown()
            if await self._store.reset_of(tx, token_hash, now) is None:
                raise _unknown()
            await self._store.set_password(tx, therapist_id, password_hash)
            person = await self._store.therapist(tx, therapist_id)
            if person is not None and self.can_mail:
                link = f"{self._public_url}/forgot"
                await self._mail.send_new_password(tx, person, link, now=now)
            await self._store.drop_links(tx, therapist_id)
            return await self._store.end_logins(tx, therapist_id)

        return self._auth.forget(await self._database.transact(write))

    async def sweep(self, *, now: datetime) -> None:
        """Forget links that have expired."""
        async with self._database.write() as tx:
            await self._store.sweep_resets(tx, now)

    async def _answer(self, asked_id: str, now: datetime, tx: Transaction) -> None:
        index = await self._store.take_asked(tx, asked_id)
        person = None if index is None else await self._store.by_index(tx, index)
        if person is None:
            return
        newest = await self._store.newest_reset(tx, person.id)
        if newest is not None and newest > now + LIFETIME - PAUSE:
            return
        link = await self._make(tx, person, now)
        await self._mail.send_reset(tx, person, link, LIFETIME, now=now)

    async def _make(self, tx: Transaction, person: Therapist, now: datetime) -> str:
        token = model.new_secret()
        await self._store.add_reset(tx, model.hash_secret(token), person.id, now + LIFETIME)
        return f"{self._public_url}/reset#{token}"


def _unknown() -> NotFound:
    return NotFound("link_unknown", "This link is not valid. Please ask for a new one.")
