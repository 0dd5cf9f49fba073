"""Use cases of another e-mail address for an account.

Asking takes the password, and writes to both addresses: a link to the new one, and to the old one
what is going on and what to do about it. Until the link is used the old address stays. The answer
is the same for an address that has an account already; its owner is told instead.

The link is for whoever is logged in to this account, or knows its password: sent to a mistyped
address, it must not give a stranger the account. A new password voids it (`AuthStore.drop_links`),
and it voids links to a new password, which went to the old address. Logins stay, since they were
asked for the password on the way.

Without a gateway for mail the address changes at once: then it is a name to log in with, no more.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.exc import IntegrityError

from control.auth import model
from control.auth.account import AccountService, Browser
from control.auth.email_store import EmailChange, EmailChangeStore
from control.auth.guard import PasswordGuard, Proven
from control.auth.messages import EmailState, NewEmail
from control.auth.model import CONFIRM_WITHIN, Therapist
from control.auth.ports import AccountMail
from control.auth.service import AuthService, LoginCaller
from control.auth.store import AuthStore
from control.data.database import Database, Transaction
from control.errors import Conflict, Forbidden, NotFound, Unauthenticated
from control.http.throttle import EMAIL_BY_ACCOUNT, LINK_BY_ADDRESS, Limit, Throttle


@dataclass(frozen=True, slots=True)
class Changed:
    """What an account's address is now."""

    state: EmailState
    device: str | None
    """The cookie by which this browser is known with the new address; None: as before."""


class EmailChangeService:
    """Begins, repeats, cancels and confirms the change of an address."""

    def __init__(
        self,
        database: Database,
        store: AuthStore,
        changes: EmailChangeStore,
        throttle: Throttle,
        mail: AccountMail,
        *,
        auth: AuthService,
        account: AccountService,
        guard: PasswordGuard[Therapist],
        public_url: str,
    ) -> None:
        self._database = database
        self._store = store
        self._changes = changes
        self._throttle = throttle
        self._mail = mail
        self._auth = auth
        self._account = account
        self._guard = guard
        self._public_url = public_url

    async def state(self, me: LoginCaller, *, now: datetime) -> EmailState:
        """Say the address, and which other one waits to be confirmed."""
        person = await self._auth.identify(me)
        async with self._database.read(by=me) as tx:
            return _state(person.email, await self._changes.newest(tx, me.id, now))

    async def begin(
        self, me: LoginCaller, form: NewEmail, browser: Browser, *, now: datetime
    ) -> Changed:
        """Ask for another address; without a gateway for mail, take it at once.

        Raises:
            Forbidden: wrong_password.
            Conflict: email_taken, without a gateway alone.
            SlowDown, Unavailable: As for a log-in; or too often.
        """
        proven = await self._account.prove(me, form.password, browser, now=now)
        person = proven.person
        await self._throttle.reserve(Limit(EMAIL_BY_ACCOUNT, person.id), now=now)
        is_same = model.normalise_email(form.email) == model.normalise_email(person.email)
        if is_same or not self._mail.can_send:
            async with self._database.write(by=me) as tx:
                await self._account.confirm_in(tx, proven)
                await self._set(tx, person, form.email)
            return Changed(_state(form.email, None), self._auth.device_of(form.email))

        async def ask(tx: Transaction) -> EmailChange:
            await self._account.confirm_in(tx, proven)
            await self._changes.drop(tx, person.id)
            await self._mail.send_changing(tx, person, f"{self._public_url}/forgot", now=now)
            return await self._send_link(tx, person, form.email, now)

        return Changed(_state(person.email, await self._database.transact(ask, by=me)), None)

    async def again(self, me: LoginCaller, *, now: datetime) -> None:
        """Send another link to the address that waits; those that were sent stay good.

        Raises:
            NotFound: no_change.
            SlowDown: Too often.
        """
        person = await self._auth.identify(me)
        await self._throttle.reserve(Limit(EMAIL_BY_ACCOUNT, person.id), now=now)

        async def send(tx: Transaction) -> None:
            waiting = await self._changes.newest(tx, me.id, now)
            if waiting is None:
                raise NotFound("no_change", "No other address waits to be confirmed.")
            await self._send_link(tx, person, waiting.email, now)

        await self._database.transact(send, by=me)

    async def cancel(self, me: LoginCaller) -> None:
        """Keep the address; the links are void."""
        async with self._database.write(by=me) as tx:
            await self._changes.drop(tx, me.id)

    async def confirm(
        self,
        me: LoginCaller,
        token: str,
        password: str | None,
        browser: Browser,
        *,
        now: datetime,
    ) -> Changed:
        """Take the new address by its link, once.

        Args:
            me: Whoever is logged in here, if anybody.
            password: For a browser that is not logged in to this account.

        Raises:
            NotFound: link_unknown, for unknown, used, expired and cancelled ones.
            Forbidden: password_needed, wrong_password.
            Conflict: email_taken, when it got an account meanwhile.
            SlowDown, Unavailable: As for a log-in; or too many links that open nothing.
        """
        token_hash = model.hash_secret(token)
        person = await self._whose(token_hash, now)
        if person is None:
            await self._throttle.reserve(Limit(LINK_BY_ADDRESS, browser.address), now=now)
            raise _unknown()
        is_here = await self._is_login_of(me, person)
        proven = None if is_here else await self._prove(person, password, browser, now)
        async with self._database.write(by=me if is_here else None) as tx:
            newest_hash = await self._store.hold_password_hash(tx, person.id)
            change = await self._changes.by_token(tx, token_hash, now)
            if change is None:
                raise _unknown()
            if proven is not None and newest_hash != proven.password_hash:
                raise _wrong_password()
            await self._set(tx, person, change.email)
            if self._mail.can_send:
                await self._mail.send_changed(tx, person, now=now)
        device = self._auth.device_of(change.email) if is_here else None
        return Changed(_state(change.email, None), device)

    async def sweep(self, *, now: datetime) -> None:
        """Forget what nobody has confirmed in time."""
        async with self._database.write() as tx:
            await self._changes.sweep(tx, now)

    async def _send_link(
        self, tx: Transaction, person: Therapist, email: str, now: datetime
    ) -> EmailChange:
        """Write the letter; one row and one letter, whether or not the address is free."""
        token = model.new_secret()
        change = EmailChange(person.id, email, now + CONFIRM_WITHIN)
        await self._changes.add(tx, change, model.hash_secret(token))
        owner = await self._store.find_by_email(tx, model.normalise_email(email))
        if owner is not None:
            await self._mail.send_taken(tx, owner[0], f"{self._public_url}/login", now=now)
        else:
            to, link = replace(person, email=email), f"{self._public_url}/new-email#{token}"
            await self._mail.send_new_address(tx, to, link, CONFIRM_WITHIN, now=now)
        return change

    async def _set(self, tx: Transaction, person: Therapist, email: str) -> None:
        index = model.normalise_email(email)
        try:
            await self._store.set_email(tx, person.id, email, index)
        except IntegrityError:
            raise Conflict("email_taken", "This e-mail address is already registered.") from None
        await self._store.drop_links(tx, person.id)

    async def _whose(self, token_hash: bytes, now: datetime) -> Therapist | None:
        """Return whose link this is, while it is good."""
        async with self._database.read() as tx:
            change = await self._changes.by_token(tx, token_hash, now)
            if change is None:
                return None
            return await self._store.therapist(tx, change.therapist_id)

    async def _is_login_of(self, me: LoginCaller, person: Therapist) -> bool:
        try:
            async with self._database.read(by=me):
                return me.id == person.id
        except Unauthenticated:
            return False

    async def _prove(
        self, person: Therapist, password: str | None, browser: Browser, now: datetime
    ) -> Proven[Therapist]:
        if password is None:
            raise Forbidden("password_needed", "Please write the password of this account.")
        found = await self._guard.check(
            person.email, password, browser.address, browser.device_cookie, now=now
        )
        if found is None or found.person.id != person.id:
            raise _wrong_password()
        return found


def _state(email: str, waiting: EmailChange | None) -> EmailState:
    if waiting is None:
        return EmailState(email=email, new=None, expires_at=None)
    return EmailState(email=email, new=waiting.email, expires_at=waiting.expires_at)


def _unknown() -> NotFound:
    return NotFound("link_unknown", "This link is not valid. Please ask for a new one.")


def _wrong_password() -> Forbidden:
    return Forbidden("wrong_password", "This is not the password of this account.")
