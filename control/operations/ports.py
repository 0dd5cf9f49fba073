"""What operators' figures are read from, and what their page asks of other nouns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from control.data.database import Transaction
from sfu.messages import NodeLoad


class Figures(Protocol):
    """One reading of what a node counts, by the names of its metrics."""

    def value(self, name: str, **labels: str) -> float | None: ...

    def by(self, name: str, label: str) -> Mapping[str, float]: ...

    def buckets(self, name: str, **labels: str) -> Sequence[tuple[float, int]]: ...


class Node(Protocol):
    """One media node, as its operator sees it."""

    @property
    def is_connected(self) -> bool:
        """Whether its events come."""
        ...

    async def load(self) -> NodeLoad:
        """Raises: Unavailable: media_away."""
        ...

    async def figures(self) -> Figures:
        """Raises: Unavailable: media_away."""
        ...

    async def drain(self, draining: bool) -> None:
        """Raises: Unavailable: media_away."""
        ...


@dataclass(frozen=True, slots=True)
class ChannelTally:
    """How many messages of one channel stand where."""

    channel: str
    waiting: int
    """Not handed over yet."""
    sent: int
    """In the last 24 hours."""
    failed: int
    """Refused, given up or lost, in the last 24 hours."""
    oldest_waits_since: datetime | None


class Tries(Protocol):
    def failed_tries(self) -> Mapping[tuple[str, str], int]:
        """Return how often gateways took no message, by channel and why, since control started."""
        ...


class MessageTally(Protocol):
    async def count(self, tx: Transaction, *, now: datetime) -> Iterable[ChannelTally]:
        """Count the messages of each channel that has a gateway."""


@dataclass(frozen=True, slots=True)
class OpenSessions:
    """Sessions that have not ended."""

    by_state: dict[str, int]
    waiting: int
    """Patients in a waiting room, who are not let in."""
    longest_wait_s: float


class SessionCounter(Protocol):
    async def count(self, tx: Transaction, now: datetime) -> OpenSessions: ...


class MessageCounter(Protocol):
    async def count(self, tx: Transaction) -> dict[tuple[str, str], int]:
        """Return how many messages there are, by channel and state."""
        ...
