"""The word of a page at the node: kept for a while, seldom read, and never of anybody else."""

from __future__ import annotations

import json

import pytest

from sfu.engine.page import EVERY_S, FORGOTTEN_AFTER_S, MAX_RELAYS, Page
from sfu.engine.recipient import hear_page
from sfu.messages import PageWord
from tests.support.plane import World

FROZEN = json.dumps({"type": "page", "freezes": 3, "frozen_ms": 2_000, "concealed_ratio": 0.5})


def relay(*ports: int) -> str:
    relays = [{"host": "203.0.113.5", "port": port} for port in ports]
    return json.dumps({"type": "page", "relays": relays})


def test_the_last_word_counts_until_it_is_old() -> None:
    page = Page()
    assert page.word(0.0) is None
    page.hear(FROZEN, 1.0)
    page.hear('{"type": "page", "freezes": 0}', 5.0)
    assert page.word(6.0) == PageWord(freezes=0)
    assert page.word(5.0 + FORGOTTEN_AFTER_S) is None


def test_a_flood_is_not_read() -> None:
    page = Page()
    page.hear(FROZEN, 1.0)
    for n in range(1_000):
        page.hear(f'{{"type": "page", "freezes": {n}}}', 1.0 + n / 2_000)
    assert page.word(2.0) == PageWord(freezes=3, frozen_ms=2_000, concealed_ratio=0.5)
    page.hear('{"type": "page", "freezes": 7}', 1.0 + EVERY_S)
    assert page.word(2.0) == PageWord(freezes=7)


def test_nonsense_leaves_the_last_word_and_delays_the_next() -> None:
    page = Page()
    page.hear(FROZEN, 1.0)
    page.hear('{"type": "page", "freezes": -1}', 3.0)
    assert page.word(3.0) is not None
    page.hear('{"type": "page", "freezes": 7}', 3.0 + EVERY_S / 2)
    assert page.word(4.0) == PageWord(freezes=3, frozen_ms=2_000, concealed_ratio=0.5)


def test_a_page_cannot_make_the_node_remember_ever_more_relays() -> None:
    page = Page()
    for n in range(20):
        page.hear(relay(*range(1_000 + 8 * n, 1_008 + 8 * n)), float(n))
    known = [p for p in range(1_000, 1_200) if page.is_relay(("203.0.113.5", p, 0), in_use=False)]
    assert len(known) == MAX_RELAYS


def test_an_address_is_a_relay_by_name_or_while_the_page_says_that_it_sends_by_one() -> None:
    page, here = Page(), ("203.0.113.5", 61_000, 0)
    assert not page.is_relay(here, in_use=True)
    page.hear(relay(61_000), 1.0)
    assert page.is_relay(here, in_use=False)
    assert not page.is_relay(("203.0.113.5", 61_001, 0), in_use=True)
    page.hear('{"type": "page", "relayed": true}', 5.0)  # as behind a NAT of the relay's own
    assert page.is_relay(("203.0.113.5", 61_001, 0), in_use=True)
    assert not page.is_relay(("203.0.113.5", 61_001, 0), in_use=False)


@pytest.mark.parametrize("data", [FROZEN.encode(), "nonsense"])
def test_bytes_and_nonsense_on_the_channel_are_no_word(world: World, data: str | bytes) -> None:
    _, patient = world.pair()
    hear_page(world.engine.peers, patient.id, data, world.now)
    assert patient.state.page is None
    hear_page(world.engine.peers, "nobody", FROZEN, world.now)


def test_a_word_is_told_with_its_own_peer_and_changes_nothing_that_is_measured() -> None:
    """Two worlds alike, one with a page that complains: only the complaint differs."""

    def states(words: str | None) -> list[dict[str, object]]:
        world = World(seed=7)
        therapist, patient = world.pair(gate_open=True)
        for _ in range(12):
            world.run(1.0)
            if words is not None:
                hear_page(world.engine.peers, patient.id, words, world.now)
        return [
            {"level": one.quality and one.quality.level, "cause": one.quality and one.quality.cause}
            | {"page": one.page, "connected": one.connected}
            for one in (therapist.state, patient.state)
        ]

    quiet, loud = states(None), states(FROZEN)
    assert loud[0] == quiet[0]
    assert loud[1].pop("page") == PageWord(freezes=3, frozen_ms=2_000, concealed_ratio=0.5)
    assert quiet[1].pop("page") is None
    assert loud[1] == quiet[1]
