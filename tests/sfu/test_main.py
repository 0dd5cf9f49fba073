"""A node as a process of its own."""

from __future__ import annotations

import gc
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import SimpleNamespace

import pytest

from sfu.__main__ import serve
from sfu.config import Config
from sfu.io.worker import Worker


async def test_a_node_runs_with_what_is_imported_kept_out_of_collections(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    frozen: list[int] = []

    @asynccontextmanager
    async def running(config: Config) -> AsyncIterator[SimpleNamespace]:
        frozen.append(gc.get_freeze_count())
        signal.raise_signal(signal.SIGTERM)
        yield SimpleNamespace(worker=Worker(config))

    monkeypatch.setattr("sfu.__main__.running", running)
    await serve(Config(token="a-token-for-tests", announce=("127.0.0.1",), drain_s=0))
    assert frozen[0] > 1000
    assert gc.get_freeze_count() == 0
