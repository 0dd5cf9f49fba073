"""No bytes that anybody sends make a reader of ours raise, hang, or say what cannot be true."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from tests.fuzz.strategies import damaged
from tests.fuzz.targets import TARGETS, seeds

CRASHES = Path(__file__).parents[1] / "data" / "crashes"
EXAMPLES = {"offer": 60, "handshake": 100, "peers_rtp": 60, "peers_rtcp": 60}
"""Fewer for those that take milliseconds each; 600 for the others."""


@pytest.mark.parametrize("name", TARGETS)
def test_no_input_breaks(name: str) -> None:
    @settings(
        deadline=None,
        max_examples=EXAMPLES.get(name, 600),
        suppress_health_check=[HealthCheck.too_slow],
    )
    @given(damaged(seeds(name)))
    def fuzz(data: bytes) -> None:
        TARGETS[name](data)

    fuzz()


@pytest.mark.parametrize("name", TARGETS)
def test_unchanged_seeds_break_nothing(name: str) -> None:
    for data in seeds(name):
        TARGETS[name](data)


def test_what_once_broke_a_reader_breaks_it_no_more() -> None:
    for path in sorted(CRASHES.glob("*/*")):
        print(path)  # shown when it raises
        TARGETS[path.parent.name](path.read_bytes())
