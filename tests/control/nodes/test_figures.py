"""What a node counts, read off the very text that it exposes."""

from __future__ import annotations

import json

import pytest

from control.errors import Unavailable
from control.nodes.client import SfuClient
from control.nodes.figures import read_figures
from sfu.messages import NodeLoad
from tests.control.nodes.node import Node

TEXT = """\
# HELP sfu_peers Media connections.
# TYPE sfu_peers gauge
sfu_peers{state="connected"} 4.0
sfu_peers{state="not_connected"} 1.0
# TYPE sfu_join_seconds histogram
sfu_join_seconds_bucket{le="0.5"} 3.0
sfu_join_seconds_bucket{le="+Inf"} 5.0
sfu_join_seconds_bucket{le="1.0"} 4.0
sfu_join_seconds_count 5.0
# TYPE sfu_first_packet_seconds histogram
sfu_first_packet_seconds_bucket{slot="audio",le="0.5"} 2.0
sfu_first_packet_seconds_bucket{slot="camera",le="0.5"} 9.0
"""


def test_a_value_is_known_by_its_name_and_labels() -> None:
    figures = read_figures(TEXT)
    assert figures.value("sfu_peers", state="connected") == 4
    assert figures.value("sfu_peers") is None
    assert figures.by("sfu_peers", "state") == {"connected": 4, "not_connected": 1}
    assert figures.by("sfu_rooms", "state") == {}


def test_buckets_come_in_the_order_of_their_bounds() -> None:
    figures = read_figures(TEXT)
    assert figures.buckets("sfu_join_seconds") == ((0.5, 3), (1.0, 4), (float("inf"), 5))
    assert figures.buckets("sfu_first_packet_seconds", slot="audio") == ((0.5, 2),)
    assert figures.buckets("sfu_relay_seconds") == ()


async def test_a_node_tells_how_busy_it_is_and_what_it_counts(
    node: Node, client: SfuClient
) -> None:
    load = NodeLoad(
        boot_id="b", rooms=1, peers=2, loop_lag_p95_ms=0.5, cpu_ratio=0.1, draining=False,
        packet_core="python",
    )  # fmt: skip
    node.answer.text = json.dumps(load.model_dump())
    assert await client.load() == load
    node.answer.text = TEXT
    assert (await client.figures()).value("sfu_peers", state="connected") == 4
    assert [path for _, path, _, _ in node.heard] == ["/load", "/metrics"]


async def test_figures_that_are_none_are_no_answer(node: Node, client: SfuClient) -> None:
    node.answer.text = "<html>"
    with pytest.raises(Unavailable):
        await client.figures()
    node.refuse(503, "shutting_down")
    with pytest.raises(Unavailable):
        await client.load()
