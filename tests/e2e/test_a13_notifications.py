"""A13: the therapist writes an alert, enters, and the patient comes in by the link in the mail."""

from __future__ import annotations

import re

from playwright.async_api import expect

from tests.control.notifications.returned import exchange
from tests.e2e.harness.browser import Browsers
from tests.e2e.harness.product import Product
from tests.e2e.harness.visits import Visits
from tests.support.mailbox import Mailbox


async def test_a13_notifications(mailing: Product, browsers: Browsers, post: Mailbox) -> None:
    visits = Visits(mailing, browsers)
    try:
        therapist = await visits.registered_therapist()
        page = therapist.page
        patient_id, link = await therapist.add_patient("Alex M.", email="alex@example.org")

        await page.goto(f"{mailing.url}/patients/{patient_id}")
        await expect(page.get_by_text("SMS is not set up on this server.")).to_have_count(2)
        await expect(page.get_by_test_id("alert-sms")).to_be_disabled()
        text = page.get_by_test_id("alert-text")
        await text.fill("Dear {name}, come in {now}")
        await expect(page.get_by_test_id("save-alert")).to_be_disabled()
        await text.fill("Dear {name}, I am ready: {link}")
        await expect(page.get_by_test_id("alert-preview")).to_contain_text("Dear Alex, I am ready")
        await page.get_by_test_id("alert-email").check()

        await page.reload()
        await expect(page.get_by_test_id("alert-unsaved")).to_be_visible()
        await expect(text).to_have_value("Dear {name}, I am ready: {link}")
        await page.get_by_test_id("save-alert").click()
        await expect(page.get_by_test_id("alert-unsaved")).to_have_count(0)

        session = await therapist.call("POST", "/api/sessions", {"patient_id": patient_id})
        await page.goto(f"{mailing.url}/sessions/{session['id']}")
        await therapist.enter()
        letter = await post.until(1)
        body = letter.get_body(("plain",))
        assert body is not None
        said = body.get_content()
        assert said.startswith("Dear Alex, I am ready: ")
        (sent_link,) = re.findall(r"https?://\S+", said)
        assert sent_link == link

        await page.goto(f"{mailing.url}/patients/{patient_id}")
        await expect(page.get_by_test_id("sent").first).to_contain_text("sent")

        patient = await visits.new_patient()
        await patient.come(sent_link)
        await patient.expect_waiting()
    finally:
        await visits.close()


async def test_a13_a_message_that_did_not_arrive_is_told_where_she_is(
    mailing: Product, browsers: Browsers, post: Mailbox
) -> None:
    visits = Visits(mailing, browsers)
    try:
        therapist = await visits.registered_therapist()
        page = therapist.page
        patient_id, _ = await therapist.add_patient("Alex M.", email="alex@example.org")
        alert = {"email": True, "sms": False, "text": None}
        await therapist.call("PUT", f"/api/patients/{patient_id}/alert", alert)
        session = await therapist.call("POST", "/api/sessions", {"patient_id": patient_id})
        post.answers_to_rcpt.append("550 no such user")
        await page.goto(f"{mailing.url}/sessions/{session['id']}")
        await therapist.enter()
        note = page.get_by_test_id("failed-message")
        await expect(note).to_contain_text("The message to Alex did not arrive.")
        await page.goto(f"{mailing.url}/account")
        await expect(note.get_by_role("link", name="Profile")).to_be_visible()
        await page.get_by_test_id("dismiss-failed").click()
        await expect(note).to_have_count(0)

        await page.get_by_test_id("notice-wait").select_option("5")
        await page.get_by_test_id("notice-save").click()
        await expect(page.get_by_text("Choose e-mail or SMS.")).to_be_visible()
        await page.get_by_test_id("notice-email").check()
        await page.get_by_test_id("notice-quiet").check()
        await page.get_by_test_id("notice-begin").fill("")
        await page.get_by_test_id("notice-save").click()
        await expect(page.get_by_text("Write both times")).to_be_visible()
        await page.get_by_test_id("notice-begin").fill("22:00")
        await page.get_by_test_id("notice-save").click()
        await expect(page.locator("#notices").get_by_text("Saved.")).to_be_visible()
        kept = await therapist.call("GET", "/api/me/notices")
        assert (kept["wait_minutes"], kept["quiet"]["begin"]) == (5, "22:00")
    finally:
        await visits.close()


async def test_a13_a_message_that_comes_back_later_is_told_in_words(
    mailing: Product, browsers: Browsers, post: Mailbox
) -> None:
    visits = Visits(mailing, browsers)
    try:
        therapist = await visits.registered_therapist()
        page = therapist.page
        patient_id, _ = await therapist.add_patient("Alex M.", email="alex@example.org")
        await page.goto(f"{mailing.url}/patients/{patient_id}")
        await page.get_by_test_id("send-link-email").click()
        sent = page.get_by_test_id("sent").first
        await expect(sent).to_contain_text(re.compile(r"· sent$"))

        await mailing.come_back(exchange(post.senders[-1], status="5.2.2"))
        note = page.get_by_test_id("failed-message")
        await expect(note).to_contain_text("The mailbox is full: call, or use another address.")
        await expect(sent).to_contain_text("not delivered")

        await therapist.call("PATCH", "/api/me", {"language": "it"})
        await page.reload()
        await expect(note).to_contain_text("La casella di posta è piena")
        await expect(sent).to_contain_text("non consegnato")
    finally:
        await visits.close()
