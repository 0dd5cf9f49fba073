"""The soaked node: what it says that it holds."""

from __future__ import annotations

import weakref

from benchmarks.relay.processes import start_node
from benchmarks.soak.__main__ import held
from benchmarks.soak.node import counted


def test_the_node_tells_what_it_holds_and_the_kernel_what_it_has() -> None:
    node = start_node("benchmarks.soak.node")
    try:
        first, second = held(node), held(node)
    finally:
        node.stop()
    assert first["tasks"] == second["tasks"]
    assert (first["objects"] or 0) > 100
    assert (first["files"] or 0) > 5
    assert (first["threads"] or 0) >= 2  # that which tells is one
    assert (first["memory_kb"] or 0) > 10_000


def test_counting_keeps_nothing_alive() -> None:
    class Thing:
        """What a node would have let go of since the last count."""

    thing = Thing()
    known = weakref.ref(thing)
    assert counted()[0] > 100
    del thing
    assert known() is None
