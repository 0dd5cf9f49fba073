"""The therapist's picture: small, of a kind that every browser shows, sealed at rest.

It is a personal detail like the name, so it is sealed like it; 256 kB take a millisecond.
"""

from __future__ import annotations

import secrets

from sqlalchemy import delete, insert, select, update

from control.auth.model import Picture, picture_kind
from control.auth.service import LoginCaller
from control.auth.store import therapist_pictures, therapists
from control.data.database import Database, Transaction
from control.data.encryption import Place, Vault
from control.errors import Invalid, NotFound


class PictureStore:
    """Reads and writes pictures within the caller's transaction."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    async def picture(self, tx: Transaction, therapist_id: str) -> Picture | None:
        mine = therapist_pictures.c.therapist_id == therapist_id
        row = (await tx.execute(select(therapist_pictures).where(mine))).one_or_none()
        if row is None:
            return None
        return Picture(row.kind, self._vault.open_bytes(row.content, _place(therapist_id)))

    async def put(self, tx: Transaction, therapist_id: str, picture: Picture) -> str:
        """Write the picture in place of another; return the name of its version."""
        version = secrets.token_hex(8)
        await self.remove(tx, therapist_id)
        row = {
            "therapist_id": therapist_id,
            "kind": picture.kind,
            "content": self._vault.seal_bytes(picture.content, _place(therapist_id)),
        }
        await tx.execute(insert(therapist_pictures).values(row))
        await _set_version(tx, therapist_id, version)
        return version

    async def remove(self, tx: Transaction, therapist_id: str) -> None:
        mine = therapist_pictures.c.therapist_id == therapist_id
        await tx.execute(delete(therapist_pictures).where(mine))
        await _set_version(tx, therapist_id, None)


class PictureService:
    """The therapist's own picture."""

    def __init__(self, database: Database, store: PictureStore) -> None:
        self._database = database
        self._store = store

    async def read(self, me: LoginCaller) -> Picture:
        """Return it, or raise `NotFound` (no_picture)."""
        async with self._database.read(by=me) as tx:
            found = await self._store.picture(tx, me.id)
        if found is None:
            raise NotFound("no_picture", "There is no picture.")
        return found

    async def put(self, me: LoginCaller, content: bytes) -> str:
        """Keep this picture, and return the name of its version.

        Raises:
            Invalid: bad_picture.
        """
        kind = picture_kind(content)
        if kind is None:
            raise Invalid("bad_picture", "Choose a picture in PNG, JPEG or WebP.")
        async with self._database.write(by=me) as tx:
            return await self._store.put(tx, me.id, Picture(kind, content))

    async def remove(self, me: LoginCaller) -> None:
        async with self._database.write(by=me) as tx:
            await self._store.remove(tx, me.id)


async def _set_version(tx: Transaction, therapist_id: str, version: str | None) -> None:
    query = update(therapists).where(therapists.c.id == therapist_id)
    await tx.execute(query.values(picture=version))


def _place(therapist_id: str) -> Place:
    return Place("therapist_pictures", "content", therapist_id)
