"""A network in virtual time: bytes move between sans-IO parties with seeded trouble.

`Network` joins any number of parties by address; `Link` is the usual case of two. Nothing
sleeps: time jumps from one delivery or deadline to the next.
"""

from __future__ import annotations

import heapq
import itertools
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from sfu.base.address import Address
from tests.support.clock import VirtualClock

LEFT_ADDRESS: Address = ("192.0.2.1", 40_000, 0)
RIGHT_ADDRESS: Address = ("198.51.100.1", 50_000, 0)
IP_UDP_BYTES = 28
_MAX_STEPS_AT_ONE_TIME = 20_000


class Party(Protocol):
    """The pure surface of every level of the media plane."""

    def receive_datagram(self, data: bytes, addr: Address, now: float) -> None: ...
    def handle_timeout(self, now: float) -> None: ...
    def next_timeout(self) -> float | None: ...
    def poll_transmit(self) -> tuple[bytes, Address] | None: ...


@dataclass(slots=True, kw_only=True)
class Path:
    """What happens to datagrams between one party and the rest, both ways. Change it any time."""

    loss: float = 0.0
    """Probability of being lost, 0 to 1; 1 cuts the line."""
    down_loss: float = 0.0
    """The same, towards the party alone."""
    up_loss: float = 0.0
    """The same, from the party alone."""
    delay_s: float = 0.01
    """One way."""
    jitter_s: float = 0.0
    """Added to the delay, uniform from 0 to this; order is kept."""
    reorder: float = 0.0
    """Probability of being overtaken: held back by another 1.5 × delay."""
    duplicate: float = 0.0
    """Probability of coming twice."""
    down_bps: float | None = None
    """Whole IP packets towards the party; None for no limit."""
    down_queue_s: float = 0.3
    """What would wait longer for its turn is lost."""
    up_bps: float | None = None
    """The same from the party."""
    up_queue_s: float = 0.3
    drop: Callable[[bytes], bool] | None = None
    """Loses exactly the datagrams for which it returns True."""
    tap: list[bytes] | None = None
    """Collects every datagram, lost or not."""


class Network:
    """Moves datagrams between attached parties; the same seed gives the same run."""

    def __init__(self, clock: VirtualClock | None = None, seed: int = 1) -> None:
        self.clock = clock if clock is not None else VirtualClock()
        self.delivered = 0
        self.lost = 0
        self._random = random.Random(seed)
        self._order = itertools.count()
        self._parties: dict[Address, Party] = {}
        self._paths: dict[Address, Path] = {}
        self._due: list[tuple[float, int, Callable[[], None]]] = []
        self._last_due: dict[tuple[Address, Address], float] = {}
        self._idle_at: dict[tuple[Address, bool], float] = {}
        """When each bottleneck is free again, by party and whether it is the way down."""

    def attach(self, party: Party, address: Address, path: Path | None = None) -> None:
        """Give `party` an address, and a path that all its datagrams cross in both directions."""
        self._parties[address] = party
        self._paths[address] = path if path is not None else Path(delay_s=0.0)

    def move(self, party: Party, address: Address) -> None:
        """Change a party's address, as a NAT or another network does."""
        old = next(a for a, p in self._parties.items() if p is party)
        del self._parties[old]
        self._parties[address] = party
        self._paths[address] = self._paths.pop(old)

    def waits_s(self, address: Address) -> float:
        """Return how long a packet from this party would wait now for its turn on the way up."""
        return max(self._idle_at.get((address, False), 0.0) - self.clock.now, 0.0)

    def call_at(self, when: float, action: Callable[[], None]) -> None:
        """Run `action` when the clock comes to `when`."""
        heapq.heappush(self._due, (when, next(self._order), action))

    def run(self, seconds: float) -> None:
        """Let `seconds` pass."""
        self._run(self.clock.now + seconds, lambda: False)

    def run_until(self, reached: Callable[[], bool], limit_s: float = 30.0) -> float:
        """Let time pass until `reached()`; fail after `limit_s`. Returns the seconds it took."""
        started_at = self.clock.now
        if not self._run(started_at + limit_s, reached):
            raise AssertionError(f"not reached within {limit_s} s of virtual time")
        return self.clock.now - started_at

    def _run(self, end: float, reached: Callable[[], bool]) -> bool:
        steps = 0
        while True:
            self._collect()
            if reached():
                return True
            when = self._next_time()
            if when is None or when > end:
                self.clock.advance_to(end)
                return False
            steps = 0 if when > self.clock.now else steps + 1
            assert steps < _MAX_STEPS_AT_ONE_TIME, "time stands still: a deadline is never met"
            self.clock.advance_to(when)
            self._step()

    def _next_time(self) -> float | None:
        deadlines = [party.next_timeout() for party in self._parties.values()]
        times = [deadline for deadline in deadlines if deadline is not None]
        times += [self._due[0][0]] if self._due else []
        return min(times, default=None)

    def _step(self) -> None:
        now = self.clock.now
        while self._due and self._due[0][0] <= now:
            heapq.heappop(self._due)[2]()
        for party in list(self._parties.values()):
            deadline = party.next_timeout()
            if deadline is not None and deadline <= now:
                party.handle_timeout(now)

    def _collect(self) -> None:
        for source, party in list(self._parties.items()):
            while (transmit := party.poll_transmit()) is not None:
                self._carry(transmit[0], source, transmit[1])

    def _carry(self, data: bytes, source: Address, target: Address) -> None:
        if target not in self._parties:
            self.lost += 1
            return
        paths = (self._paths[source], self._paths[target])
        copies = 1 + any(self._random.random() < path.duplicate for path in paths)
        for _ in range(copies):
            if any(self._loses(path, data) for path in paths) or self._loses_one_way(*paths):
                self.lost += 1
            else:
                self._schedule(data, source, target, paths)

    def _loses(self, path: Path, data: bytes) -> bool:
        if path.tap is not None:
            path.tap.append(data)
        if path.drop is not None and path.drop(data):
            return True
        return path.loss > 0 and self._random.random() < path.loss

    def _loses_one_way(self, up: Path, down: Path) -> bool:
        return any(
            0 < loss and self._random.random() < loss for loss in (up.up_loss, down.down_loss)
        )

    def _schedule(
        self, data: bytes, source: Address, target: Address, paths: tuple[Path, ...]
    ) -> None:
        size_bytes = len(data) + IP_UDP_BYTES
        up, down = paths
        wait_s = self._wait_s((source, False), up.up_bps, up.up_queue_s, size_bytes, 0.0)
        if wait_s is not None:
            way = (target, True)
            wait_s = self._wait_s(way, down.down_bps, down.down_queue_s, size_bytes, wait_s)
        if wait_s is None:
            self.lost += 1
            return
        delay = sum(path.delay_s + self._random.uniform(0, path.jitter_s) for path in paths)
        due = self.clock.now + wait_s + delay
        if any(self._random.random() < path.reorder for path in paths):
            due += 1.5 * delay
        else:
            due = max(due, self._last_due.get((source, target), 0.0))
            self._last_due[source, target] = due
        self.call_at(due, lambda: self._deliver(data, source, target))

    def _wait_s(
        self,
        way: tuple[Address, bool],
        rate_bps: float | None,
        queue_s: float,
        size_bytes: int,
        after_s: float,
    ) -> float | None:
        """Return how long a packet takes to get through a bottleneck, from now; None if lost.

        Args:
            way: Whose, and whether it is the one towards it.
            rate_bps: None for no limit.
            queue_s: What would wait longer is lost.
            size_bytes: Of the whole IP packet.
            after_s: When it reaches the bottleneck, from now.
        """
        if rate_bps is None:
            return after_s
        at = self.clock.now + after_s
        turn_at = max(at, self._idle_at.get(way, at))
        if turn_at - at > queue_s:
            return None
        self._idle_at[way] = turn_at + size_bytes * 8 / rate_bps
        return self._idle_at[way] - self.clock.now

    def _deliver(self, data: bytes, source: Address, target: Address) -> None:
        party = self._parties.get(target)
        if party is None:  # it moved away in the meantime
            self.lost += 1
            return
        self.delivered += 1
        party.receive_datagram(data, source, self.clock.now)


class Link(Network):
    """Two parties and one path between them."""

    def __init__(
        self,
        left: Party,
        right: Party,
        *,
        loss: float = 0.0,
        delay_s: float = 0.01,
        jitter_s: float = 0.0,
        reorder: float = 0.0,
        duplicate: float = 0.0,
        seed: int = 1,
        clock: VirtualClock | None = None,
    ) -> None:
        super().__init__(clock, seed)
        self.path = Path(
            loss=loss, delay_s=delay_s, jitter_s=jitter_s, reorder=reorder, duplicate=duplicate
        )
        self.attach(left, LEFT_ADDRESS, self.path)
        self.attach(right, RIGHT_ADDRESS)
