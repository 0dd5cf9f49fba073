"""Everything that belongs to one row, as plain values: for whoever wants to take it along.

The tables themselves say what belongs to what, by their foreign keys, so a table that is added is
exported without anybody remembering it. Sealed values are opened. What has no place outside is left
out by its kind: raw bytes are hashes of secrets and indexes, nothing else here is kept so; a few
columns of text are named: a hash, and what messages say, which holds links.
"""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime
from typing import Any

from sqlalchemy import Column, ColumnElement, LargeBinary, Row, Select, Table, or_, select, tuple_

from control.data.database import Transaction, metadata
from control.data.encryption import EncryptedBytes, Place, Sealed, Vault

AT_ONCE = 1000  # rows a transaction: PostgreSQL has 2.5 s for one
KEYS_JOINED_BY = {"settings": "/"}
"""What stands between the parts of a primary key in the place of a sealed value, where not "|"."""
SECRET = frozenset({"therapists.password_hash", "messages.content"})

Values = dict[str, Any]
Rows = Callable[[Transaction], Awaitable[list[Any]]]
Reading = Callable[[Rows], Awaitable[list[Any]]]
"""Runs one read in a transaction of its own, in which the right to it is judged."""


class Exporter:
    """Reads what belongs to a row of `root`, table by table.

    Args:
        root: The table of the row itself.
    """

    def __init__(self, vault: Vault, root: Table) -> None:
        self._vault = vault
        self._root = root

    async def read(self, root_id: str, read: Reading) -> dict[str, list[Values]]:
        """Return the rows of every table, by its name, each as column → plain value."""
        found: dict[str, list[Values]] = {}
        for table in metadata.sorted_tables:
            mine = self._of(table, root_id)
            if mine is not None:
                keys = list(table.primary_key)
                rows = _pages(mine, keys, read)
                found[table.name] = [self._plain(table, row) async for row in rows]
        return found

    def _of(self, table: Table, root_id: str) -> Select[Any] | None:
        """Return the query of the rows that belong to the root's row; None for none ever."""
        owner = self._path(table, root_id)
        return None if owner is None else select(table).where(owner).order_by(*table.primary_key)

    def _path(self, table: Table, root_id: str) -> ColumnElement[bool] | None:
        """Return the condition that a row belongs to the root's row, by any foreign key."""
        if table is self._root:
            return table.c.id == root_id
        ways = [
            column.in_(select(key.column).where(owner))
            for column in table.columns
            for key in column.foreign_keys
            if key.ondelete == "CASCADE"
            and (owner := self._path(key.column.table, root_id)) is not None
        ]
        return or_(*ways) if ways else None

    def _plain(self, table: Table, row: Row[Any]) -> Values:
        joint = KEYS_JOINED_BY.get(table.name, "|")
        row_id = joint.join(str(getattr(row, key.name)) for key in table.primary_key)
        return {
            column.name: self._open(column, getattr(row, column.name), row_id)
            for column in table.columns
            if not _is_secret(column)
        }

    def _open(self, column: Column[Any], value: Any, row_id: str) -> Any:
        if isinstance(value, datetime):
            return value.isoformat()
        if not isinstance(value, Sealed):
            return value
        place = Place(column.table.name, column.name, row_id)
        if isinstance(column.type, EncryptedBytes):
            return base64.b64encode(self._vault.open_bytes(value, place)).decode()
        return self._vault.open(value, place)


def _is_secret(column: Column[Any]) -> bool:
    return str(column) in SECRET or isinstance(column.type, LargeBinary)


async def _pages(
    query: Select[Any], keys: list[Column[Any]], read: Reading
) -> AsyncIterator[Row[Any]]:
    """Yield all rows, a part at a time, in the order of the primary key."""
    after: tuple[Any, ...] | None = None
    while True:
        part = query.limit(AT_ONCE)
        if after is not None:
            part = part.where(tuple_(*keys) > after)

        async def rows(tx: Transaction, part: Select[Any] = part) -> list[Any]:
            return list(await tx.execute(part))

        found = await read(rows)
        for row in found:
            yield row
        if len(found) < AT_ONCE:
            return
        after = tuple(getattr(found[-1], key.name) for key in keys)
