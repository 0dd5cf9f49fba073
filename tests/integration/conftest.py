"""A media node in this process, on free ports of this machine."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from aiohttp import ClientSession

from sfu.config import Config
from sfu.io.node import RunningNode, running

TOKEN = "a-token-for-tests-only"


@pytest.fixture
async def node() -> AsyncIterator[RunningNode]:
    """A started SFU: `node.url` and `node.token` reach its API, `node.worker` is its inside."""
    async with running(Config(token=TOKEN, api_port=0, media_port=0)) as node:
        yield node


@pytest.fixture
async def control(node: RunningNode) -> AsyncIterator[ClientSession]:
    """An HTTP client that may give the node commands."""
    headers = {"Authorization": f"Bearer {node.token}"}
    async with ClientSession(node.url, headers=headers) as session:
        yield session
