"""When the known picture is said to move: at any speed, and never while it stands."""

from __future__ import annotations

from itertools import chain, repeat
from typing import cast

import pytest
from playwright.async_api import Page

from tests.e2e.harness.page import LENGTH_FRAMES, Picture, Watched, Whose
from tests.support.media import LOOKS


class Shows(Watched):
    """A page that shows these frames, one a look, and then stands."""

    def __init__(self, *frames: int, role: str = "patient") -> None:
        super().__init__(cast("Page", None))
        self._frames = chain(frames, repeat(frames[-1]))
        self._role = role

    async def look(self, whose: Whose) -> Picture | None:
        return Picture(LOOKS[self._role].rgb, next(self._frames), False, 320)


@pytest.mark.parametrize(
    "frames",
    [(10, 13), (10, 11, 12, 13), (5, 5, 5, 65), (LENGTH_FRAMES - 1, 2), (100, 99, 102)],
    ids=["usual", "slow", "stood", "round the end", "back once"],
)
async def test_a_picture_that_moves_is_seen(frames: tuple[int, ...]) -> None:
    assert (await Shows(*frames).sees("patient", within_s=5)).frame == frames[-1]


@pytest.mark.parametrize("frames", [(10,), (10, 11), (4000, 4010), (10, 5)])
async def test_a_picture_that_stands_or_is_unreadable_is_not(frames: tuple[int, ...]) -> None:
    with pytest.raises(AssertionError, match="the moving picture of the patient"):
        await Shows(*frames).sees("patient", within_s=0.3)


async def test_the_picture_of_another_is_not() -> None:
    with pytest.raises(AssertionError, match="the moving picture of the patient"):
        await Shows(10, 20, role="therapist").sees("patient", within_s=0.3)
