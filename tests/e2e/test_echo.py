"""Nobody hears herself back: the patient's browser takes what its speaker plays off its microphone.

Desktop Chromium connects in a frame of its own (`web/src/lib/connection.ts`), which is right only
while it cancels echoes against all that it plays, whatever frame that came from.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from math import log10
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Playwright

from tests.e2e.harness import speakers
from tests.e2e.harness.browser import Browsers, launch
from tests.e2e.harness.page import Watched, eventually
from tests.e2e.harness.product import Product
from tests.e2e.harness.visits import Visits
from tests.support.media import MediaFiles, write_babble

LEARNS_S, LISTENED_S = 5.0, 4.0
"""How long the canceller may learn the way from speaker to microphone, and what is then heard."""
CANCELLED_DB = 30.0

pytestmark = pytest.mark.skipif(
    speakers.SERVER is None, reason="needs pulseaudio on PATH (Debian: pulseaudio)"
)


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def loud(
    playwright: Playwright,
    media: dict[str, MediaFiles],
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[Browsers]:
    """A therapist who speaks, and a patient whose microphone hears the speaker and nothing else."""
    folder: Path = tmp_path_factory.mktemp("sound")
    spoken = replace(media["therapist"], audio=folder / "babble.wav")
    write_babble(spoken.audio)
    async with speakers.sound_card(folder) as card:
        therapist = await launch(playwright, spoken)
        patient = await speakers.launch_with(playwright, card)
        yield Browsers(therapist, patient)
        await therapist.close()
        await patient.close()


async def echo_db(product: Product, loud: Browsers, *, cancelled: bool) -> float:
    """Let the two meet; return how loud it is what the therapist hears."""
    visits = Visits(product, loud)
    visit = await visits.arranged(sound={"echoCancellation": cancelled})
    await visit.patient.come(visit.link)
    assert await visit.patient.page.locator("iframe[hidden]").count() == 1, "it connects in a frame"
    await visit.therapist.open_waiting_room_from_home(visit.name)
    await visit.therapist.enter()
    await visit.therapist.accept()
    await eventually(lambda: gets_sound(visit.therapist), "sound of any loudness")
    await asyncio.sleep(LEARNS_S)
    heard = await level_db(visit.therapist, LISTENED_S)
    await visits.close()
    return heard


async def gets_sound(person: Watched) -> bool:
    return (await person.stats()).audioPackets > 0


async def level_db(person: Watched, seconds: float) -> float:
    """Return the mean power of what is heard, in dB of full scale."""
    before = await person.stats()
    await asyncio.sleep(seconds)
    after = await person.stats()
    heard_s = (after.samples - before.samples) / 48_000
    assert heard_s > seconds / 2, "sound is played"
    assert after.audioPackets - before.audioPackets > 10 * seconds, "and it comes"
    return 10 * log10(max((after.audioEnergy - before.audioEnergy) / heard_s, 1e-12))


@pytest.mark.idle
async def test_the_therapist_does_not_hear_herself_back(product: Product, loud: Browsers) -> None:
    plain = await echo_db(product, loud, cancelled=False)
    assert plain > -50, "the microphone hears the speaker"
    assert await echo_db(product, loud, cancelled=True) < plain - CANCELLED_DB
