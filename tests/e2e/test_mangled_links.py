"""A link that a mail program has changed opens the visit, and is put right in the address bar."""

from __future__ import annotations

import pytest

from tests.e2e.harness.visits import Visits


@pytest.mark.parametrize("end", [").", "%E2%80%8B", "%20please"])
async def test_what_follows_the_link_does_not_belong_to_it(visits: Visits, end: str) -> None:
    visit = await visits.arranged()
    encoded = visit.link.replace("_", "%5F").replace("-", "%2D")
    await visit.patient.open(encoded + end)
    await visit.patient.reads("You are about to meet Dr. Rossi.")
    assert visit.patient.page.url.replace("/v/#", "/v#") == visit.link.replace("/v/#", "/v#")
