"""A11, the virtual room: chat, screen, picture, and what each side is told of the other."""

from __future__ import annotations

from playwright.async_api import Page, expect

from tests.e2e.harness.visits import Visits, of_the_other


async def write(page: Page, text: str) -> None:
    field = page.get_by_test_id("chat-field")
    await field.fill(text)
    await field.press("Enter")


async def test_chat_goes_both_ways_while_waiting_and_in_contact(visits: Visits) -> None:
    visit = await visits.arranged()
    therapist, patient = visit.therapist.page, visit.patient.page
    await visit.patient.come(visit.link)
    await visit.therapist.open_waiting_room_from_home(visit.name)
    await therapist.get_by_test_id("toggle-chat").click()
    await write(therapist, "One moment, <b>please</b>.")
    texts = patient.get_by_test_id("chat-text")
    await expect(texts).to_have_text(["One moment, <b>please</b>."])  # it opens by itself
    await write(patient, "No hurry.")
    await expect(therapist.get_by_test_id("chat-text")).to_have_text(
        ["One moment, <b>please</b>.", "No hurry."]
    )

    await visit.therapist.enter()
    await visit.therapist.accept()
    await patient.get_by_test_id("toggle-chat").wait_for()
    await write_in_room(therapist, "Can you hear me?")
    hint = patient.get_by_test_id("chat-hint")
    await expect(hint).to_contain_text("Can you hear me?")
    await expect(patient.get_by_test_id("chat-unread")).to_have_text("1")
    await hint.click()
    await expect(patient.get_by_test_id("chat-unread")).to_have_count(0)
    await expect(patient.get_by_test_id("chat-field")).to_be_focused()

    await patient.context.set_offline(True)
    await write(patient, "Not a word.")
    failed = patient.get_by_text("This message did not arrive.")
    await expect(failed).to_be_visible()
    await patient.context.set_offline(False)
    await patient.get_by_test_id("chat-again").click()
    await expect(therapist.get_by_test_id("chat-text").last).to_have_text("Not a word.")
    await expect(failed).to_have_count(0)

    await therapist.get_by_test_id("chat-keep").click()
    await therapist.get_by_test_id("ask-yes").click()
    await expect(patient.get_by_test_id("chat-lead")).to_have_text(
        "Dr. Rossi keeps this conversation with the session."
    )
    await patient.keyboard.press("Escape")
    await expect(patient.get_by_test_id("chat")).to_have_count(0)
    await therapist.keyboard.press("Escape")  # a narrow window has no room for both
    await expect(therapist.get_by_test_id("chat")).to_have_count(0)
    await visit.therapist.end()
    kept = await visit.therapist.call("GET", f"/api/sessions?patient={visit.patient_id}")
    await therapist.goto(f"{visit.therapist.url}/sessions/{kept['items'][0]['id']}/room")
    await expect(therapist.get_by_test_id("kept-chat")).to_contain_text("Not a word.")


async def write_in_room(page: Page, text: str) -> None:
    if not await page.get_by_test_id("chat").count():
        await page.get_by_test_id("toggle-chat").click()
    await write(page, text)


async def test_both_sides_show_their_screen_and_the_therapist_can_forbid_it(
    visits: Visits,
) -> None:
    visit = await visits.in_contact()
    therapist, patient = visit.therapist.page, visit.patient.page
    await patient.evaluate(FAKE_SCREEN)
    await therapist.evaluate(FAKE_SCREEN)

    await patient.get_by_test_id("toggle-screen").click()
    shown = therapist.get_by_role("img", name="The screen of Alex")
    await expect(shown).to_be_visible()
    await expect(therapist.get_by_test_id("other-side")).to_have_text(
        of_the_other("shows the screen")
    )
    await expect(shown.locator("video")).to_have_css("object-fit", "contain")
    await expect(shown.locator("video")).to_have_css("transform", "none")
    await expect(therapist.get_by_test_id("remote-video")).to_be_visible()  # beside it

    await therapist.get_by_test_id("room-menu").click()
    await therapist.get_by_test_id("setting-screen").click()
    await expect(patient.get_by_text("You are showing your screen")).to_have_count(0)
    await expect(patient.get_by_test_id("toggle-screen")).to_have_count(0)
    await expect(shown).to_have_count(0)
    await expect(therapist.get_by_test_id("other-side")).to_have_text(of_the_other())
    await therapist.get_by_test_id("setting-screen").click()
    await expect(patient.get_by_test_id("toggle-screen")).to_be_visible()

    await therapist.get_by_test_id("toggle-screen").click()
    theirs = patient.get_by_role("img", name="Dr. Rossi’s screen")
    await expect(theirs).to_be_visible()
    await therapist.evaluate(
        "window.__screen.getVideoTracks()[0].dispatchEvent(new Event('ended'))"
    )
    await expect(theirs).to_be_hidden()  # the browser's own bar stopped it


async def test_each_side_is_told_what_the_other_has_switched_off(visits: Visits) -> None:
    visit = await visits.in_contact()
    therapist, patient = visit.therapist.page, visit.patient.page
    told = patient.get_by_test_id("other-side")
    await expect(told).to_be_empty()
    await therapist.get_by_test_id("toggle-microphone").click()
    await expect(told).to_have_text("Dr. Rossi: microphone off")
    await therapist.get_by_test_id("toggle-microphone").click()
    await expect(told).to_be_empty()

    await therapist.get_by_test_id("room-menu").click()
    menu = therapist.get_by_test_id("room-menu-panel")
    await expect(menu.get_by_test_id("small-window")).to_be_visible()
    await expect(menu.get_by_test_id("blur")).to_have_count(0)  # this camera's system has none
    await therapist.get_by_test_id("toggle-camera").click()
    await expect(told).to_have_text("Dr. Rossi: camera off")
    await therapist.get_by_test_id("toggle-camera").click()
    await expect(told).to_be_empty()
    await menu.get_by_test_id("full-screen").click()
    await expect(menu.get_by_test_id("full-screen")).to_have_text("Leave full screen")


FAKE_SCREEN = """
    navigator.mediaDevices.getDisplayMedia = async () => {
        const canvas = document.createElement("canvas");
        canvas.width = 640;
        canvas.height = 360;
        const context = canvas.getContext("2d");
        setInterval(() => {
            context.fillStyle = `hsl(${(performance.now() / 20) % 360} 60% 40%)`;
            context.fillRect(0, 0, 640, 360);
        }, 100);
        return (window.__screen = canvas.captureStream(10));
    }
"""
