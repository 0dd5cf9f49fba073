"""Use cases of logging in."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import uuid4

from control.auth import model
from control.auth.guard import PasswordGuard
from control.auth.messages import Credentials, LoginEntry, LoginList, MeChange
from control.auth.model import Login, Therapist
from control.auth.ports import InSession
from control.auth.store import AuthStore
from control.data.database import Database, Transaction
from control.errors import NotFound, Unauthenticated


@dataclass(frozen=True, slots=True)
class LoggedIn:
    """A fresh login, with the cookies that are known only now."""

    therapist: Therapist
    cookie: str
    device: str
    """The cookie by which this browser is known at the next log-in."""


class LoginCaller:
    """One request's login cookie; implements `ports.Caller`."""

    def __init__(self, auth: AuthService, cookie: str | None, now: datetime) -> None:
        self._auth = auth
        self._now = now
        self._login: Login | None = None
        self.token_hash = model.hash_secret(cookie or "")

    async def confirm(self, tx: Transaction, *, hold: bool) -> None:
        self._login = await self._auth.judge(tx, self.token_hash, self._now, hold)

    @property
    def login(self) -> Login:
        if self._login is None:
            raise RuntimeError("a caller is known only inside a transaction opened by them")
        return self._login

    @property
    def id(self) -> str:
        return self.login.therapist_id

    @property
    def login_id(self) -> str:
        return self.login.id

    @property
    def remembered_id(self) -> str | None:
        return self._auth.remembered(self.token_hash)


class AuthService:
    """Logs in and out, and says who a cookie belongs to."""

    def __init__(
        self,
        database: Database,
        store: AuthStore,
        guard: PasswordGuard[Therapist],
        in_session: InSession,
    ) -> None:
        self._database = database
        self._store = store
        self._guard = guard
        self._in_session = in_session
        self._seen: dict[bytes, Login] = {}
        """Logins that were used here, by the hash of their cookie, with the time of the last use;
        `expire` writes it down, so that no request has to."""

    async def log_in(
        self,
        form: Credentials,
        address: str,
        device_cookie: str | None,
        *,
        browser: str = "",
        now: datetime,
    ) -> LoggedIn:
        """Check e-mail and password; unknown and wrong look the same and take the same time.

        Args:
            browser: What the new login is called in the therapist's list.

        Raises:
            Unauthenticated: bad_credentials.
            SlowDown: Too many failures for this e-mail from this address, or this device.
            Unavailable: busy.
        """
        found = await self._guard.check(form.email, form.password, address, device_cookie, now=now)
        if found is None:
            raise _bad_credentials()
        return await self.welcome(
            found.person, proven=found.password_hash, browser=browser, now=now
        )

    async def welcome(
        self,
        therapist: Therapist,
        *,
        proven: str | None = None,
        browser: str = "",
        now: datetime,
    ) -> LoggedIn:
        """Log in somebody who has just proven who they are.

        Args:
            proven: The hash that was compared, refused when there is a newer; None for none.

        Raises:
            Unauthenticated: bad_credentials.
        """
        cookie = model.new_secret()
        login = Login(uuid4().hex, therapist.id, now, now, browser)
        async with self._database.write() as tx:
            newest = await self._store.hold_password_hash(tx, therapist.id)
            if newest is None or proven not in (None, newest):
                raise _bad_credentials()
            await self._store.add_login(tx, login, model.hash_secret(cookie))
        return LoggedIn(therapist, cookie, self.device_of(therapist.email))

    def device_of(self, email: str) -> str:
        """Return a cookie by which this browser is known at the log-in with this address."""
        return self._guard.device_of(email)

    async def log_out(self, me: LoginCaller) -> str:
        """End this login, and return its id; requests of it that are still held fail."""
        async with self._database.write(by=me) as tx:
            await self._store.delete_login(tx, me.login.id)
        self._seen.pop(me.token_hash, None)
        return me.login.id

    def caller(self, cookie: str | None, *, now: datetime) -> LoginCaller:
        """Return who comes with this cookie; each transaction judges it."""
        return LoginCaller(self, cookie, now)

    async def identify(self, me: LoginCaller) -> Therapist:
        """Say who this is.

        Raises:
            Unauthenticated: login_needed.
        """
        async with self._database.read(by=me) as tx:
            return await self._therapist(tx, me.id)

    async def judge(self, tx: Transaction, token_hash: bytes, now: datetime, hold: bool) -> Login:
        """Return the login of this cookie, or raise `Unauthenticated` (login_needed)."""
        login = await self._store.login(tx, token_hash, hold=hold)
        if login is None or not self._is_valid(self._latest(login, token_hash), now):
            raise Unauthenticated("login_needed", "Please log in.")
        self._seen[token_hash] = replace(login, last_used_at=now)
        return login

    def remembered(self, token_hash: bytes) -> str | None:
        login = self._seen.get(token_hash)
        return None if login is None else login.therapist_id

    async def change(self, me: LoginCaller, form: MeChange) -> Therapist:
        """Write what the form says of name, gender and language; the rest stays."""
        said = form.model_dump(exclude_unset=True)
        async with self._database.write(by=me) as tx:
            before = await self._therapist(tx, me.id)
            person = replace(
                before,
                name=form.name or before.name,
                gender=said.get("gender", before.gender),
                language=form.language or before.language,
            )
            await self._store.change_profile(tx, person)
            return person

    async def logins(self, me: LoginCaller, *, now: datetime) -> LoginList:
        """List where the therapist is logged in."""
        async with self._database.read(by=me) as tx:
            mine = await self._store.logins_of(tx, me.id)
        latest = (self._used(login) for login in mine)
        return LoginList(
            items=[
                LoginEntry(
                    id=one.id,
                    browser=one.browser,
                    created_at=one.created_at,
                    last_used_at=one.last_used_at,
                    is_this=one.id == me.login_id,
                )
                for one in latest
                if self._is_valid(one, now)
            ]
        )

    async def end_login(self, me: LoginCaller, login_id: str) -> list[str]:
        """End one of the therapist's logins; return the ids that are over.

        Raises:
            NotFound: no_login, for none and another's alike.
        """
        async with self._database.write(by=me) as tx:
            if login_id not in {login.id for login in await self._store.logins_of(tx, me.id)}:
                raise NotFound("no_login", "This login is over already.")
            await self._store.delete_login(tx, login_id)
        return self.forget([login_id])

    async def end_other_logins(self, me: LoginCaller) -> list[str]:
        """End every login but this one; return the ids that are over."""

        async def write(tx: Transaction) -> list[str]:
            return await self._store.end_logins(tx, me.id, but=me.login_id)

        return self.forget(await self._database.transact(write, by=me))

    def forget(self, login_ids: list[str]) -> list[str]:
        """Forget the use of logins that are over; what they are remembered for ends with it."""
        self._seen = {key: one for key, one in self._seen.items() if one.id not in login_ids}
        return login_ids

    async def expire(self, open_logins: list[str], *, now: datetime) -> list[str]:
        """Write down which logins were used, end those that are over; return the open ones of them.

        An open page counts as use: its login does not idle out.
        """
        used = {login.id: login.last_used_at for login in self._seen.values()}
        used |= dict.fromkeys(open_logins, now)

        async def write(tx: Transaction) -> set[str]:
            known = await self._store.logins_by_id(tx, sorted(used))
            known = [replace(login, last_used_at=used[login.id]) for login in known]
            valid = [login for login in known if self._is_valid(login, now)]
            for login in valid:
                await self._store.touch_login(tx, login.id, login.last_used_at)
            busy = [login.id for login in valid if self._in_session(login.therapist_id)]
            await self._store.sweep_logins(tx, keep=busy, now=now)
            return {login.id for login in valid}

        keep = await self._database.transact(write)
        over = {login_id for login_id in used if login_id not in keep}
        self._seen = {key: one for key, one in self._seen.items() if one.id not in over}
        return [login_id for login_id in open_logins if login_id in over]

    def _is_valid(self, login: Login, now: datetime) -> bool:
        return login.is_valid(now, in_session=self._in_session(login.therapist_id))

    def _used(self, login: Login) -> Login:
        """Return the login with its last use here, known by its id."""
        used = [one for one in self._seen.values() if one.id == login.id]
        return max([login, *used], key=lambda one: one.last_used_at)

    def _latest(self, login: Login, token_hash: bytes) -> Login:
        """Return the login with its last use here, which may not be written down yet."""
        seen = self._seen.get(token_hash, login)
        return max(login, seen, key=lambda one: one.last_used_at)

    async def _therapist(self, tx: Transaction, therapist_id: str) -> Therapist:
        person = await self._store.therapist(tx, therapist_id)
        if person is None:
            raise Unauthenticated("login_needed", "Please log in.")
        return person


def _bad_credentials() -> Unauthenticated:
    return Unauthenticated("bad_credentials", "E-mail or password is not right.")
