"""What a round left behind, and what became of each packet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from ipaddress import ip_address

import numpy as np
from numpy.typing import NDArray

from benchmarks.relay.figures import Round
from benchmarks.relay.traffic import Due, number_in
from sfu.base.media import Slot


@dataclass(slots=True)
class Seen:
    """In pieces as they came; put together after the round, when nothing is late any more."""

    heads: list[NDArray[np.uint8]] = field(default_factory=list)
    stamps_ns: list[NDArray[np.int64]] = field(default_factory=list)
    receivers: list[NDArray[np.uint32]] = field(default_factory=list)
    samples: list[tuple[bytes, str]] = field(default_factory=list)
    batch_ends: list[int] = field(default_factory=list)
    batch_stamps_ns: list[int] = field(default_factory=list)
    media: int = 0


def judge(
    relay: str,
    calls: int,
    seconds: float,
    rows: Sequence[Due],
    numbers: Sequence[int],
    seen: Seen,
    started_ns: int,
    cpu_s: float,
) -> Round:
    """Match what came with what was sent, by receiver, SSRC and sequence number."""
    sent_ns = np.repeat(seen.batch_stamps_ns, np.diff([0, *seen.batch_ends]))
    due_ns = started_ns + (np.array([row.at for row in rows]) * 1e9).astype(np.int64)
    keys = np.array(
        [
            row.stream.down_ssrc << 16 | (number + row.stream.shift) & 0xFFFF
            for row, number in zip(rows, numbers, strict=True)
        ],
        np.uint64,
    )
    order = np.argsort(keys)
    heads = np.concatenate(seen.heads).astype(np.uint64)
    came = np.zeros(len(heads), np.uint64)
    for place, shift in ((8, 40), (9, 32), (10, 24), (11, 16), (2, 8), (3, 0)):
        came |= heads[:, place] << np.uint64(shift)
    at = np.searchsorted(keys[order], came).clip(max=len(keys) - 1)
    addresses = [int(ip_address(row.receiver.receives_at)) for row in rows]
    rightly = np.array(addresses, np.uint32)[order][at] == np.concatenate(seen.receivers)
    known = (keys[order][at] == came) & rightly
    packets = order[at[known]]
    latency_ms = (np.concatenate(seen.stamps_ns)[known] - sent_ns[packets]) / 1e6
    arrived = np.unique(packets)
    is_audio = np.array([row.stream.line.slot is Slot.AUDIO for row in rows])
    changed = sum(not _is_as_sent(rows, data, to) for data, to in seen.samples)
    return Round(
        relay=relay,
        calls=calls,
        seconds=seconds,
        sent=len(rows),
        received=len(arrived),
        audio_sent=int(is_audio.sum()),
        audio_received=int(is_audio[arrived].sum()),
        changed=changed,
        cpu_s=cpu_s,
        latency_ms_p50=float(np.percentile(latency_ms, 50)) if len(latency_ms) else 0.0,
        latency_ms_p99=float(np.percentile(latency_ms, 99)) if len(latency_ms) else 0.0,
        lateness_ms_p99=float(np.percentile((sent_ns - due_ns) / 1e6, 99)),
    )


def _is_as_sent(rows: Sequence[Due], data: bytes, to: str) -> bool:
    """Whether a packet authenticates at its receiver and says its own number."""
    ssrc, seq = int.from_bytes(data[8:12], "big"), int.from_bytes(data[2:4], "big")
    for row in rows:
        if row.stream.down_ssrc == ssrc and row.receiver.receives_at == to:
            packet = row.receiver.unprotect(data)
            if packet is None:
                return False
            number = number_in(packet, row.stream.line.slot)
            return (number + row.stream.shift) & 0xFFFF == seq
    return True  # padding that probes the line, under an SSRC of its own
