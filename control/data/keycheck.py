"""Notice at start-up that the key in use is not the one this database was written with."""

from __future__ import annotations

from sqlalchemy import Column, Integer, String, Table, insert, select

from control.data.database import Database, metadata
from control.data.encryption import Vault
from control.errors import ConfigError

key_checks = Table(
    "key_checks",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("fingerprint", String(64), nullable=False),
)


async def check_key(database: Database, vault: Vault) -> None:
    """Remember the key's fingerprint at the first start, compare it at each later one.

    Raises:
        ConfigError: The database was written with another key; nothing in it would open.
    """
    async with database.write() as transaction:
        known = await transaction.scalar(select(key_checks.c.fingerprint))
        if known is None:
            row = {"id": 1, "fingerprint": vault.fingerprint()}
            await transaction.execute(insert(key_checks).values(row))
        elif known != vault.fingerprint():
            raise ConfigError(
                "This database was written with another key. Put the key file back where it was, "
                "or name it in VISAVIS_KEY_FILE."
            )
