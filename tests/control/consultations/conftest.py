"""First consultations are tested on each kind of database."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.control.consultations.first import First
from tests.control.stage import Stage, make_config


@pytest.fixture
async def stage(tmp_path: Path, database_url: str) -> AsyncIterator[Stage]:
    """A running control on each kind of database in turn."""
    async with Stage(make_config(tmp_path, database_url=database_url)) as running:
        yield running


@pytest.fixture
async def first(stage: Stage) -> First:
    """A first consultation whose link nobody has opened."""
    return await First.begin(stage)
