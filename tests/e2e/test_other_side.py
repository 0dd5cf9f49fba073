"""What the room says of the other side is true: devices, absence, revocation; and time goes on."""

from __future__ import annotations

import re

from playwright.async_api import Locator, expect

from tests.e2e.harness.page import eventually
from tests.e2e.harness.visits import Visit, Visits, of_the_other


def chip(visit: Visit) -> Locator:
    return visit.therapist.page.get_by_test_id("other-side")


async def test_a_muted_microphone_and_a_camera_that_is_off_are_said_in_words(
    visits: Visits,
) -> None:
    visit = await visits.in_contact()
    page = visit.therapist.page
    await expect(chip(visit)).to_have_text(of_the_other())
    await page.get_by_test_id("room-menu").click()
    menu = page.get_by_test_id("room-menu-panel")
    await expect(menu.get_by_text("sound arrives")).to_have_count(2)
    await visit.patient.page.get_by_test_id("toggle-microphone").click()
    await expect(chip(visit)).to_have_text(of_the_other("microphone off"))
    await expect(menu.get_by_text("sound arrives")).to_have_count(1)  # her own
    await visit.patient.page.get_by_test_id("toggle-camera").click()
    await expect(chip(visit)).to_have_text(of_the_other("microphone off", "camera off"))
    await visit.patient.page.get_by_test_id("toggle-microphone").click()
    await visit.patient.page.get_by_test_id("toggle-camera").click()
    await expect(chip(visit)).to_have_text(of_the_other())


async def test_who_left_is_not_waited_for_as_if_new(visits: Visits) -> None:
    visit = await visits.in_contact()
    page = visit.therapist.page
    await visit.patient.leave()
    await expect(chip(visit)).to_have_text(re.compile(r"^left at \d\d:\d\d$"))
    await expect(page.get_by_role("heading", name=re.compile("Alex left at"))).to_be_visible()
    await expect(page.get_by_text("not here yet")).to_have_count(0)
    await page.get_by_test_id("minimise").click()
    await expect(page.get_by_test_id("return-bar").get_by_text("left at")).to_be_visible()


async def test_a_revoked_link_is_said_on_both_pages(visits: Visits) -> None:
    visit = await visits.in_contact()
    await visit.therapist.call("DELETE", f"/api/patients/{visit.patient_id}/invitation")
    await visit.patient.reads("This link is no longer valid.")
    await visit.patient.reads("Dr. Rossi has revoked it.")
    await expect(chip(visit)).to_have_text("link revoked")
    revoked = visit.therapist.page.get_by_role("heading", name="The link of Alex is revoked")
    await expect(revoked).to_be_visible()


async def test_elapsed_time_goes_on_while_sent_back_and_connected_time_does_not(
    visits: Visits,
) -> None:
    visit = await visits.in_contact()
    therapist = visit.therapist
    await therapist.page.get_by_test_id("hold").click()
    await expect(chip(visit)).to_have_text(of_the_other("sent back"))
    await visit.patient.reads("You are back in the waiting room.")
    connected = therapist.page.get_by_test_id("clock-connected")
    stood = await connected.text_content()
    before = await therapist.elapsed_s()

    async def went_on() -> bool:
        return await therapist.elapsed_s() >= before + 3

    await eventually(went_on, "three seconds more on the clock")
    assert await connected.text_content() == stood
    await therapist.end()
    past = await therapist.call("GET", f"/api/sessions?patient={visit.patient_id}")
    wall_s, connected_s = past["items"][0]["wall_s"], past["items"][0]["connected_s"]
    assert wall_s >= before + 3
    assert connected_s < wall_s - 2  # whole seconds stand on the clock


async def test_the_patient_reads_that_the_therapist_is_in_the_room(visits: Visits) -> None:
    visit = await visits.arranged()
    await visit.patient.come(visit.link)
    lead = visit.patient.page.get_by_test_id("waiting-lead")
    await expect(lead).to_have_text("Dr. Rossi will let you in.")
    await visit.therapist.open_waiting_room_from_home(visit.name)
    await visit.therapist.enter()
    await expect(lead).to_have_text("Dr. Rossi is in the virtual room and will let you in.")
