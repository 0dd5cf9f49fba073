"""People whose networks let out nothing but TURN, by UDP, TCP or TLS, over a real coturn."""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import partial
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Error, Playwright, Route

from tests.e2e.harness.browser import Browsers, launch, lets_out_only, relay_only
from tests.e2e.harness.firefox import MISSING, firefox
from tests.e2e.harness.page import Watched, eventually
from tests.e2e.harness.people import Therapist
from tests.e2e.harness.product import Product
from tests.e2e.harness.visits import Visits, assert_face_to_face
from tests.support import coturn
from tests.support.coturn import Coturn
from tests.support.media import MediaFiles

pytestmark = coturn.needed


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Coturn]:
    async with coturn.running(tmp_path_factory) as server:
        yield server


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def product(
    server: Coturn, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Product]:
    settings = {
        "VISAVIS_ANNOUNCE": server.host,
        "VISAVIS_TURN_URLS": ",".join(server.urls.values()),
        "VISAVIS_TURN_SECRET": server.secret,
    }
    running = Product(tmp_path_factory.mktemp("turn"), split=True, settings=settings)
    try:
        await running.start()
        yield running
    finally:
        await running.stop()


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def trusting(
    server: Coturn, playwright: Playwright, media: dict[str, MediaFiles]
) -> AsyncIterator[Browsers]:
    """Browsers that take this server's certificate for good, and no other bad one."""
    flags = (f"--ignore-certificate-errors-spki-list={server.key_digest}",)
    therapist = await launch(playwright, media["therapist"], flags=flags)
    patient = await launch(playwright, media["patient"], flags=flags)
    yield Browsers(therapist, patient)
    await therapist.close()
    await patient.close()


@pytest_asyncio.fixture(loop_scope="session")
async def visits(product: Product, trusting: Browsers) -> AsyncIterator[Visits]:
    made = Visits(product, trusting)
    yield made
    await made.close()


async def checked_by_relay(therapist: Therapist, side: str) -> dict[str, Any] | None:
    """How a side reached the node by its check, once its page says that it sends by a relay."""
    (session,) = (await therapist.call("GET", "/api/sessions/open"))["sessions"]
    proof = session[side]
    if proof is None or proof["check"] is None or not (proof["page"] or {}).get("relayed"):
        return None
    reach: dict[str, Any] = proof["check"]["reach"]
    return reach if reach["in_use"] == "turn" else None


async def gathered_with(person: Watched) -> list[str]:
    names: list[str] = await person.inspect("window.__turn.gathered")
    return names


@pytest.mark.parametrize(
    ("therapists", "patients"), [("udp", "udp"), ("tcp", "tls")], ids=["udp", "tcp and tls"]
)
async def test_two_people_meet_through_the_relay_alone(
    visits: Visits, therapists: str, patients: str
) -> None:
    visit = await visits.arranged()
    await lets_out_only(therapists, visit.therapist.page)
    await lets_out_only(patients, visit.patient.page)
    await visit.therapist.page.reload()
    await visit.patient.come(visit.link)
    await visit.therapist.open_waiting_room_from_home(visit.name)
    for side in ("therapist_proof", "patient_proof"):
        checked = partial(checked_by_relay, visit.therapist, side)
        reach = await eventually(checked, "a check, and the page's word")
        assert (reach["turn"]["state"], reach["in_use"]) == ("reached", "turn")
        assert (reach["udp"]["state"], reach["tcp"]["state"]) == ("not_tried", "not_tried")
        assert 0 < reach["turn"]["took_ms"] < 10_000
    await visit.therapist.enter()
    await visit.therapist.accept()
    await assert_face_to_face(visit)
    assert await visit.therapist.relay() == therapists
    assert await visit.patient.relay() == patients


@pytest.mark.skipif(MISSING, reason="needs Firefox and Node on PATH")
async def test_a_patient_with_firefox_meets_through_the_relay_alone(visits: Visits) -> None:
    visit = await visits.arranged()
    async with firefox(visit.link, script=relay_only("tcp")) as patient:
        assert await patient.said() == {"waiting": True}
        await visit.therapist.open_waiting_room_from_home(visit.name)
        await visit.therapist.enter()
        await visit.therapist.accept()
        await patient.sees_therapist()
        assert (await patient.said())["relay"] == "tcp"
        await visit.therapist.receives()


async def test_a_lost_relay_comes_back_with_fresh_credentials_and_without_control(
    visits: Visits, product: Product, server: Coturn
) -> None:
    visit = await visits.arranged()
    await lets_out_only("udp", visit.patient.page)
    await visit.patient.page.route("**/api/visit/ice-servers", end_soon)
    await visits.meet(visit)
    before = await visit.room(product)
    async with visit.patient.page.expect_response("**/api/visit/ice-servers"):
        pass  # told of a lifetime of 3 s, the page renews after one
    known = await gathered_with(visit.patient)
    product.kill("control")
    server.kill()
    try:
        await server.start()
        await eventually(lambda: restarted(visit.patient, known), "a restart of ICE")
        await assert_face_to_face(visit)
        assert await visit.patient.relay() == "udp"
        fresh = (await gathered_with(visit.patient))[-1]
    finally:
        product.start_process("control")
        await product.ready()
    assert expiry(fresh) > expiry(known[0])
    assert fresh in server.log(), "the new allocation is made with them"
    after = await visit.room(product)
    assert peers(after) == peers(before), "no new offer was needed"


async def end_soon(route: Route) -> None:
    """Let the page believe that its credentials end soon, so that it renews them at once."""
    try:
        answer = await route.fetch()
    except Error:  # control is away
        return await route.abort()
    await route.fulfill(response=answer, json=await answer.json() | {"lifetime_s": 3})


async def restarted(person: Watched, known: list[str]) -> bool:
    return len(await gathered_with(person)) > len(known)


def expiry(username: str) -> int:
    return int(username.partition(":")[0])


def peers(room: dict[str, Any]) -> list[str]:
    return sorted(peer["id"] for peer in room["peers"])
