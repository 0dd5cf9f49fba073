"""People on a network that lets no UDP pass, from the beginning or from one moment to the next.

How long a call takes to go on over TCP is logged, not judged: this machine is shared.
"""

from __future__ import annotations

import logging
import shutil
import time
from collections.abc import AsyncIterator, Iterator
from itertools import pairwise
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Playwright, expect

from tests.e2e.harness import network
from tests.e2e.harness.browser import Browsers, launch
from tests.e2e.harness.firefox import MISSING, firefox
from tests.e2e.harness.page import Watched, eventually
from tests.e2e.harness.product import Product
from tests.e2e.harness.visits import Visits, assert_face_to_face
from tests.support.media import MediaFiles

log = logging.getLogger(__name__)

UNDER_WAY_S = 0.3
"""Frames that were under way when UDP was blocked have come after this."""


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def path(product: Product) -> AsyncIterator[network.Path]:
    if not network.can_make_namespaces() or shutil.which("nft") is None:
        pytest.skip("a network without UDP needs root, `ip` and `nft`")
    made = network.Path()
    await made.open(product.port)
    yield made
    await made.close()


@pytest.fixture(autouse=True)
def udp_passes_again(path: network.Path) -> Iterator[None]:
    yield
    path.lose(0)


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def browsers(
    path: network.Path,
    playwright: Playwright,
    media: dict[str, MediaFiles],
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[Browsers]:
    """Both on that network."""
    scratch = tmp_path_factory.mktemp("browser")
    therapist, patient = [
        await launch(playwright, media[role], namespace=path.name, scratch=scratch)
        for role in ("therapist", "patient")
    ]
    yield Browsers(therapist, patient)
    await therapist.close()
    await patient.close()


async def pictures_after(person: Watched, instant_s: float) -> float:
    """Wait for new frames after an instant; returns how long they took, in seconds."""
    from_ms = (instant_s + UNDER_WAY_S) * 1000

    async def came() -> float | None:
        rows = [row for row in await person.recorded(stop=False) if row.at > from_ms]
        for before, after in pairwise(rows):
            if after.framesReceived > before.framesReceived:
                return after.at / 1000 - instant_s
        return None

    return await eventually(came, "pictures after UDP was blocked", within_s=30)


async def test_two_people_meet_over_tcp(visits: Visits, path: network.Path) -> None:
    path.lose(100)
    visit = await visits.in_contact()
    assert await visit.therapist.protocol() == "tcp"
    assert await visit.patient.protocol() == "tcp"
    (session,) = (await visit.therapist.call("GET", "/api/sessions/open"))["sessions"]
    line = await visit.therapist.call("POST", f"/api/sessions/{session['id']}/check")
    assert (line["therapist"]["transit"], line["patient"]["transit"]) == ("tcp", "tcp")


async def test_a_check_tells_that_udp_is_blocked_and_says_so_on_both_sides(
    visits: Visits, path: network.Path
) -> None:
    path.lose(100)
    visit = await visits.arranged()
    await visit.patient.come(visit.link)
    await visit.therapist.open_waiting_room_from_home(visit.name)

    async def reach() -> dict[str, Any] | None:
        (session,) = (await visit.therapist.call("GET", "/api/sessions/open"))["sessions"]
        proof = session["patient_proof"]
        told: dict[str, Any] | None = proof and proof["check"] and proof["check"]["reach"]
        return told if told and told["udp"]["state"] != "not_tried" else None

    told = await eventually(reach, "a check that knows what was tried", within_s=30)
    assert (told["udp"]["state"], told["in_use"]) == ("blocked", "tcp")
    assert (told["tcp"]["state"], told["turn"]["state"]) == ("reached", "not_tried")
    await visit.patient.reads("Connected by the slower backup route.")
    line = visit.therapist.page.get_by_test_id("line-other")
    await expect(line).to_contain_text("network blocks the direct one")


async def test_a_call_goes_on_over_tcp_when_udp_is_blocked(
    visits: Visits, path: network.Path
) -> None:
    visit = await visits.in_contact()
    people = (visit.therapist, visit.patient)
    assert [await person.protocol() for person in people] == ["udp", "udp"]
    for person in people:
        await person.record(every_ms=50)
    path.lose(100)
    blocked_at = time.time()
    gaps_s = [await pictures_after(person, blocked_at) for person in people]
    log.info("pictures over TCP %.2f and %.2f s after UDP was blocked", *gaps_s)
    await assert_face_to_face(visit)
    assert [await person.protocol() for person in people] == ["tcp", "tcp"]
    await expect(visit.therapist.accept_button).to_be_hidden()


@pytest.mark.skipif(MISSING, reason="needs Firefox and Node on PATH")
@pytest.mark.parametrize("at_first", ["tcp", "udp"])
async def test_firefox_meets_or_goes_on_over_tcp(
    visits: Visits, path: network.Path, at_first: str
) -> None:
    if at_first == "tcp":
        path.lose(100)
    visit = await visits.arranged()
    async with firefox(visit.link, namespace=path.name) as patient:
        assert await patient.said() == {"waiting": True}
        await visit.therapist.open_waiting_room_from_home(visit.name)
        await visit.therapist.enter()
        await visit.therapist.accept()
        await patient.sees_therapist()
        assert (await patient.said())["protocol"] == at_first

        path.lose(100)
        blocked_ms = time.time() * 1000

        async def over_tcp() -> dict[str, Any] | None:
            words = await patient.said()
            return words if words["protocol"] == "tcp" else None

        words = await eventually(over_tcp, "Firefox on TCP", within_s=30)
        log.info("Firefox over TCP %.1f s later, or less", (words["at"] - blocked_ms) / 1000)
        shown_before = (await visit.therapist.stats()).framesDecoded

        async def go_on() -> bool:
            received: int = (await patient.said())["framesReceived"]
            shown = (await visit.therapist.stats()).framesDecoded
            return received > words["framesReceived"] + 10 and shown > shown_before + 10

        await eventually(go_on, "pictures both ways", within_s=30)
