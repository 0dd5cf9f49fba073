"""A one-time link belongs to the first device on which a person presses Continue.

The device keeps a secret in a cookie of that link's own, of which the invitation holds the hash.
So the device is known again days later, whatever other links it has opened and whatever became
of its visit; and nobody takes it over, since only a new link makes it free.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from control.auth.model import new_secret
from control.data.database import Transaction
from control.errors import Conflict, Invalid
from control.invitations.model import Invitation, hash_token
from control.visits.ports import Links, Patients


@dataclass(frozen=True, slots=True)
class Hold:
    """The cookie by which a device keeps a one-time link."""

    name: str
    secret: str
    expires_at: datetime


class Holds:
    """Says to whom one-time links belong, within the caller's transaction."""

    def __init__(self, links: Links, patients: Patients) -> None:
        self._links = links
        self._patients = patients

    async def keep(
        self,
        tx: Transaction,
        invitation: Invitation,
        jar: Mapping[str, str],
        name: str | None,
        now: datetime,
    ) -> Hold | None:
        """Keep a one-time link for this device, claimed now or before; None for other links.

        Args:
            jar: The browser's cookies.
            name: What the guest wants to be called.

        Raises:
            Conflict: taken, when it belongs to another device.
            Invalid: name_needed, when it is claimed without a name.
            LostRace: Another device was faster.
        """
        if not invitation.is_one_time:
            return None
        refuse_other_device(invitation, jar)
        secret = jar.get(invitation.hold_cookie)
        if invitation.held_by is None or secret is None:
            if name is None:
                raise Invalid("name_needed", "Please write your name.")
            secret = new_secret()
            await self._links.claim(tx, invitation, hash_token(secret), now)
        if name is not None:
            await self._patients.name_guest(tx, invitation.patient_id, name)
        return Hold(invitation.hold_cookie, secret, invitation.expires_at)


def refuse_other_device(invitation: Invitation, jar: Mapping[str, str]) -> None:
    """Raise `Conflict` (taken) when the link belongs to another device than this browser's."""
    if invitation.is_held_by_other(jar.get(invitation.hold_cookie)):
        raise Conflict("taken", "This link belongs to another device.")
