"""Sound after a reload, with devices that are slow to open: nobody presses anything again.

A browser plays sound without a gesture only while the page captures. Devices that open late are
the hard case: the page asked to play before. Everything is read without a gesture, as Playwright's
own way of reading is one (`harness.inspect`).
"""

from __future__ import annotations

import pytest

from tests.e2e.harness.page import eventually
from tests.e2e.harness.visits import Visits

SLOW_DEVICES = """(() => {
    const media = navigator.mediaDevices;
    const real = media.getUserMedia.bind(media);
    media.getUserMedia = async (constraints) => {
        await new Promise((resolve) => setTimeout(resolve, %d));
        return real(constraints);
    };
})()"""
BUTTON = "[...document.querySelectorAll('.sound-blocked')].length"
ACTIVE = "navigator.userActivation.hasBeenActive"


@pytest.mark.parametrize("ms", [0, 800])
@pytest.mark.parametrize(("side", "other"), [("patient", "therapist"), ("therapist", "patient")])
async def test_sound_plays_again_after_a_reload_without_a_gesture(
    visits: Visits, side: str, other: str, ms: int
) -> None:
    visit = await visits.in_contact()
    one = getattr(visit, side)
    await one.page.context.add_init_script(SLOW_DEVICES % ms)
    await one.page.reload()
    await one.hears(other, within_s=20)
    assert await one.inspect(ACTIVE) is False, "the test itself gave a gesture"

    async def no_button() -> bool:
        return bool(await one.inspect(BUTTON) == 0)

    await eventually(no_button, "the button for the sound to be gone")
