"""Which lines disturb a conversation: what the other side is told of, one bit."""

from __future__ import annotations

import pytest

from sfu.messages import Cause, Level, LineQuality
from sfu.probe.verdict import disturbs


@pytest.mark.parametrize(
    ("level", "cause", "disturbing"),
    [
        (Level.GOOD, Cause.NONE, False),
        (Level.GOOD, Cause.BUFFERBLOAT, False),
        (Level.FAIR, Cause.DELAY, True),
        (Level.POOR, Cause.LOSS_UP, True),
        (Level.NO_CALL, Cause.LOSS_DOWN, True),
        (Level.UNKNOWN, Cause.NONE, False),
        (Level.UNKNOWN, Cause.SERVER, False),
        (Level.POOR, Cause.SERVER, False),
    ],
)
def test_a_line_disturbs_where_what_is_said_comes_late_or_with_gaps(
    level: Level, cause: Cause, disturbing: bool
) -> None:
    quality = LineQuality(level=level, cause=cause)
    assert disturbs(quality) is disturbing


@pytest.mark.parametrize("cause", [Cause.CAPACITY_UP, Cause.CAPACITY_DOWN])
def test_a_narrow_line_makes_pictures_small_and_disturbs_nobody(cause: Cause) -> None:
    for level in (Level.FAIR, Level.POOR):
        assert not disturbs(LineQuality(level=level, cause=cause))
