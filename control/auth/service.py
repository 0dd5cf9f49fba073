"""Use cases of logging in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy.exc import IntegrityError

from control.auth import model
from control.auth.messages import Credentials, MeChange, Registration
from control.auth.model import Login, Therapist
from control.auth.passwords import Passwords
from control.auth.store import AuthStore
from control.data.database import Database
from control.errors import Conflict, Unauthenticated
from control.http.throttle import LOGIN_BY_ADDRESS, LOGIN_BY_EMAIL, Throttle

TOUCH_EVERY = timedelta(seconds=60)  # how stale `last_used_at` may be, to spare a write a request


@dataclass(frozen=True, slots=True)
class LoggedIn:
    """A fresh login, with the cookie that is known only now."""

    therapist: Therapist
    cookie: str


@dataclass(frozen=True, slots=True)
class Occupation:
    """What is going on for a login right now, asked of the live pages."""

    page_open: Callable[[str], bool]
    """Login id → has an open WebSocket."""
    in_session: Callable[[str], bool]
    """Therapist id → is in contact with a patient."""


class AuthService:
    """Registers, logs in and out, and says who a cookie belongs to."""

    def __init__(
        self,
        database: Database,
        store: AuthStore,
        passwords: Passwords,
        throttle: Throttle,
        occupation: Occupation,
    ) -> None:
        self._database = database
        self._store = store
        self._passwords = passwords
        self._throttle = throttle
        self._occupation = occupation

    async def register(self, form: Registration, *, now: datetime) -> LoggedIn:
        """Make a therapist and log in.

        Raises:
            Conflict: email_taken.
        """
        therapist = Therapist(uuid4().hex, form.email, form.name, form.language)
        index = model.normalise_email(form.email)
        password_hash = await self._passwords.hash(form.password)
        try:
            async with self._database.write() as tx:
                await self._store.add_therapist(tx, therapist, index, password_hash, now)
        except IntegrityError:
            raise Conflict("email_taken", "This e-mail address is already registered.") from None
        return await self._log_in(therapist, now)

    async def log_in(self, form: Credentials, address: str, *, now: datetime) -> LoggedIn:
        """Check e-mail and password; unknown and wrong look the same and take the same time.

        Raises:
            Unauthenticated: bad_credentials.
            SlowDown: Too many failures for this e-mail or from this address.
        """
        index = model.normalise_email(form.email)
        await self._throttle.check(LOGIN_BY_ADDRESS, address, now=now)
        await self._throttle.check(LOGIN_BY_EMAIL, index, now=now)
        async with self._database.read() as tx:
            found = await self._store.find_by_email(tx, index)
        password_hash = found[1] if found else None
        matches = await self._passwords.matches(password_hash, form.password)
        if found is None or not matches:
            await self._throttle.count_failure(LOGIN_BY_ADDRESS, address, now=now)
            await self._throttle.count_failure(LOGIN_BY_EMAIL, index, now=now)
            raise Unauthenticated("bad_credentials", "E-mail or password is not right.")
        await self._throttle.forgive(LOGIN_BY_EMAIL, index)
        return await self._log_in(found[0], now)

    async def log_out(self, login: Login) -> None:
        async with self._database.write() as tx:
            await self._store.delete_login(tx, login.id)

    async def authenticate(self, cookie: str | None, *, now: datetime) -> tuple[Login, Therapist]:
        """Say whose cookie this is.

        Raises:
            Unauthenticated: login_needed.
        """
        if cookie:
            async with self._database.read() as tx:
                login = await self._store.login(tx, model.hash_secret(cookie))
                person = login and await self._store.therapist(tx, login.therapist_id)
            if login and person and self._is_valid(login, now):
                await self._touch(login, now)
                return login, person
        raise Unauthenticated("login_needed", "Please log in.")

    async def change(self, me: Therapist, form: MeChange) -> Therapist:
        async with self._database.write() as tx:
            await self._store.change_therapist(tx, me.id, name=form.name, language=form.language)
        return Therapist(me.id, me.email, form.name or me.name, form.language or me.language)

    async def therapist(self, therapist_id: str) -> Therapist | None:
        async with self._database.read() as tx:
            return await self._store.therapist(tx, therapist_id)

    async def provide(self, form: Registration, *, now: datetime) -> Therapist:
        """Make this therapist, or give the one who has the e-mail this password (the demo)."""
        index = model.normalise_email(form.email)
        password_hash = await self._passwords.hash(form.password)
        async with self._database.write() as tx:
            found = await self._store.find_by_email(tx, index)
            if found:
                await self._store.set_password(tx, found[0].id, password_hash)
                return found[0]
            therapist = Therapist(uuid4().hex, form.email, form.name, form.language)
            await self._store.add_therapist(tx, therapist, index, password_hash, now)
            return therapist

    async def expire(self, open_logins: list[str], *, now: datetime) -> list[str]:
        """Keep the logins of open pages from idling; return those that are over all the same."""
        async with self._database.write() as tx:
            known = {login.id: login for login in await self._store.logins_by_id(tx, open_logins)}
            valid = [login for login in known.values() if self._is_valid(login, now)]
            for login in valid:
                await self._store.touch_login(tx, login.id, now)
            keep = [login.id for login in valid]
            await self._store.sweep_logins(tx, keep, now)
        return [login_id for login_id in open_logins if login_id not in keep]

    def _is_valid(self, login: Login, now: datetime) -> bool:
        return login.is_valid(
            now,
            page_open=self._occupation.page_open(login.id),
            in_session=self._occupation.in_session(login.therapist_id),
        )

    async def _touch(self, login: Login, now: datetime) -> None:
        if now - login.last_used_at >= TOUCH_EVERY:
            async with self._database.write() as tx:
                await self._store.touch_login(tx, login.id, now)

    async def _log_in(self, therapist: Therapist, now: datetime) -> LoggedIn:
        cookie = model.new_secret()
        login = Login(uuid4().hex, therapist.id, created_at=now, last_used_at=now)
        async with self._database.write() as tx:
            await self._store.add_login(tx, login, model.hash_secret(cookie))
        return LoggedIn(therapist, cookie)
