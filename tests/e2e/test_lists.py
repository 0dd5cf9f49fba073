"""Lists that grow: search on the server, further pages, and what is there again after a reload."""

from __future__ import annotations

from playwright.async_api import Route, expect

from tests.e2e.harness.people import Therapist
from tests.e2e.harness.visits import Visits

PAGE, MANY = 50, 53
NOTE_RETRY = """() => document.addEventListener("click", ({ target }) => {
    if (target.closest("[data-testid=retry]")) window.__retried = true;
}, true)"""


async def therapist_of_many(visits: Visits) -> Therapist:
    """A therapist with 53 patients called Alex, one O'Brien-Łukasz, and as many sessions."""
    therapist = await visits.registered_therapist()
    await therapist.page.evaluate(
        """async ([names]) => {
            const headers = { "X-Visavis": "1", "Content-Type": "application/json" };
            const post = async (path, body) => (await fetch(path, {
                method: "POST", headers, body: JSON.stringify(body) })).json();
            for (const name of names) {
                const { id } = await post("/api/patients", { name, language: "en" });
                const session = await post("/api/sessions", { patient_id: id });
                await post(`/api/sessions/${session.id}/end`);
            }
        }""",
        [["O'Brien-Łukasz", *(f"Alex {number:02}" for number in range(MANY))]],
    )
    return therapist


async def test_a_long_list_is_searched_and_read_page_by_page(visits: Visits) -> None:
    therapist = await therapist_of_many(visits)
    page = therapist.page
    await page.goto(f"{therapist.url}/patients")
    rows, search = page.get_by_test_id("patient-row"), page.get_by_test_id("search-patients")
    more = page.get_by_test_id("list-more")
    await expect(rows).to_have_count(PAGE)
    await more.focus()
    await page.keyboard.press("Enter")
    await expect(rows).to_have_count(MANY + 1)
    await expect(more).to_have_count(0)
    await expect(page.get_by_role("link", name="Alex 50", exact=True)).to_be_focused()
    await search.press_sequentially("obrien lukasz", delay=20)
    await expect(rows).to_have_count(1)
    await expect(rows).to_contain_text("O'Brien-Łukasz")
    assert "brien" not in page.url
    await rows.get_by_role("link").click()
    await expect(page.get_by_test_id("profile-name")).to_be_visible()
    await page.go_back()
    await expect(search).to_have_value("obrien lukasz")
    await expect(rows).to_have_count(1)
    await page.reload()
    await expect(search).to_have_value("obrien lukasz")
    await expect(rows).to_have_count(1)
    await search.fill("zz")
    nothing = page.get_by_role("paragraph").filter(has_text="No patient matches “zz”.")
    await expect(nothing).to_be_visible()
    await page.goto(f"{therapist.url}/sessions")
    await expect(page.get_by_test_id("session-row")).to_have_count(PAGE)
    await page.get_by_test_id("search-sessions").fill("łukasz")
    await expect(page.get_by_test_id("session-row")).to_have_count(1)
    await therapist.call("POST", "/api/logout")
    await page.goto(f"{therapist.url}/patients")
    await expect(page.get_by_label("E-mail")).to_be_visible()
    assert not await page.evaluate("() => JSON.stringify(sessionStorage).includes('ukasz')")


async def only_once_retried(route: Route) -> None:
    """The list also asks again by itself, which is to change nothing here."""
    if await route.request.frame.evaluate("() => window.__retried === true"):
        await route.continue_()
    else:
        await route.abort()


async def test_a_list_that_cannot_be_loaded_says_so_and_comes_back(visits: Visits) -> None:
    therapist = await therapist_of_many(visits)
    page = therapist.page
    await page.goto(f"{therapist.url}/patients")
    rows = page.get_by_test_id("patient-row")
    await expect(rows).to_have_count(PAGE)
    await page.evaluate(NOTE_RETRY)
    await page.route("**/api/patients?**", only_once_retried)
    await page.get_by_test_id("search-patients").fill("obrien")
    await expect(page.get_by_test_id("retry")).to_be_visible()
    await expect(rows).to_have_count(PAGE)
    await page.get_by_test_id("retry").click()
    await expect(rows).to_have_count(1)
    await expect(page.get_by_test_id("retry")).to_have_count(0)
