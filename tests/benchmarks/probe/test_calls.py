"""What counts as told of a line while the node is stopped."""

from __future__ import annotations

import time
from typing import cast

import pytest

from benchmarks.probe import calls
from benchmarks.probe.stand import Stand
from sfu.messages import Cause, Level, LineQuality, PeerState, Role

JITTER = LineQuality(level=Level.FAIR, cause=Cause.JITTER_UP)
OURS = LineQuality(level=Level.UNKNOWN, cause=Cause.SERVER)


class Standing:
    """A node that tells one thing after another of one line."""

    def __init__(self, *told: LineQuality) -> None:
        self._told = list(told)

    async def peer_of(self, participant: str) -> PeerState | None:
        quality = self._told.pop(0) if len(self._told) > 1 else self._told[0]
        return PeerState(
            id="peer-1",
            participant=participant,
            role=Role.PATIENT,
            connected=True,
            quality=quality,
        )


async def told(before: list[LineQuality], *then: LineQuality) -> list[LineQuality]:
    stand = cast(Stand, Standing(*then))
    found, _ = await calls.told_anew(stand, "alex", before, time.monotonic() + 0.2)
    return found


async def test_what_was_told_before_a_stop_says_nothing_of_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(calls, "SAMPLE_S", 0.001)
    assert set(it.cause for it in await told([JITTER], JITTER, JITTER, OURS)) == {Cause.SERVER}
    worse = JITTER.model_copy(update={"rtt_ms": 60.0})
    assert worse in await told([JITTER], JITTER, worse, OURS)
