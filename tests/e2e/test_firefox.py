"""A patient with Firefox meets a therapist with Chromium."""

from __future__ import annotations

import pytest

from tests.e2e.harness.firefox import MISSING, firefox
from tests.e2e.harness.visits import Visits


@pytest.mark.skipif(MISSING, reason="needs Firefox and Node on PATH")
async def test_a_patient_with_firefox_is_seen_and_sees(visits: Visits) -> None:
    visit = await visits.arranged()
    async with firefox(visit.link) as patient:
        assert await patient.said() == {"waiting": True}
        await visit.therapist.open_waiting_room_from_home(visit.name)
        await visit.therapist.enter()
        before = await patient.said()
        assert before["framesReceived"] == 0
        await visit.therapist.accept()
        await patient.sees_therapist()
        await visit.therapist.receives()
