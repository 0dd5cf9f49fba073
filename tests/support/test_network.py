"""The network that the other tests trust."""

from __future__ import annotations

from typing import Any

import pytest

from sfu.base.address import Address
from tests.support.network import LEFT_ADDRESS, RIGHT_ADDRESS, Link, Network, Path


class Talker:
    """Sends numbered datagrams at fixed times and remembers what came, and when."""

    def __init__(self, target: Address, start: float = 0.0, count: int = 0) -> None:
        self.received: list[tuple[float, bytes, Address]] = []
        self._target = target
        self._at = [start + n * 0.01 for n in range(count)]
        self._ready: list[bytes] = []
        self._sent = 0

    def receive_datagram(self, data: bytes, addr: Address, now: float) -> None:
        self.received.append((now, data, addr))

    def handle_timeout(self, now: float) -> None:
        while self._at and self._at[0] <= now:
            self._at.pop(0)
            self._ready.append(self._sent.to_bytes(4, "big"))
            self._sent += 1

    def next_timeout(self) -> float | None:
        return self._at[0] if self._at else None

    def poll_transmit(self) -> tuple[bytes, Address] | None:
        return (self._ready.pop(0), self._target) if self._ready else None

    @property
    def numbers(self) -> list[int]:
        return [int.from_bytes(data, "big") for _, data, _ in self.received]


def talk(count: int = 500, **trouble: Any) -> Talker:
    """Send `count` datagrams from left to right, 10 ms apart; return who heard them."""
    left, right = Talker(RIGHT_ADDRESS, 1000.0, count), Talker(LEFT_ADDRESS)
    Link(left, right, **trouble).run(count * 0.01 + 5)
    return right


def test_link_delivers_everything_in_order_after_the_delay() -> None:
    right = talk(3, delay_s=0.05)

    assert right.numbers == [0, 1, 2]
    assert [now for now, _, _ in right.received] == pytest.approx([1000.05, 1000.06, 1000.07])
    assert {addr for _, _, addr in right.received} == {LEFT_ADDRESS}


def test_link_loses_about_as_many_as_it_is_told() -> None:
    assert len(talk(loss=0.2).received) == pytest.approx(400, abs=40)


def test_link_keeps_the_order_under_jitter_and_breaks_it_when_told() -> None:
    jittered = talk(jitter_s=0.05).numbers
    reordered = talk(reorder=0.1).numbers

    assert jittered == sorted(jittered)
    assert reordered != sorted(reordered)
    assert sorted(reordered) == list(range(500))


def test_link_duplicates_when_told() -> None:
    assert len(talk(duplicate=0.1).received) == pytest.approx(550, abs=25)


def test_link_runs_the_same_for_the_same_seed() -> None:
    trouble: dict[str, Any] = {"loss": 0.1, "jitter_s": 0.02, "reorder": 0.05, "duplicate": 0.05}

    assert talk(**trouble, seed=3).received == talk(**trouble, seed=3).received
    assert talk(**trouble, seed=3).received != talk(**trouble, seed=4).received


def test_network_follows_a_party_that_moves() -> None:
    network = Network()
    left, right = Talker(RIGHT_ADDRESS, network.clock.now, 10), Talker(LEFT_ADDRESS)
    network.attach(left, LEFT_ADDRESS, Path(delay_s=0.0))
    network.attach(right, RIGHT_ADDRESS)
    network.run(0.045)
    elsewhere = ("203.0.113.9", 1, 0)

    network.move(left, elsewhere)
    network.run(1)

    assert [addr for _, _, addr in right.received] == [LEFT_ADDRESS] * 5 + [elsewhere] * 5


def test_network_fails_when_something_is_never_reached() -> None:
    with pytest.raises(AssertionError, match="not reached"):
        Network().run_until(lambda: False, limit_s=5)
