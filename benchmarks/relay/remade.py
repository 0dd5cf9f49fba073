"""What became of each sound and picture that a server decoded and encoded again.

Packets that come are others than those that were sent. A picture is known by its RTP timestamp,
which the server moves by an amount of its own that is the same for all of a stream: as steps
between pictures are uneven (`benchmarks.peers.recorded`), only one amount fits. Sounds are counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import ip_address

import numpy as np
from numpy.typing import NDArray

from benchmarks.relay.counting import Seen
from benchmarks.relay.figures import Round
from benchmarks.relay.traffic import Due
from sfu.base.media import Slot

HELD_S = 0.25
"""At the end of a round, of which nothing is missed: a server that decodes keeps some back until
more comes. What is later than that is lost to a talk."""
ROUNDED = 2
"""Ticks of a timestamp: libraries count in other units between."""


@dataclass(frozen=True, slots=True)
class _Came:
    """The packets of one stream."""

    times: NDArray[np.uint32]
    """RTP timestamps."""
    stamps_ns: NDArray[np.int64]


def judge(
    relay: str,
    calls: int,
    seconds: float,
    rows: Sequence[Due],
    datagrams: Sequence[bytes],
    seen: Seen,
    started_ns: int,
    cpu_s: float,
) -> Round:
    """Count what came by stream, and match pictures; latency is theirs, from the last packet sent
    to the first received.

    Args:
        datagrams: What was sent, a row each.
    """
    sent_ns = np.repeat(seen.batch_stamps_ns, np.diff([0, *seen.batch_ends]))
    due_ns = started_ns + (np.array([row.at for row in rows]) * 1e9).astype(np.int64)
    until_ns = started_ns + int((seconds - HELD_S) * 1e9)
    heads = np.concatenate(seen.heads)
    received = audio_sent = audio_received = lost = 0
    latencies_ms = []
    for ssrc, members in _by_stream(rows).items():
        first = rows[members[0]]
        came = _came(heads, seen, ssrc, first.receiver.receives_at)
        received += len(came.times)
        if first.stream.line.slot is Slot.AUDIO:
            audio_sent += len(members)
            audio_received += len(came.times)
            lost += max(0, int((sent_ns[members] < until_ns).sum()) - len(came.times))
            continue
        lasts = [n for n in members if datagrams[n][1] & 0x80]
        times = np.array([int.from_bytes(datagrams[n][4:8], "big") for n in lasts], np.uint32)
        took_ns = _took_ns(times, sent_ns[lasts], came)
        lost += int((np.isnan(took_ns) & (sent_ns[lasts] < until_ns)).sum())
        latencies_ms.append(took_ns[~np.isnan(took_ns)] / 1e6)
    latency_ms = np.concatenate(latencies_ms) if latencies_ms else np.zeros(0)
    return Round(
        relay=relay,
        calls=calls,
        seconds=seconds,
        sent=len(rows),
        received=received,
        audio_sent=audio_sent,
        audio_received=audio_received,
        lost=lost,
        changed=sum(not _is_authentic(rows, data, to) for data, to in seen.samples),
        cpu_s=cpu_s,
        latency_ms_p50=float(np.percentile(latency_ms, 50)) if len(latency_ms) else 0.0,
        latency_ms_p99=float(np.percentile(latency_ms, 99)) if len(latency_ms) else 0.0,
        lateness_ms_p99=float(np.percentile((sent_ns - due_ns) / 1e6, 99)),
    )


def _by_stream(rows: Sequence[Due]) -> dict[int, list[int]]:
    """Return which rows belong to each stream, by what its receiver gets it under."""
    found: dict[int, list[int]] = {}
    for n, row in enumerate(rows):
        found.setdefault(row.stream.down_ssrc, []).append(n)
    return found


def _came(heads: NDArray[np.uint8], seen: Seen, ssrc: int, address: str) -> _Came:
    ours = (_u32(heads, 8) == ssrc) & (np.concatenate(seen.receivers) == int(ip_address(address)))
    return _Came(_u32(heads, 4)[ours], np.concatenate(seen.stamps_ns)[ours])


def _u32(heads: NDArray[np.uint8], at: int) -> NDArray[np.uint32]:
    return heads[:, at : at + 4].copy().view(">u4")[:, 0].astype(np.uint32)


def _took_ns(
    times: NDArray[np.uint32], sent_ns: NDArray[np.int64], came: _Came
) -> NDArray[np.float64]:
    """Return how long each picture took; NaN where it did not come."""
    found = np.full(len(times), np.nan)
    if not len(times) or not len(came.times):
        return found
    came_times, firsts = np.unique(came.times, return_index=True)
    wanted = times + shift(times, came_times)
    at = np.searchsorted(came_times, wanted).clip(max=len(came_times) - 1)
    matched = came_times[at] - wanted <= ROUNDED
    found[matched] = came.stamps_ns[firsts[at[matched]]] - sent_ns[matched]
    return found


def shift(sent: NDArray[np.uint32], came: NDArray[np.uint32]) -> np.uint32:
    """Return what most of the timestamps that came are ahead of one that was sent, modulo 2^32.

    Or up to `ROUNDED` more.
    """
    amounts = np.sort((came[:, None] - sent[None, :]).ravel())
    ends = np.searchsorted(amounts, amounts.astype(np.int64) + ROUNDED, side="right")
    most: np.uint32 = amounts[(ends - np.arange(len(amounts))).argmax()]
    return most


def _is_authentic(rows: Sequence[Due], data: bytes, to: str) -> bool:
    ssrc = int.from_bytes(data[8:12], "big")
    for row in rows:
        if row.stream.down_ssrc == ssrc and row.receiver.receives_at == to:
            return row.receiver.unprotect(data) is not None
    return True  # resent, under an SSRC of its own
