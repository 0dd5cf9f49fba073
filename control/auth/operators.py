"""Use cases of operators' accounts, which are made on the machine alone, and of their logins.

Operators have tables, a cookie and limits of their own. So no call of a therapist's knows what an
operator's cookie is, and none of an operator's what a therapist's is: neither can be let into the
other's by a forgotten check.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import uuid4

from sqlalchemy.exc import IntegrityError

from control.auth import model
from control.auth.guard import PasswordGuard
from control.auth.messages import Credentials, OperatorForm
from control.auth.model import Operator, OperatorLogin
from control.auth.operator_store import OperatorStore
from control.auth.passwords import Passwords
from control.data.database import Database, Transaction
from control.errors import Conflict, NotFound, Unauthenticated


@dataclass(frozen=True, slots=True)
class OperatorIn:
    """A fresh login, with the cookies that are known only now."""

    operator: Operator
    cookie: str
    device: str
    """The cookie by which this browser is known at the next log-in."""


class OperatorCaller:
    """One request's cookie; implements `data.database.Authority`."""

    def __init__(self, service: OperatorService, cookie: str | None, now: datetime) -> None:
        self._service = service
        self._now = now
        self._login: OperatorLogin | None = None
        self.token_hash = model.hash_secret(cookie or "")

    async def confirm(self, tx: Transaction, *, hold: bool) -> None:
        self._login = await self._service.judge(tx, self.token_hash, self._now, hold)

    @property
    def login(self) -> OperatorLogin:
        if self._login is None:
            raise RuntimeError("a caller is known only inside a transaction opened by them")
        return self._login


class OperatorService:
    """Makes operators, logs them in and out, and says whether a cookie is one's."""

    def __init__(
        self,
        database: Database,
        store: OperatorStore,
        guard: PasswordGuard[Operator],
        passwords: Passwords,
    ) -> None:
        self._database = database
        self._store = store
        self._guard = guard
        self._passwords = passwords
        self._used: dict[bytes, datetime] = {}
        """When logins were last used here, by the hash of their cookie; `expire` writes it down."""

    async def add(self, form: OperatorForm, *, now: datetime) -> Operator:
        """Make an account; for the command line, as the next two are.

        Raises:
            Conflict: email_taken.
        """
        password_hash = await self._passwords.hash(form.password)
        operator = Operator(uuid4().hex, form.email, form.language)
        index = model.normalise_email(form.email)
        try:
            async with self._database.write() as tx:
                await self._store.add(tx, operator, index, password_hash, now)
        except IntegrityError:
            raise Conflict("email_taken", "There is an operator with this address.") from None
        return operator

    async def provide(self, form: OperatorForm, *, now: datetime) -> None:
        """Make this operator, or give the one who has the address this password (the demo)."""
        try:
            await self.add(form, now=now)
        except Conflict:
            await self.set_password(form)

    async def set_password(self, form: OperatorForm) -> None:
        """Set a password, and end every login of this operator.

        Raises:
            NotFound: no_operator.
        """
        password_hash = await self._passwords.hash(form.password)
        async with self._database.write() as tx:
            operator = await self._by_email(tx, form.email)
            await self._store.set_password(tx, operator.id, password_hash)

    async def remove(self, email: str) -> None:
        """Delete an operator's account; every login ends with it.

        Raises:
            NotFound: no_operator.
        """
        async with self._database.write() as tx:
            operator = await self._by_email(tx, email)
            await self._store.remove(tx, operator.id)

    async def log_in(
        self, form: Credentials, address: str, device_cookie: str | None, *, now: datetime
    ) -> OperatorIn:
        """Check e-mail and password; unknown and wrong look the same and take the same time.

        Raises:
            Unauthenticated: bad_credentials.
            SlowDown, Unavailable: As for a therapist's log-in.
        """
        found = await self._guard.check(form.email, form.password, address, device_cookie, now=now)
        if found is None:
            raise _bad_credentials()
        cookie = model.new_secret()
        login = OperatorLogin(uuid4().hex, found.person.id, now, now)
        async with self._database.write() as tx:
            newest = await self._store.hold_password_hash(tx, found.person.id)
            if newest != found.password_hash:
                raise _bad_credentials()
            await self._store.add_login(tx, login, model.hash_secret(cookie))
        return OperatorIn(found.person, cookie, self._guard.device_of(found.person.email))

    async def log_out(self, me: OperatorCaller) -> None:
        """End this login; requests of it that are still held fail."""
        async with self._database.write(by=me) as tx:
            await self._store.delete_login(tx, me.login.id)
        self._used.pop(me.token_hash, None)

    def caller(self, cookie: str | None, *, now: datetime) -> OperatorCaller:
        """Return who comes with this cookie; each transaction judges it."""
        return OperatorCaller(self, cookie, now)

    async def identify(self, me: OperatorCaller) -> Operator:
        """Say who this is.

        Raises:
            Unauthenticated: operator_needed.
        """
        async with self._database.read(by=me) as tx:
            operator = await self._store.operator(tx, me.login.operator_id)
        if operator is None:
            raise _operator_needed()
        return operator

    async def judge(
        self, tx: Transaction, token_hash: bytes, now: datetime, hold: bool
    ) -> OperatorLogin:
        """Return the login of this cookie, or raise `Unauthenticated` (operator_needed)."""
        login = await self._store.login(tx, token_hash, hold=hold)
        if login is None or not self._latest(login, token_hash).is_valid(now):
            raise _operator_needed()
        self._used[token_hash] = now
        return login

    async def expire(self, *, now: datetime) -> None:
        """Write down which logins were used, and forget those that are over."""
        used = dict(self._used)

        async def write(tx: Transaction) -> None:
            for token_hash, at in used.items():
                await self._store.touch_login(tx, token_hash, at)
            await self._store.sweep_logins(tx, now)

        await self._database.transact(write)
        self._used = {key: at for key, at in self._used.items() if used.get(key) != at}

    def _latest(self, login: OperatorLogin, token_hash: bytes) -> OperatorLogin:
        """Return the login with its last use here, which may not be written down yet."""
        used = self._used.get(token_hash, login.last_used_at)
        return replace(login, last_used_at=max(login.last_used_at, used))

    async def _by_email(self, tx: Transaction, email: str) -> Operator:
        found = await self._store.find_by_email(tx, model.normalise_email(email))
        if found is None:
            raise NotFound("no_operator", "There is no operator with this address.")
        return found[0]


def _bad_credentials() -> Unauthenticated:
    return Unauthenticated("bad_credentials", "E-mail or password is not right.")


def _operator_needed() -> Unauthenticated:
    return Unauthenticated("operator_needed", "Please log in as an operator.")
