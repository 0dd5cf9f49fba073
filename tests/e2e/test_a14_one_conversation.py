"""A14: one patient a session, one conversation at a time; and a lost page never loses the call."""

from __future__ import annotations

import asyncio

from playwright.async_api import expect

from tests.e2e.harness.page import assert_nothing_arrived, eventually
from tests.e2e.harness.people import Patient, Therapist
from tests.e2e.harness.product import Product
from tests.e2e.harness.visits import Visit, Visits, assert_face_to_face


async def second_patient(visits: Visits, visit: Visit, name: str = "Bruna T.") -> Patient:
    """Let another patient of this therapist wait."""
    _, link = await visit.therapist.add_patient(name)
    patient = await visits.new_patient()
    await patient.come(link)
    return patient


async def start_on_the_list(therapist: Therapist, name: str) -> None:
    await therapist.page.goto(f"{therapist.url}/sessions")
    await therapist.page.get_by_role("button", name=f"Start at once with {name}").click()


async def gates(therapist: Therapist) -> dict[str, bool]:
    open_now = (await therapist.call("GET", OPEN))["sessions"]
    return {it["patient_name"]: it["gate_open"] for it in open_now}


OPEN = "/api/sessions/open"


async def test_a14_a_second_patient_never_enters_a_running_session(
    visits: Visits, product: Product
) -> None:
    visit = await visits.in_contact()
    bruna = await second_patient(visits, visit)
    await asyncio.sleep(3)  # nothing is to happen, so there is nothing to wait for
    await assert_nothing_arrived(bruna)
    room = await visit.room(product)
    assert sorted(peer["role"] for peer in room["peers"]) == ["patient", "therapist"]
    await visit.therapist.sees("patient")
    assert await visit.therapist.listen("remote") is not None


async def test_a14_start_asks_first_and_staying_changes_nothing(visits: Visits) -> None:
    visit = await visits.in_contact()
    bruna = await second_patient(visits, visit)
    therapist = visit.therapist
    await start_on_the_list(therapist, "Bruna T.")
    question = therapist.page.get_by_role("dialog")
    await expect(question.get_by_text("You are in contact with Alex").first).to_be_visible()
    assert await gates(therapist) == {"Alex M.": True, "Bruna T.": False}
    await question.get_by_role("button", name="Stay with Alex").click()
    assert await gates(therapist) == {"Alex M.": True, "Bruna T.": False}
    await bruna.expect_waiting()


async def test_start_sends_one_back_and_lets_the_other_in(visits: Visits) -> None:
    visit = await visits.in_contact()
    bruna = await second_patient(visits, visit)
    await start_on_the_list(visit.therapist, "Bruna T.")
    await visit.therapist.page.get_by_role("button", name="Send Alex back and let Bruna in").click()
    await bruna.sees("therapist")
    await visit.patient.reads("You are back in the waiting room.")
    await visit.patient.reads("Dr. Rossi will let you in again.")
    assert await gates(visit.therapist) == {"Alex M.": False, "Bruna T.": True}


async def test_the_waiting_room_of_another_asks_before_anything_happens(visits: Visits) -> None:
    visit = await visits.in_contact()
    await second_patient(visits, visit)
    page = visit.therapist.page
    await page.get_by_test_id("minimise").click()
    await visit.therapist.waiting_card("Bruna T.").click()
    await expect(page.get_by_role("heading", name="You are in contact with Alex")).to_be_visible()
    await page.get_by_role("button", name="End the session with Alex").click()
    await visit.patient.expect_ended()
    await expect(visit.therapist.enter_button).to_be_visible()


async def test_a_refusal_of_the_server_leads_to_the_running_session(visits: Visits) -> None:
    """The page has not heard of the contact yet: it was made a moment ago in another window."""
    visit = await visits.arranged()
    await second_patient(visits, visit)
    await visit.patient.come(visit.link)
    therapist = visit.therapist
    await therapist.page.add_init_script(DEAF)
    await therapist.page.reload()
    await therapist.open_waiting_room_from_home("Bruna T.")
    await therapist.enter()
    await expect(therapist.accept_button).to_be_enabled()
    await therapist.inspect("window.__deaf = true")
    sessions = (await therapist.call("GET", OPEN))["sessions"]
    alex = next(it["id"] for it in sessions if it["patient_name"] == visit.name)
    await therapist.call("POST", f"/api/sessions/{alex}/enter")
    await therapist.call("POST", f"/api/sessions/{alex}/accept")
    await therapist.accept()
    await expect(therapist.page.get_by_text("in contact with another patient")).to_be_visible()
    await therapist.page.get_by_role("button", name="Return to Alex").click()
    await therapist.sees("patient")
    await visit.patient.sees("therapist")


async def test_patients_reloaded_during_a_call_keep_the_call(visits: Visits) -> None:
    visit = await visits.in_contact()
    page = visit.therapist.page
    await page.get_by_test_id("minimise").click()
    await page.get_by_role("link", name="PATIENTS").click()
    await page.reload()
    bar = page.get_by_test_id("return-bar")
    await expect(bar.get_by_text("in contact")).to_be_visible()
    await bar.get_by_role("button", name="Return to Alex").click()
    await assert_face_to_face(visit)
    await expect(visit.therapist.accept_button).to_be_hidden()


async def test_without_a_socket_arrivals_are_asked_for_and_the_bell_rings(visits: Visits) -> None:
    visit = await visits.arranged()
    page = visit.therapist.page
    await page.add_init_script(BLOCK_SOCKETS)
    await page.goto(f"{visit.therapist.url}/patients")
    await page.get_by_role("link", name="ONLINE SESSIONS").click()
    await visit.patient.come(visit.link)
    await expect(page).to_have_title("(1) ONLINE SESSIONS · Visavis")
    await expect(page.get_by_text("We cannot reach the server")).to_be_hidden()
    await expect(page.get_by_test_id("slow-news")).to_be_visible()

    await page.evaluate("window.__blocked = false")
    await expect(page.get_by_test_id("slow-news")).to_be_hidden()

    async def quiet() -> bool:
        """No question by HTTP any more, once the socket stands."""
        before = await visit.therapist.inspect(ASKED)
        await page.wait_for_timeout(4_000)
        return bool(await visit.therapist.inspect(ASKED) == before)

    await eventually(quiet, "an end to the questions")


async def test_a_patient_without_a_socket_is_told_and_still_gets_in(visits: Visits) -> None:
    visit = await visits.arranged()
    await visit.patient.page.add_init_script(BLOCK_SOCKETS)
    await visit.patient.come(visit.link)
    await visit.patient.reads("blocks a part of our connection")
    await visit.therapist.open_waiting_room_from_home(visit.name)
    await visit.therapist.enter()
    await visit.therapist.accept()
    await assert_face_to_face(visit)
    await visit.therapist.end()
    await visit.patient.expect_ended()


DEAF = """
    const { prototype } = Object.getPrototypeOf(WebSocket);  // the browser's, under the probe's
    const take = Object.getOwnPropertyDescriptor(prototype, "onmessage");
    Object.defineProperty(prototype, "onmessage", {
        get: take.get,
        set(handle) {
            take.set.call(this, (event) => window.__deaf || handle(event));
        },
    });
"""
BLOCK_SOCKETS = """
    window.__blocked = true;
    window.WebSocket = class extends window.WebSocket {
        constructor(url) {
            super(window.__blocked ? new URL("/api/nothing", url) : url);  // refused: 404
        }
    };
"""
ASKED = """performance.getEntriesByType("resource")
    .filter(({ name }) => name.endsWith("/api/sessions/open")).length"""
