"""What became of every packet, and how punctual the emulator was: the truth of a run."""

from __future__ import annotations

import json
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from enum import IntEnum
from typing import NamedTuple, TextIO

from benchmarks.netlab.link import Fate

#: 34 bytes a packet: 68 MB at most. Counters go on when the log is full.
MAX_RECORDS = 2_000_000
#: A run less punctual than this says nothing about what was measured in it (PROBES.md).
VOID_ABOVE_MS = 2.0


class Direction(IntEnum):
    """Which way a packet goes."""

    UP = 0  # from the client's namespace to the server's
    DOWN = 1


class Record(NamedTuple):
    """One packet. Times in seconds of CLOCK_MONOTONIC, which all namespaces share."""

    time_in: float
    direction: Direction
    size_bytes: int
    fate: Fate
    copy: bool
    time_out: float  # when it was written, or dropped; 0 while in flight
    lateness_s: float  # how much after its deadline it was written; 0 unless delivered
    ssrc: int = 0  # of RTP, whose header is in the clear; 0 of everything else
    seq: int = 0


class FateLog:
    """Records in columns: small, quick to append to, and cheap to hand to another process."""

    def __init__(self, limit: int = MAX_RECORDS) -> None:
        self._limit = limit
        self.missing = 0
        self._time_in = array("d")
        self._time_out = array("d")
        self._lateness = array("f")
        self._size = array("I")
        self._kind = array("B")  # direction | copy << 1
        self._fate = array("B")
        self._ssrc = array("I")
        self._seq = array("H")

    def __len__(self) -> int:
        return len(self._fate)

    def enter(
        self,
        time_in: float,
        direction: Direction,
        size_bytes: int,
        copy: bool,
        stream: tuple[int, int] = (0, 0),
    ) -> int:
        """Begin a record and return its number, or -1 when the log is full.

        Args:
            stream: SSRC and sequence number of RTP.
        """
        if len(self._fate) >= self._limit:
            self.missing += 1
            return -1
        self._time_in.append(time_in)
        self._time_out.append(0.0)
        self._lateness.append(0.0)
        self._size.append(size_bytes)
        self._kind.append(direction | copy << 1)
        self._fate.append(Fate.IN_FLIGHT)
        self._ssrc.append(stream[0])
        self._seq.append(stream[1])
        return len(self._fate) - 1

    def close(self, number: int, fate: Fate, time_out: float, lateness_s: float = 0.0) -> None:
        """Say how a packet ended; a number of -1 is ignored."""
        if number >= 0:
            self._fate[number] = fate
            self._time_out[number] = time_out
            self._lateness[number] = lateness_s

    def __iter__(self) -> Iterator[Record]:
        columns = zip(
            self._time_in,
            self._kind,
            self._size,
            self._fate,
            self._time_out,
            self._lateness,
            self._ssrc,
            self._seq,
            strict=True,
        )
        for time_in, kind, size, fate, time_out, late, ssrc, seq in columns:
            way, copy = Direction(kind & 1), kind > 1
            yield Record(time_in, way, size, Fate(fate), copy, time_out, late, ssrc, seq)

    def lateness_ms(self) -> list[float]:
        """The lateness of every packet delivered."""
        pairs = zip(self._fate, self._lateness, strict=True)
        return [late * 1000 for fate, late in pairs if fate == Fate.DELIVERED]

    def write_jsonl(self, file: TextIO) -> None:
        """Write one JSON object a line."""
        for record in self:
            row = record._asdict()
            row |= {"direction": record.direction.name.lower(), "fate": record.fate.name.lower()}
            file.write(json.dumps(row) + "\n")


@dataclass(frozen=True, slots=True)
class Totals:
    """One direction's packets, all of them: also those the log had no room for."""

    sent: int
    copies: int
    bytes_in: int
    fates: dict[str, int]


@dataclass(frozen=True, slots=True)
class Report:
    """A run in numbers. `void` gives the reason when it must not be used, else is None."""

    profile: str
    seed: int
    seconds: float
    up: Totals
    down: Totals
    lateness_ms_p50: float
    lateness_ms_p99: float
    #: How late the loop's own timer woke it: bounds what reading adds, which no packet shows.
    wake_ms_p99: float
    #: Packets the kernel dropped before or after the emulator had them.
    kernel_drops: int
    unlogged: int
    realtime: bool
    void: str | None

    def as_json(self) -> str:
        """One line."""
        return json.dumps(asdict(self))


def why_void(lateness_ms_p99: float, wake_ms_p99: float, kernel_drops: int) -> str | None:
    """Say why a run must not be used, or None."""
    if lateness_ms_p99 > VOID_ABOVE_MS:
        return f"lateness p99 {lateness_ms_p99:.2f} ms is above {VOID_ABOVE_MS:g} ms"
    if wake_ms_p99 > VOID_ABOVE_MS:
        return f"the loop woke late: p99 {wake_ms_p99:.2f} ms is above {VOID_ABOVE_MS:g} ms"
    if kernel_drops:
        return f"the kernel dropped {kernel_drops} packets that the log does not explain"
    return None


def percentile(values: Iterable[float], share: float) -> float:
    """Return the value below which that share lies (nearest rank); 0 without values."""
    ordered: Sequence[float] = sorted(values)
    if not ordered:
        return 0.0
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
