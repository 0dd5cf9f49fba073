"""Where a list goes on: a place in its order, sealed, since the place may hold a name."""

from __future__ import annotations

import base64
import binascii
import json

from control.data.encryption import DecryptionError, Place, Sealed, Vault
from control.errors import Invalid


class Cursors:
    """Seals places of one kind of list; a cursor opens for the owner of the list alone."""

    def __init__(self, vault: Vault, kind: str) -> None:
        self._vault = vault
        self._kind = kind

    def seal(self, owner_id: str, key: str, row_id: str) -> str:
        """Return the place after the row with this sort key and id, fit for a URL."""
        sealed = self._vault.seal(json.dumps([key, row_id]), self._place(owner_id))
        return base64.urlsafe_b64encode(sealed.blob).decode().rstrip("=")

    def open(self, owner_id: str, cursor: str) -> tuple[str, str]:
        """Return sort key and id.

        Raises:
            Invalid: bad_cursor; it is not from this list, or not from here at all.
        """
        try:
            blob = base64.b64decode(
                cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True
            )
            text = self._vault.open(Sealed(blob), self._place(owner_id))
        except (DecryptionError, binascii.Error, ValueError, IndexError) as error:
            raise Invalid(
                "bad_cursor", "This list cannot go on from there. Please load it anew."
            ) from error
        key, row_id = json.loads(text)
        return key, row_id

    def _place(self, owner_id: str) -> Place:
        return Place("cursors", self._kind, owner_id)
