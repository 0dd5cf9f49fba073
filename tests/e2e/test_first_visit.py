"""The main job: one link, one ACCEPT, two people face to face."""

from __future__ import annotations

import asyncio
import re

import pytest
from playwright.async_api import expect

from tests.e2e.harness.page import LIPS_MS, eventually, lip_shift_ms, regular_lips
from tests.e2e.harness.people import PASSWORD
from tests.e2e.harness.visits import Visits, assert_face_to_face

ARRIVAL_MS = 300


async def test_register_add_a_patient_and_copy_the_link_by_the_pages(visits: Visits) -> None:
    therapist = await visits.new_therapist()
    page = therapist.page
    await page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    await page.goto(therapist.url)
    await page.get_by_text("Create an account").click()
    await page.get_by_label("Your name").fill("Dr. Rossi")
    await page.get_by_label("E-mail").fill("by.hand@example.org")
    await page.get_by_label("Password", exact=True).fill(PASSWORD)
    await page.get_by_role("button", name="Create account").click()
    await expect(page.get_by_text(re.compile("Good .*, Dr. Rossi"))).to_be_visible()
    await page.get_by_role("link", name="PATIENTS").click()
    await page.get_by_role("button", name="Add a patient").first.click()
    form = page.get_by_role("dialog")
    await form.get_by_label("Name").fill("Alex M.")
    await form.get_by_label("E-mail").fill("alex@example.org")
    await form.get_by_label("Phone").fill("+39 333 1234567")
    await form.get_by_role("button", name="Add the patient").click()
    await expect(page.get_by_text("Alex M. has been added")).to_be_visible()
    await page.get_by_role("button", name="Copy").click()
    link = await page.evaluate("navigator.clipboard.readText()")
    assert re.fullmatch(rf"{re.escape(therapist.url)}/v/?#[\w-]{{43}}", link)
    patient = await visits.new_patient()
    await patient.come(link)
    await expect(patient.page.get_by_text("Hello Alex")).to_be_visible()


@pytest.mark.idle
async def test_the_patient_is_on_home_within_300_ms_and_without_reload(visits: Visits) -> None:
    visit = await visits.arranged()
    seen = asyncio.create_task(visit.therapist.inspect("window.__probe.awaitText('Alex M.')"))
    await expect(visit.therapist.page.get_by_text("Nobody is waiting")).to_be_visible()
    await visit.patient.come(visit.link)
    seen_at = await seen
    sockets = await visit.patient.inspect("window.__probe.sockets")
    came_at = next(it["askedAt"] for it in sockets if it["url"].endswith("/api/visit/live"))
    assert seen_at - came_at <= ARRIVAL_MS
    await expect(visit.therapist.waiting_card(visit.name)).to_be_visible()


@pytest.mark.idle
async def test_both_see_and_hear_each_other_with_lips_in_sync(visits: Visits) -> None:
    visit = await visits.in_contact()
    from_patient, at_therapist, from_therapist, at_patient = await regular_lips(
        (visit.patient, "local"),
        (visit.therapist, "remote"),
        (visit.therapist, "local"),
        (visit.patient, "remote"),
    )
    assert abs(lip_shift_ms(from_patient, at_therapist)) <= LIPS_MS
    assert abs(lip_shift_ms(from_therapist, at_patient)) <= LIPS_MS


async def test_the_therapist_may_enter_before_the_patient_comes(visits: Visits) -> None:
    visit = await visits.arranged()
    await visit.therapist.open_waiting_room_from_row(visit.name)
    await visit.therapist.enter()
    await expect(visit.therapist.page.get_by_text("Alex is not here yet")).to_be_visible()
    await visit.patient.come(visit.link)
    await visit.therapist.accept()
    await assert_face_to_face(visit)


async def test_time_runs_from_the_media_server_and_survives_a_reload(visits: Visits) -> None:
    visit = await visits.in_contact()
    therapist = visit.therapist
    before = await therapist.elapsed_s()

    async def ran() -> bool:
        return await therapist.elapsed_s() >= before + 2

    await eventually(ran, "two seconds more on the clock")
    await therapist.page.reload()

    async def went_on() -> bool:
        return await therapist.clock.is_visible() and await therapist.elapsed_s() >= before + 3

    await eventually(went_on, "the clock going on after the reload")


async def test_x_ends_the_session_for_both(visits: Visits) -> None:
    visit = await visits.in_contact()
    await visit.therapist.end()
    await visit.patient.expect_ended()
    await expect(visit.therapist.page.get_by_test_id("session-page")).to_be_visible()

    async def closed() -> bool:
        both = [await visit.patient.stats(), await visit.therapist.stats()]
        return [stats.pairs for stats in both] == [0, 0]

    await eventually(closed, "both media connections to be closed")


async def test_the_patient_leaves_and_may_go_back(visits: Visits) -> None:
    visit = await visits.in_contact()
    await visit.patient.leave()
    await visit.patient.reads("You have left the session with Dr. Rossi.")
    await expect(visit.therapist.page.get_by_text("Alex left at").first).to_be_visible()
