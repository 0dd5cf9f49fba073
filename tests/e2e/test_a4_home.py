"""A4 and A5: who comes is on Home at once, impossible to miss elsewhere; ENTER on the card."""

from __future__ import annotations

import re

from playwright.async_api import expect

from tests.e2e.harness.visits import Visits


async def test_a4_who_comes_is_noticed_on_home_and_on_every_page(visits: Visits) -> None:
    visit = await visits.arranged()
    page, name = visit.therapist.page, visit.name
    loads: list[str] = []
    page.on("load", lambda loaded: loads.append(loaded.url))
    await expect(page.get_by_test_id("nobody-waits")).to_be_visible()
    await visit.patient.come(visit.link)

    card = page.get_by_test_id("waiting-card")
    await expect(card).to_contain_text(name)
    await expect(card).to_contain_text(re.compile("has just arrived|waiting"))
    await expect(card.get_by_test_id("proof-microphone")).to_have_attribute("data-level", "yes")
    await expect(card.get_by_test_id("proof-camera")).to_have_text("camera works")
    await expect(page.get_by_test_id("nobody-waits")).to_be_hidden()
    await expect(page).to_have_title("(1) Home · Visavis")
    await expect(page.get_by_test_id("waiting-count")).to_contain_text("1 patient is waiting")

    await page.get_by_role("link", name="PATIENTS").click()
    await expect(page).to_have_title("(1) PATIENTS · Visavis")
    elsewhere = page.get_by_test_id("waiting-elsewhere")
    await expect(elsewhere).to_contain_text(name)
    await expect(page.get_by_test_id("patient-row")).to_contain_text("waiting now")
    await visit.patient.leave()
    await expect(elsewhere).to_be_hidden()
    await expect(page).to_have_title("PATIENTS · Visavis")
    assert loads == [], "pushed, not loaded anew"


async def test_a5_enter_on_the_card_opens_that_patients_waiting_room(visits: Visits) -> None:
    visit = await visits.arranged()
    page = visit.therapist.page
    _, other_link = await visit.therapist.add_patient("Bruna T.")
    other = await visits.new_patient()
    await visit.patient.come(visit.link)
    await other.come(other_link)
    cards = page.get_by_test_id("waiting-card")
    await expect(cards).to_have_count(2)
    await expect(cards.first).to_contain_text(visit.name)  # whoever waits longest
    await cards.nth(1).get_by_role("button", name="Enter the waiting room of Bruna T.").click()
    await expect(page).to_have_url(re.compile("/sessions/[0-9a-f]+$"))
    await expect(page.get_by_role("heading", name="Bruna T.", level=1)).to_be_visible()
    await expect(visit.therapist.enter_button).to_be_visible()
