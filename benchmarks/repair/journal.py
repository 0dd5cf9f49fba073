"""What only the node knows: when a packet of a publisher was there, and what a resend carries."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import patch

from sfu.relay.down.track import DownTrack
from sfu.relay.up.track import UpTrack


@dataclass(slots=True)
class Journal:
    """Numbers are 16-bit ones as on the wire; times are of CLOCK_MONOTONIC."""

    accepted: dict[tuple[int, int], float] = field(default_factory=dict)
    """(SSRC, number) of a publisher's packet → when it was first there, resent or not."""
    resends: dict[tuple[int, int], tuple[int, int]] = field(default_factory=dict)
    """(SSRC, number) of a retransmission to a receiver → those of the packet in it."""


@contextmanager
def kept() -> Iterator[Journal]:
    """Write a journal of everything that nodes of this process relay."""
    journal = Journal()
    accept, as_rtx = UpTrack.accept, DownTrack._as_rtx

    def noting_accept(up: UpTrack, seq: int, *rest: Any, **named: Any) -> int:
        now = rest[3] if len(rest) > 3 else named["now"]
        if up.ssrc is not None:
            journal.accepted.setdefault((up.ssrc, seq), now)
        return accept(up, seq, *rest, **named)

    def noting_as_rtx(down: DownTrack, packet: bytes, *rest: Any) -> bytes | None:
        number = (down.rtx_ssrc, down._rtx_seq)
        journal.resends[number] = (down.ssrc, int.from_bytes(packet[2:4], "big"))
        return as_rtx(down, packet, *rest)

    with patch.object(UpTrack, "accept", noting_accept):
        with patch.object(DownTrack, "_as_rtx", noting_as_rtx):
            yield journal
