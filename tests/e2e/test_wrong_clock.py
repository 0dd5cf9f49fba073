"""Ages on a computer whose clock is 14 minutes fast: they are the server's."""

from __future__ import annotations

from playwright.async_api import expect

from tests.e2e.harness.visits import Visits

FAST_BY_MS = 14 * 60_000
FAST_CLOCK = f"""(() => {{
    const Real = Date;
    window.Date = class extends Real {{
        constructor(...values) {{
            super(...(values.length > 0 ? values : [Real.now() + {FAST_BY_MS}]));
        }}
        static now() {{
            return Real.now() + {FAST_BY_MS};
        }}
    }};
}})()"""


async def test_a_patient_who_has_just_come_has_not_waited_14_minutes(visits: Visits) -> None:
    visit = await visits.arranged()
    page = visit.therapist.page
    await page.context.add_init_script(FAST_CLOCK)
    await visit.patient.come(visit.link)
    await page.reload()
    card = page.get_by_test_id("waiting-card")
    await expect(card).to_be_visible()
    words = await card.inner_text()
    assert "has just arrived" in words or " sec" in words, words
