"""A worker on loopback, its API behind aiohttp's test client, and a page's data channels."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from sfu.config import Config
from sfu.io.api import make_app
from sfu.io.worker import Worker
from tests.sfu.io.page import Visit

TOKEN = "a-token-for-tests-only"
Client = TestClient[web.Request, web.Application]


@pytest.fixture
async def worker() -> AsyncIterator[Worker]:
    worker = Worker(Config(token=TOKEN, announce=("127.0.0.1",), media_port=0))
    await worker.start()
    yield worker
    await worker.stop()


@pytest.fixture
async def client(worker: Worker) -> AsyncIterator[Client]:
    headers = {"Authorization": f"Bearer {TOKEN}"}
    async with TestClient(TestServer(make_app(worker, TOKEN)), headers=headers) as client:
        yield client


@pytest.fixture
async def visit() -> AsyncIterator[Visit]:
    """A node's data channels and a page's, not connected yet; nothing may be left of them."""
    visit = Visit()
    yield visit
    await visit.stop()
    await asyncio.sleep(0)
    assert asyncio.all_tasks() == {asyncio.current_task()}
