"""Use cases of making a therapist's account.

`invite`: a one-time link from `visavis therapist invite` vouches for its holder, who is logged in
at once and is told when the e-mail is taken: that tells one invited person about one address.
`open`: anybody may, so the answer is the same whether or not the e-mail has an account, and nobody
is logged in by it. Where this server sends mail, the account begins when its address is confirmed
(`confirmation`). Where it does not, the account is there at once, and the page logs in with what
was typed; that log-in tells a free address from a taken one, at the price of an account each time
and within the limits of logging in.
`closed`: nobody, links included.
"""

from __future__ import annotations

import contextlib
from datetime import datetime
from typing import Literal
from uuid import uuid4

from sqlalchemy.exc import IntegrityError

from control.auth import model
from control.auth.confirmation import ConfirmationService
from control.auth.messages import Registration
from control.auth.model import InvitedTherapist, Therapist
from control.auth.passwords import Passwords
from control.auth.store import AuthStore
from control.data.database import Database, Transaction
from control.errors import Conflict, Forbidden, Unavailable
from control.http.throttle import (
    REGISTER_BY_ADDRESS,
    REGISTER_BY_INVITATION,
    Limit,
    Throttle,
)

Mode = Literal["open", "invite", "closed"]


class RegistrationService:
    """Makes accounts for those who may have one."""

    def __init__(
        self,
        database: Database,
        store: AuthStore,
        passwords: Passwords,
        throttle: Throttle,
        confirmations: ConfirmationService,
        *,
        mode: Mode,
        public_url: str,
    ) -> None:
        self._database = database
        self._store = store
        self._passwords = passwords
        self._throttle = throttle
        self._confirmations = confirmations
        self._public_url = public_url
        self.mode = mode

    @property
    def next_step(self) -> Literal["log_in", "confirm"]:
        """What follows a registration without invitation."""
        return "confirm" if self._confirmations.can_mail else "log_in"

    async def register(
        self, form: Registration, address: str, *, now: datetime
    ) -> Therapist | None:
        """Make an account over the pages; None without invitation, whatever came of it.

        Raises:
            Forbidden: registration_closed, or invitation_needed for an unknown, expired and used
                invitation and for one that is for another e-mail.
            Conflict: email_taken, with an invitation alone.
            SlowDown: Too many tries from this address, or with this invitation.
            Unavailable: busy.
        """
        if self.mode == "closed":
            raise Forbidden("registration_closed", "New accounts cannot be made here.")
        if form.invitation is not None:
            return await self._register_invited(form, form.invitation, address, now)
        if self.mode != "open":
            raise _not_invited()
        password_hash = await self._hash(form, Limit(REGISTER_BY_ADDRESS, address), now)
        if self._confirmations.can_mail:
            await self._confirmations.take_down(form, password_hash, now=now)
            return None
        with contextlib.suppress(Conflict):
            async with self._database.write() as tx:
                await self._add(tx, form, password_hash, now)
        return None

    async def invite(self, email: str | None, *, now: datetime) -> str:
        """Return a link with which one person can make an account within seven days.

        Args:
            email: Only this address may be used; None for any.

        Raises:
            Forbidden: registration_closed.
        """
        if self.mode == "closed":
            raise Forbidden("registration_closed", "New accounts cannot be made here.")
        token = model.new_secret()
        invited = InvitedTherapist(
            token_hash=model.hash_secret(token),
            expires_at=now + model.INVITATION_LIFETIME,
            email=None if email is None else model.normalise_email(email),
        )
        async with self._database.write() as tx:
            await self._store.invite(tx, invited)
        return f"{self._public_url}/register#{token}"

    async def add(self, form: Registration, *, is_canary: bool = False, now: datetime) -> Therapist:
        """Make an account for the operator, whatever the mode.

        Args:
            is_canary: Its visits are synthetic.

        Raises:
            Conflict: email_taken.
        """
        password_hash = await self._passwords.hash(form.password)
        async with self._database.write() as tx:
            return await self._add(tx, form, password_hash, now, is_canary=is_canary)

    async def provide(self, form: Registration, *, now: datetime) -> Therapist:
        """Make this therapist, or give the one who has the e-mail this password (the demo)."""
        password_hash = await self._passwords.hash(form.password)
        async with self._database.write() as tx:
            found = await self._store.find_by_email(tx, model.normalise_email(form.email))
            if found is None:
                return await self._add(tx, form, password_hash, now)
            await self._store.set_password(tx, found[0].id, password_hash)
            return found[0]

    async def sweep(self, *, now: datetime) -> None:
        """Forget invitations that have expired."""
        async with self._database.write() as tx:
            await self._store.sweep_invited(tx, now)

    async def _register_invited(
        self, form: Registration, token: str, address: str, now: datetime
    ) -> Therapist:
        token_hash, email = model.hash_secret(token), model.normalise_email(form.email)
        async with self._database.read() as tx:
            is_invited = await self._store.is_invited(tx, token_hash, email, now)
        if not is_invited:
            await self._throttle.reserve(Limit(REGISTER_BY_ADDRESS, address), now=now)
            raise _not_invited()
        limit = Limit(REGISTER_BY_INVITATION, token_hash.hex())
        password_hash = await self._hash(form, limit, now)
        async with self._database.write() as tx:
            if not await self._store.use_invitation(tx, token_hash, email, now):
                raise _not_invited()
            return await self._add(tx, form, password_hash, now)

    async def _hash(self, form: Registration, limit: Limit, now: datetime) -> str:
        attempt = await self._throttle.reserve(limit, now=now)
        try:
            return await self._passwords.hash(form.password)
        except Unavailable:
            await self._throttle.release(attempt)
            raise

    async def _add(
        self,
        tx: Transaction,
        form: Registration,
        password_hash: str,
        now: datetime,
        *,
        is_canary: bool = False,
    ) -> Therapist:
        """Insert within the caller's transaction, which a taken e-mail rolls back."""
        therapist = Therapist(
            uuid4().hex, form.email, form.name, form.language, is_canary=is_canary
        )
        index = model.normalise_email(form.email)
        try:
            await self._store.add_therapist(tx, therapist, index, password_hash, now)
        except IntegrityError:
            raise Conflict("email_taken", "This e-mail address is already registered.") from None
        return therapist


def _not_invited() -> Forbidden:
    return Forbidden("invitation_needed", "Please ask for a new invitation to make an account.")
