"""Strangers flood the media port while people join and talk."""

from __future__ import annotations

import asyncio

import pytest
from aiohttp import ClientSession

from benchmarks.flood.measure import Flooder
from benchmarks.relay.joining import Node
from benchmarks.relay.load import Load
from sfu.config import Config
from sfu.io.node import RunningNode, running
from tests.integration.conftest import TOKEN
from tests.support.waiting import until

CALLS = 50
PER_S = 1000


@pytest.mark.parametrize("filtered", [True, False], ids=["filtered", "no filter here"])
async def test_malformed_handshakes_keep_nobody_from_connecting(
    filtered: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not filtered:
        monkeypatch.setattr("sfu.io.socket_filter._attach", lambda *_: False)
    config = Config(token=TOKEN, announce=("127.0.0.1",), api_port=0, media_port=0)
    headers = {"Authorization": f"Bearer {TOKEN}"}
    async with (
        running(config) as node,
        ClientSession(node.url, headers=headers) as control,
    ):
        host, port = node.worker.media_addresses[0]
        flood = await asyncio.to_thread(
            Flooder, "strangers", [host, str(port), "handshakes", str(PER_S), "60"]
        )
        try:
            flood.go()
            await until(lambda: fended_off(node) > 0)
            load = Load()
            await load.join(Node(control), CALLS)  # raises unless media comes through, both ways
            await until(lambda: fended_off(node) > PER_S / 2)
            figures = node.worker.figures()
        finally:
            await asyncio.to_thread(flood.stop)
            load.wire.close()
    assert figures.connected_peers == 2 * CALLS
    assert figures.peer_errors == 0
    if figures.filter_states["0"] == "exact":
        assert figures.dropped["unchecked_handshake"] == 0


def fended_off(node: RunningNode) -> int:
    """How much of the flood was dropped: by the kernel where it filters exactly, else by us."""
    figures = node.worker.figures()
    if figures.filter_states["0"] == "exact":
        return figures.kernel_drops["0"]
    return figures.dropped["unauthenticated_check"] + figures.dropped["unchecked_handshake"]
