"""Use cases of the therapist's own account that ask for the password."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from control.auth.guard import PasswordGuard, Proven
from control.auth.messages import PasswordChange
from control.auth.model import Therapist
from control.auth.passwords import Passwords
from control.auth.ports import AccountMail
from control.auth.service import AuthService, LoginCaller
from control.auth.store import AuthStore
from control.data.database import Database, Transaction
from control.errors import Forbidden


@dataclass(frozen=True, slots=True)
class Browser:
    """From where somebody asks, for the limits of guessing."""

    address: str
    device_cookie: str | None


class AccountService:
    """Changes what only the holder of the password may change."""

    def __init__(
        self,
        database: Database,
        store: AuthStore,
        auth: AuthService,
        guard: PasswordGuard[Therapist],
        passwords: Passwords,
        mail: AccountMail,
        *,
        public_url: str,
    ) -> None:
        self._database = database
        self._store = store
        self._auth = auth
        self._guard = guard
        self._passwords = passwords
        self._mail = mail
        self._public_url = public_url

    async def prove(
        self, me: LoginCaller, password: str, browser: Browser, *, now: datetime
    ) -> Proven[Therapist]:
        """Compare the present password; `confirm_in` the transaction of what follows.

        Raises:
            Forbidden: wrong_password.
            SlowDown, Unavailable: As for a log-in.
        """
        person = await self._auth.identify(me)
        found = await self._guard.check(
            person.email, password, browser.address, browser.device_cookie, now=now
        )
        if found is None or found.person.id != person.id:
            raise _wrong_password()
        return found

    async def confirm_in(self, tx: Transaction, proven: Proven[Therapist]) -> None:
        """Hold the password that was proven, or raise `Forbidden` (wrong_password)."""
        newest = await self._store.hold_password_hash(tx, proven.person.id)
        if newest != proven.password_hash:
            raise _wrong_password()

    async def change_password(
        self, me: LoginCaller, form: PasswordChange, browser: Browser, *, now: datetime
    ) -> list[str]:
        """Set a new password, end the other logins and write a letter; return the ids of those.

        Raises:
            Forbidden: wrong_password.
            SlowDown, Unavailable: As for a log-in.
        """
        proven = await self.prove(me, form.present, browser, now=now)
        password_hash = await self._passwords.hash(form.new)

        async def write(tx: Transaction) -> list[str]:
            await self.confirm_in(tx, proven)
            await self._store.set_password(tx, me.id, password_hash)
            if self._mail.can_send:
                link = f"{self._public_url}/forgot"
                await self._mail.send_new_password(tx, proven.person, link, now=now)
            await self._store.drop_links(tx, me.id)
            return await self._store.end_logins(tx, me.id, but=me.login_id)

        return self._auth.forget(await self._database.transact(write, by=me))


def _wrong_password() -> Forbidden:
    return Forbidden("wrong_password", "This is not your present password.")
