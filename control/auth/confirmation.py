"""Use cases of an account that anybody may make: it begins when its e-mail address is confirmed.

Until then there is no account, only a row with what was typed, so that registering, logging in and
asking for a new password answer alike for free and for taken addresses. Registering writes the row
and is answered; a background task looks the address up and writes the letter: a link to a free
address, and to the owner of a taken one that somebody tried.

The link proves who reads the address, the password who registered: it is asked with the link, so
that nobody gets an account under an address of theirs that somebody else has chosen a password for,
and no mail scanner makes one. Of the link only the hash is stored.
"""

from __future__ import annotations

import functools
from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy.exc import IntegrityError

from control.auth import model
from control.auth.messages import Registration
from control.auth.model import CONFIRM_WITHIN, PendingTherapist, Therapist
from control.auth.passwords import Passwords
from control.auth.pending import PendingStore
from control.auth.ports import AccountMail
from control.auth.store import AuthStore
from control.data.database import Database, Transaction
from control.errors import Forbidden, NotFound, Unavailable
from control.http.throttle import CONFIRM_BY_LINK, LINK_BY_ADDRESS, Limit, Throttle

PAUSE = timedelta(minutes=1)  # between two letters to one address, however often they are asked for
LETTERS = 5  # to one address within `CONFIRM_WITHIN`; then
LONG_PAUSE = timedelta(hours=1)


class ConfirmationService:
    """Makes, sends and takes the links that confirm an address."""

    def __init__(
        self,
        database: Database,
        store: AuthStore,
        pending: PendingStore,
        passwords: Passwords,
        throttle: Throttle,
        mail: AccountMail,
        *,
        is_open: bool,
        public_url: str,
    ) -> None:
        self._database = database
        self._store = store
        self._pending = pending
        self._passwords = passwords
        self._throttle = throttle
        self._mail = mail
        self._is_open = is_open
        self._public_url = public_url

    @property
    def can_mail(self) -> bool:
        """Whether a link can be sent; otherwise addresses are taken as they are typed."""
        return self._mail.can_send

    async def take_down(self, form: Registration, password_hash: str, *, now: datetime) -> None:
        """Keep what was typed until its address is confirmed."""
        person = Therapist(uuid4().hex, form.email, form.name, form.language)
        pending = PendingTherapist(person, password_hash)
        async with self._database.write() as tx:
            await self._pending.add(tx, pending, now)

    async def send(self, *, now: datetime) -> None:
        """Write the letters to those who have registered; called every second."""
        async with self._database.read() as tx:
            asked = await self._pending.asked(tx)
        for pending_id in asked:
            await self._database.transact(functools.partial(self._answer, pending_id, now))

    async def confirm(self, token: str, password: str, address: str, *, now: datetime) -> Therapist:
        """Make the account of this link, once.

        Raises:
            Forbidden: wrong_password; registration_closed.
            NotFound: link_unknown, for unknown, used and expired ones.
            SlowDown: Too many links from this address that open nothing, or wrong passwords.
            Unavailable: busy.
        """
        if not self._is_open:
            raise Forbidden("registration_closed", "New accounts cannot be made here.")
        token_hash = model.hash_secret(token)
        async with self._database.read() as tx:
            found = await self._pending.by_token(tx, token_hash, now)
        if found is None:
            await self._throttle.reserve(Limit(LINK_BY_ADDRESS, address), now=now)
            raise _unknown()
        await self._prove(found, token_hash, password, now)

        async def write(tx: Transaction) -> None:
            if not await self._pending.use(tx, token_hash, now):
                raise _unknown()
            await self._add(tx, found, now)

        await self._database.transact(write)
        return found.person

    async def sweep(self, *, now: datetime) -> None:
        """Forget what nobody has confirmed in time."""
        async with self._database.write() as tx:
            await self._pending.sweep(tx, now)

    async def _answer(self, pending_id: str, now: datetime, tx: Transaction) -> None:
        pending = await self._pending.hold_asked(tx, pending_id)
        if pending is None:
            return
        email = model.normalise_email(pending.person.email)
        owner = await self._store.find_by_email(tx, email)
        if owner is not None:
            await self._pending.drop(tx, pending_id)
            await self._mail.send_taken(tx, owner[0], f"{self._public_url}/login", now=now)
            return
        letters, last = await self._pending.letters(tx, email, now)
        pause = PAUSE if letters < LETTERS else LONG_PAUSE
        if last is not None and now < last + pause:
            await self._pending.drop(tx, pending_id)
            return
        token = model.new_secret()
        expires_at = now + CONFIRM_WITHIN
        await self._pending.set_token(tx, pending_id, model.hash_secret(token), expires_at)
        link = f"{self._public_url}/confirm#{token}"
        await self._mail.send_confirmation(tx, pending.person, link, CONFIRM_WITHIN, now=now)

    async def _prove(
        self, pending: PendingTherapist, token_hash: bytes, password: str, now: datetime
    ) -> None:
        limit = Limit(CONFIRM_BY_LINK, token_hash.hex())
        attempt = await self._throttle.reserve(limit, now=now)
        try:
            matches = await self._passwords.matches(pending.password_hash, password)
        except Unavailable:
            await self._throttle.release(attempt)
            raise
        if not matches:
            raise Forbidden("wrong_password", "This is not the password you registered with.")
        await self._throttle.forgive(attempt)

    async def _add(self, tx: Transaction, pending: PendingTherapist, now: datetime) -> None:
        """Make the account; whatever else waits for the same address is void."""
        email = model.normalise_email(pending.person.email)
        try:
            await self._store.add_therapist(tx, pending.person, email, pending.password_hash, now)
        except IntegrityError:  # by an invitation, or the operator
            raise _unknown() from None
        await self._pending.drop_all(tx, email)


def _unknown() -> NotFound:
    return NotFound("link_unknown", "This link is not valid. Please register again, or log in.")
