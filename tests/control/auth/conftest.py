"""Fixtures of tests about accounts that get mail."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.control.stage import Stage, make_config
from tests.support.mailbox import Mailbox, smtp_server


@pytest.fixture
async def post() -> AsyncIterator[Mailbox]:
    async with smtp_server() as mailbox:
        yield mailbox


@pytest.fixture
async def mailing(post: Mailbox, database_url: str, tmp_path: Path) -> AsyncIterator[Stage]:
    """A running control that sends mail, on each kind of database."""
    config = make_config(
        tmp_path, database_url=database_url, smtp_url=post.url, mail_from="visavis@practice.test"
    )
    async with Stage(config) as running:
        yield running
