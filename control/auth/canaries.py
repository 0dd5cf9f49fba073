"""Which accounts are canaries': their visits are synthetic, and count in no statistics."""

from __future__ import annotations

from control.auth.store import AuthStore
from control.data.database import Database


class Canaries:
    """Remembers them: the command line makes such an account long before its first visit."""

    def __init__(self, database: Database, store: AuthStore) -> None:
        self._database = database
        self._store = store
        self._ids: frozenset[str] = frozenset()

    def __contains__(self, therapist_id: object) -> bool:
        return therapist_id in self._ids

    async def refresh(self) -> frozenset[str]:
        """Read them anew, and return them."""
        async with self._database.read() as tx:
            self._ids = frozenset(await self._store.canary_ids(tx))
        return self._ids
