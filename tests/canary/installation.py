"""A running product with a canary's account in it, and canaries as operators run them."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from canary.settings import Settings
from control.auth.messages import Registration
from control.composition import build
from control.config import load
from tests.control.run.product import Visavis, ports, visavis

EMAIL, PASSWORD = "canary@example.org", "a long enough password"
PERSON = "rossi@example.org"
WRITTEN = (
    "patients", "invitations", "settings", "sessions", "visits", "messages", "line_checks",
    "line_changes", "logins",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Ended:
    status: int
    out: str
    err: str


@dataclass(frozen=True, slots=True)
class Installation:
    """`visavis serve`, with the accounts of a canary and of a person."""

    data: Path
    url: str
    serve: Visavis

    async def canary(self, *arguments: str, **settings: str) -> Ended:
        """Run it to its end, as `visavis canary` does."""
        return await canary(*arguments, **(credentials(self.url) | settings))

    def settings(self, email: str = EMAIL, password: str = PASSWORD) -> Settings:
        return Settings(self.url, email, password, listen_s=1.0)

    def rows(self) -> dict[str, int]:
        """Count what a visit writes, by table; those that have none are left out."""
        with closing(sqlite3.connect(self.data / "visavis.db")) as connection:
            found = {
                table: connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
                for table in WRITTEN
            }
        return {table: count for table, count in found.items() if count}


def credentials(url: str) -> dict[str, str]:
    return {
        "VISAVIS_CANARY_URL": url,
        "VISAVIS_CANARY_EMAIL": EMAIL,
        "VISAVIS_CANARY_PASSWORD": PASSWORD,
    }


async def start(*arguments: str, **settings: str) -> asyncio.subprocess.Process:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("VISAVIS_")}
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "canary", *arguments),
        env=kept | settings,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )


async def canary(*arguments: str, **settings: str) -> Ended:
    process = await start(*arguments, **settings)
    out, err = await process.communicate()
    assert process.returncode is not None
    return Ended(process.returncode, out.decode(), err.decode())


@asynccontextmanager
async def installed(data: Path, **settings: str) -> AsyncIterator[Installation]:
    """Run the product on free ports of this machine."""
    wanted = ports() | settings
    control = build(load(wanted | {"VISAVIS_DATA": str(data)}))
    await control.start()
    for email, is_canary in ((EMAIL, True), (PERSON, False)):
        form = Registration(email=email, password=PASSWORD, name="Dr. Rossi", language="en")
        await control.registration.add(form, is_canary=is_canary, now=datetime.now(UTC))
    await control.close()
    async with visavis(data, "serve", **wanted) as serve:
        url = (await serve.line("Visavis is at")).split()[-1]
        await serve.line("following the media node's events")
        yield Installation(data, url, serve)
