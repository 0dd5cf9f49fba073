"""What helps a weak line: sound first for both, stopped at the node, and a hint to the patient."""

from __future__ import annotations

import asyncio

from playwright.async_api import expect

from tests.e2e.harness.visits import Visits, assert_face_to_face

STOPPED = "Dr. Rossi has stopped the pictures"


async def test_sound_first_stops_both_pictures_survives_reloads_and_is_undone(
    visits: Visits,
) -> None:
    visit = await visits.in_contact()
    therapist, patient = visit.therapist.page, visit.patient.page
    await expect(therapist.get_by_test_id("levels")).to_contain_text("You")
    await therapist.get_by_test_id("room-menu").click()
    await therapist.get_by_test_id("sound-first-switch").click()
    card = patient.get_by_test_id("patient-name-card")
    await expect(card).to_contain_text(STOPPED)
    await expect(therapist.get_by_test_id("remote-video")).to_be_hidden()
    again = therapist.get_by_test_id("pictures-again")
    await expect(again).to_be_visible()
    await expect(patient.get_by_test_id("toggle-screen")).to_have_count(0)
    await expect(therapist.get_by_test_id("toggle-screen")).to_have_count(0)

    await asyncio.gather(therapist.reload(), patient.reload())
    await expect(again).to_be_visible()
    await expect(card).to_contain_text(STOPPED)
    await asyncio.gather(visit.therapist.hears("patient"), visit.patient.hears("therapist"))

    session = await visit.therapist.call("GET", f"/api/sessions?patient={visit.patient_id}")
    await visit.therapist.call("POST", f"/api/sessions/{session['items'][0]['id']}/hint")
    hint = patient.get_by_test_id("hint-note")
    await expect(hint).to_contain_text("closer to the Wi-Fi")
    await patient.get_by_test_id("hint-close").click()
    await expect(hint).to_have_count(0)

    await again.click()
    await expect(card).to_have_count(0)
    await expect(again).to_have_count(0)
    await assert_face_to_face(visit)
