"""A1: the therapist's own account, from registering to deleting it."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest_asyncio
from playwright.async_api import Page, expect

from tests.e2e.harness.accessibility import serious_violations, wrong_at
from tests.e2e.harness.browser import Browsers
from tests.e2e.harness.page import eventually
from tests.e2e.harness.people import PASSWORD
from tests.e2e.harness.product import Product
from tests.e2e.harness.visits import Visits
from tests.support.mailbox import Mailbox

NEW = "another long sentence"


@pytest_asyncio.fixture(loop_scope="session")
async def visits(mailing: Product, browsers: Browsers) -> AsyncIterator[Visits]:
    """Visits to that product."""
    visits = Visits(mailing, browsers)
    yield visits
    await visits.close()


async def fill(page: Page, **fields: str) -> None:
    for name, text in fields.items():
        await page.get_by_test_id(name.replace("_", "-")).fill(text)


async def is_accessible(page: Page) -> None:
    found = await serious_violations(page)
    found += await wrong_at(page, (320, "100%"), (360, "200%"))
    assert not found, "\n".join(found)


async def mailed_link(post: Mailbox, to: str, page: str) -> str:
    """Return the newest link to this page that was sent to this address, once there is one."""

    async def newest() -> str | None:
        for letter in reversed(post.letters):
            body = letter.get_body(("plain",))
            if letter["To"] == to and body is not None:
                links = re.findall(rf"^http\S+/{page}\b\S*", body.get_content(), re.MULTILINE)
                if links:
                    return str(links[0])
        return None

    return await eventually(newest, f"a link to /{page} in the mail")


async def register(page: Page, url: str, email: str) -> None:
    await page.goto(f"{url}/register")
    await fill(page, register_name="Dr. Rossi", register_email=email, register_password=PASSWORD)
    await page.get_by_test_id("register-submit").click()
    await expect(page.get_by_test_id("check-mail")).to_contain_text(email)
    await is_accessible(page)


async def confirm(page: Page, link: str) -> None:
    await page.goto(link)
    await fill(page, confirm_password=NEW)
    await page.get_by_test_id("confirm-submit").click()
    await expect(page.get_by_text("not the password you registered with")).to_be_visible()
    await is_accessible(page)
    await fill(page, confirm_password=PASSWORD)
    await page.get_by_test_id("confirm-submit").click()
    await expect(page.get_by_role("link", name="Dr. Rossi")).to_be_visible()


async def log_in(page: Page, url: str, email: str, password: str) -> None:
    await page.goto(f"{url}/login")
    await fill(page, login_email=email, login_password=password)
    await page.get_by_test_id("login-submit").click()


async def test_a1_account_is_made_changed_taken_along_and_deleted(
    visits: Visits, post: Mailbox, tmp_path: Path
) -> None:
    therapist, other = await visits.new_therapist(), await visits.new_therapist()
    page, email = therapist.page, f"{secrets.token_hex(6)}@example.org"
    await register(page, therapist.url, email)
    await log_in(other.page, therapist.url, email, PASSWORD)
    await expect(other.page.get_by_text("First open the link that we sent you")).to_be_visible()
    await confirm(page, await mailed_link(post, email, "confirm"))
    _, link = await therapist.add_patient("Alex M.", "it")

    await page.goto(f"{therapist.url}/account")
    await page.get_by_test_id("account-gender").select_option("f")
    await expect(page.get_by_test_id("account-reads")).to_contain_text(
        "La Dr.ssa Rossi La farà entrare."
    )
    await page.get_by_test_id("account-name-title").select_option("Dott.ssa")
    await page.get_by_test_id("account-save").click()
    await expect(page.get_by_text("Saved.")).to_be_visible()
    await expect(page.get_by_role("link", name="Dott.ssa Rossi")).to_be_visible()
    await give_picture(page, tmp_path)

    patient = await visits.new_patient()
    await patient.open(link)
    await patient.page.get_by_test_id("patient-continue").click()
    await expect(patient.page.get_by_test_id("waiting-lead")).to_have_text(
        "La Dott.ssa Rossi La farà entrare."
    )
    shown = patient.page.get_by_test_id("therapist-picture")
    await expect(shown).to_be_visible()
    assert await shown.evaluate("it => it.decode().then(() => it.naturalWidth)") == 320

    await log_in(other.page, therapist.url, email, PASSWORD)
    await expect(other.page.get_by_role("link", name="Dott.ssa Rossi")).to_be_visible()
    await page.reload()
    await expect(page.get_by_test_id("login")).to_have_count(2)
    await page.get_by_test_id("login-end").click()
    await expect(other.page.get_by_test_id("login-again")).to_be_visible()
    await expect(page.get_by_test_id("login")).to_have_count(1)

    await fill(page, password_present="not my password", password_new=NEW)
    await page.get_by_test_id("password-save").click()
    await expect(page.get_by_text("This is not your present password.")).to_be_visible()
    await fill(page, password_present=PASSWORD)
    await page.get_by_test_id("password-save").click()
    await expect(page.get_by_text("Your password is changed.")).to_be_visible()

    async with page.expect_download() as downloading:
        await page.get_by_test_id("export").click()
    exported = read_json(await (await downloading.value).path())
    assert exported["tables"]["patients"][0]["name"] == "Alex M."

    await page.get_by_test_id("erase").click()
    await fill(page, erase_password=NEW)
    await page.get_by_test_id("erase-yes").click()
    await expect(page.get_by_test_id("erased")).to_be_visible()
    await expect(patient.page.get_by_test_id("patient-revoked")).to_be_visible()
    await log_in(page, therapist.url, email, NEW)
    await expect(page.get_by_text("E-mail or password is not right.")).to_be_visible()


async def change_address(page: Page, elsewhere: Page, url: str, post: Mailbox, email: str) -> None:
    """One click where the account is logged in; elsewhere the link needs the password."""
    await page.goto(f"{url}/account")
    new = f"new.{email}"
    await fill(page, email_new=new, email_password=PASSWORD)
    await page.get_by_test_id("email-save").click()
    await expect(page.get_by_text("This is not your present password.")).to_be_visible()
    await fill(page, email_password=NEW)
    await page.get_by_test_id("email-save").click()
    await expect(page.get_by_test_id("email-waiting")).to_contain_text(new)
    await mailed_link(post, email, "forgot")
    link = await mailed_link(post, new, "new-email")
    await elsewhere.goto(link)
    await expect(elsewhere.get_by_test_id("email-confirm-password")).to_be_visible()
    await is_accessible(elsewhere)
    await page.goto(link)
    await page.get_by_test_id("email-confirm").click()
    await expect(page.get_by_test_id("email-done")).to_contain_text(new)
    await page.get_by_role("link", name="To your account").click()
    await expect(page.get_by_test_id("account-email")).to_contain_text(f"with {new}.")
    await fill(elsewhere, email_confirm_password=NEW)
    await elsewhere.get_by_test_id("email-confirm").click()
    await expect(elsewhere.get_by_test_id("email-invalid")).to_be_visible()


def read_json(path: Path) -> Any:
    return json.loads(path.read_text())


async def give_picture(page: Page, folder: Path) -> None:
    """A file that is no picture is refused in words, a large one is made small."""
    chosen = page.get_by_test_id("account-picture-file")
    broken = folder / "broken.png"
    broken.write_bytes(b"no picture")
    await chosen.set_input_files(broken)
    await expect(page.get_by_text("no picture that we can read")).to_be_visible()
    large = folder / "large.png"
    large.write_bytes(await page.screenshot())
    await chosen.set_input_files(large)
    await expect(page.get_by_test_id("account-picture")).to_be_visible()


async def test_a1_forgotten_password_and_address_are_replaced_by_mailed_links(
    visits: Visits, post: Mailbox
) -> None:
    inside, outside = await visits.new_therapist(), await visits.new_therapist()
    email, page = f"{secrets.token_hex(6)}@example.org", outside.page
    await register(inside.page, inside.url, email)
    await confirm(inside.page, await mailed_link(post, email, "confirm"))
    await page.goto(f"{outside.url}/login")
    await page.get_by_test_id("forgot").click()
    await fill(page, forgot_email=email)
    await is_accessible(page)
    await page.get_by_test_id("forgot-submit").click()
    await expect(page.get_by_test_id("forgot-sent")).to_be_visible()
    link = await mailed_link(post, email, "reset")
    await page.goto(link)
    await fill(page, reset_password="short")
    await page.get_by_test_id("reset-submit").click()
    await expect(page.get_by_text("at least 12 characters").first).to_be_visible()
    await is_accessible(page)
    await fill(page, reset_password=NEW)
    await page.get_by_test_id("reset-submit").click()
    await expect(page.get_by_test_id("reset-done")).to_be_visible()
    await expect(inside.page.get_by_test_id("login-again")).to_be_visible()
    await log_in(page, outside.url, email, NEW)
    await expect(page.get_by_role("link", name="Dr. Rossi")).to_be_visible()
    await inside.page.goto(link)
    await fill(inside.page, reset_password=NEW)
    await inside.page.get_by_test_id("reset-submit").click()
    await expect(inside.page.get_by_test_id("reset-invalid")).to_be_visible()
    await change_address(page, inside.page, outside.url, post, email)
