"""Use cases of logging in."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import uuid4

from control.auth import model
from control.auth.devices import Devices
from control.auth.messages import Credentials, MeChange
from control.auth.model import Login, Therapist
from control.auth.passwords import Passwords
from control.auth.ports import InSession
from control.auth.store import AuthStore
from control.data.database import Database, Transaction
from control.errors import Unauthenticated, Unavailable
from control.http.throttle import (
    LOGIN_BY_ACCOUNT,
    LOGIN_BY_ADDRESS,
    LOGIN_BY_DEVICE,
    LOGIN_BY_PAIR,
    Limit,
    Throttle,
)


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
        passwords: Passwords,
        throttle: Throttle,
        devices: Devices,
        in_session: InSession,
    ) -> None:
        self._database = database
        self._store = store
        self._passwords = passwords
        self._throttle = throttle
        self._devices = devices
        self._in_session = in_session
        self._seen: dict[bytes, Login] = {}
        """Logins that were used here, by the hash of their cookie, with the time of the last use;
        `expire` writes it down, so that no request has to."""

    async def log_in(
        self, form: Credentials, address: str, device_cookie: str | None, *, now: datetime
    ) -> LoggedIn:
        """Check e-mail and password; unknown and wrong look the same and take the same time.

        Raises:
            Unauthenticated: bad_credentials.
            SlowDown: Too many failures for this e-mail from this address, or this device.
            Unavailable: busy.
        """
        index = model.normalise_email(form.email)
        device = self._devices.recognise(index, device_cookie)
        attempt = await self._throttle.reserve(*_limits(index, address, device), now=now)
        try:
            found = await self._check(index, form.password, is_known=device is not None)
        except Unavailable:
            await self._throttle.release(attempt)
            raise
        if found is None:
            raise Unauthenticated("bad_credentials", "E-mail or password is not right.")
        await self._throttle.forgive(attempt)
        return await self.welcome(found, now=now)

    async def welcome(self, therapist: Therapist, *, now: datetime) -> LoggedIn:
        """Log in somebody who has just proven who they are."""
        cookie = model.new_secret()
        login = Login(uuid4().hex, therapist.id, created_at=now, last_used_at=now)
        async with self._database.write() as tx:
            await self._store.add_login(tx, login, model.hash_secret(cookie))
        device = self._devices.issue(model.normalise_email(therapist.email))
        return LoggedIn(therapist, cookie, device)

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
        async with self._database.write(by=me) as tx:
            await self._store.change_therapist(tx, me.id, name=form.name, language=form.language)
            return await self._therapist(tx, me.id)

    async def expire(self, open_logins: list[str], *, now: datetime) -> list[str]:
        """Write down which logins were used, end those that are over; return the open ones of them.

        An open page counts as use: its login does not idle out.
        """
        used = {login.id: login.last_used_at for login in self._seen.values()}
        used |= dict.fromkeys(open_logins, now)
        async with self._database.write() as tx:
            known = await self._store.logins_by_id(tx, sorted(used))
            known = [replace(login, last_used_at=used[login.id]) for login in known]
            valid = [login for login in known if self._is_valid(login, now)]
            for login in valid:
                await self._store.touch_login(tx, login.id, login.last_used_at)
            busy = [login.id for login in valid if self._in_session(login.therapist_id)]
            await self._store.sweep_logins(tx, keep=busy, now=now)
        keep = {login.id for login in valid}
        over = {login_id for login_id in used if login_id not in keep}
        self._seen = {key: one for key, one in self._seen.items() if one.id not in over}
        return [login_id for login_id in open_logins if login_id in over]

    def _is_valid(self, login: Login, now: datetime) -> bool:
        return login.is_valid(now, in_session=self._in_session(login.therapist_id))

    def _latest(self, login: Login, token_hash: bytes) -> Login:
        """Return the login with its last use here, which may not be written down yet."""
        seen = self._seen.get(token_hash, login)
        return max(login, seen, key=lambda one: one.last_used_at)

    async def _therapist(self, tx: Transaction, therapist_id: str) -> Therapist:
        person = await self._store.therapist(tx, therapist_id)
        if person is None:
            raise Unauthenticated("login_needed", "Please log in.")
        return person

    async def _check(self, index: str, password: str, *, is_known: bool) -> Therapist | None:
        async with self._database.read() as tx:
            found = await self._store.find_by_email(tx, index)
        password_hash = found[1] if found else None
        matches = await self._passwords.matches(password_hash, password, is_known=is_known)
        return found[0] if found and matches else None


def _limits(account: str, address: str, device: str | None) -> tuple[Limit, ...]:
    """Return what an attempt counts against: first the limit that refuses, then those that slow."""
    if device is not None:
        return (Limit(LOGIN_BY_DEVICE, f"{account}|{device}"),)
    return (
        Limit(LOGIN_BY_PAIR, f"{account}|{address}"),
        Limit(LOGIN_BY_ADDRESS, address),
        Limit(LOGIN_BY_ACCOUNT, account),
    )
