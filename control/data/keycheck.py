"""Notice at start-up that the keys in use are not those this database was written with."""

from __future__ import annotations

from sqlalchemy import Column, Integer, String, Table, insert, select

from control.data.database import Database, Transaction, metadata
from control.data.encryption import Vault
from control.data.keyfile import KeyFile, made_meanwhile
from control.errors import ConfigError

key_checks = Table(
    "key_checks",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("fingerprint", String(64), nullable=False),
)
"""Every key this database was ever written with, oldest first."""


async def check_key(database: Database, vault: Vault, file: KeyFile) -> None:
    """Compare the keys with those of earlier starts, and remember those that came since.

    A key made for a first start is kept in its file here, once it is clear that there was none.

    Raises:
        ConfigError: The file is missing, or a key that this database was written with.
    """

    async def compare(tx: Transaction) -> None:
        query = select(key_checks.c.fingerprint).order_by(key_checks.c.id)
        known = list(await tx.scalars(query))
        found = vault.fingerprints()
        if found[: len(known)] != known:
            raise ConfigError(_wrong(file))
        if file.is_new:
            file.save()
        for number, fingerprint in list(enumerate(found, start=1))[len(known) :]:
            row = {"id": number, "fingerprint": fingerprint}
            await tx.execute(insert(key_checks).values(row))

    await database.transact(compare)


def _wrong(file: KeyFile) -> str:
    if file.is_new and not file.path.exists():
        return (
            f"The key file {file.path} is missing, and this database was written with a key. Put "
            "the file back where it was, or name it in VISAVIS_KEY_FILE. No new key was made."
        )
    if file.is_new:
        return made_meanwhile(file.path)
    return (
        f"This database was written with another key than those in {file.path}. Put the key file "
        "back where it was, or name it in VISAVIS_KEY_FILE; after a rotation the former keys stay "
        "in it, below the new one."
    )
