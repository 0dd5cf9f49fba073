"""A node, and our client of it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from control.nodes.client import SfuClient
from tests.control.nodes.node import TOKEN, Node


@pytest.fixture
async def node() -> AsyncIterator[Node]:
    node = Node()
    await node.server.start_server()
    yield node
    await node.server.close()


@pytest.fixture
async def client(node: Node) -> AsyncIterator[SfuClient]:
    client = SfuClient(str(node.server.make_url("/")), TOKEN)
    yield client
    await client.close()
