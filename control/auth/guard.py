"""Is this the password of that account? Asked at the log-in, and before what cannot be undone.

Every attempt is counted alike (`http/throttle`), so that an open page is no way around the limits.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Generic, Protocol, TypeVar

from control.auth import model
from control.auth.devices import Devices
from control.auth.passwords import Passwords
from control.data.database import Database, Transaction
from control.errors import Unavailable
from control.http.throttle import (
    LOGIN_BY_ACCOUNT,
    LOGIN_BY_ADDRESS,
    LOGIN_BY_DEVICE,
    LOGIN_BY_PAIR,
    Limit,
    Throttle,
)

Person = TypeVar("Person")
Found = TypeVar("Found", covariant=True)


class Accounts(Protocol[Found]):
    """Where one kind of account is found."""

    async def find_by_email(self, tx: Transaction, index: str) -> tuple[Found, str] | None:
        """Return the holder of a normalised e-mail with the password's hash."""
        ...


@dataclass(frozen=True, slots=True)
class Proven(Generic[Person]):
    """Whose password it was, and the hash it was compared with: a newer one makes it worthless."""

    person: Person
    password_hash: str


class PasswordGuard(Generic[Person]):
    """Compares passwords, slowly for those who guess.

    Args:
        kind: Put before an account's name, so that the limits of one kind of account are not those
            of another with the same e-mail.
    """

    def __init__(
        self,
        database: Database,
        store: Accounts[Person],
        passwords: Passwords,
        throttle: Throttle,
        devices: Devices,
        *,
        kind: str = "",
    ) -> None:
        self._database = database
        self._store = store
        self._passwords = passwords
        self._throttle = throttle
        self._devices = devices
        self._kind = kind

    async def check(
        self, email: str, password: str, address: str, device_cookie: str | None, *, now: datetime
    ) -> Proven[Person] | None:
        """Return whose e-mail and password these are; unknown and wrong take the same time.

        Raises:
            SlowDown: Too many failures for this e-mail from this address, or this device.
            Unavailable: busy.
        """
        index = model.normalise_email(email)
        account = self._kind + index
        device = self._devices.recognise(account, device_cookie)
        attempt = await self._throttle.reserve(*_limits(account, address, device), now=now)
        try:
            found = await self._match(index, password, is_known=device is not None)
        except Unavailable:
            await self._throttle.release(attempt)
            raise
        if found is not None:
            await self._throttle.forgive(attempt)
        return found

    def device_of(self, email: str) -> str:
        """Return a cookie by which this browser is known at the log-in with this address."""
        return self._devices.issue(self._kind + model.normalise_email(email))

    async def _match(self, index: str, password: str, *, is_known: bool) -> Proven[Person] | None:
        async with self._database.read() as tx:
            found = await self._store.find_by_email(tx, index)
        password_hash = found[1] if found else None
        matches = await self._passwords.matches(password_hash, password, is_known=is_known)
        return Proven(*found) if found and matches else None


def _limits(account: str, address: str, device: str | None) -> tuple[Limit, ...]:
    """Return what an attempt counts against: first the limit that refuses, then those that slow."""
    if device is not None:
        return (Limit(LOGIN_BY_DEVICE, f"{account}|{device}"),)
    return (
        Limit(LOGIN_BY_PAIR, f"{account}|{address}"),
        Limit(LOGIN_BY_ADDRESS, address),
        Limit(LOGIN_BY_ACCOUNT, account),
    )
