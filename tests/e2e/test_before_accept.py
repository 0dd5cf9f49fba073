"""The gate: until ACCEPT nothing of one reaches the other, whatever is asked."""

from __future__ import annotations

import asyncio
from typing import Any

from tests.e2e.harness.page import Watched, assert_nothing_arrived, eventually
from tests.e2e.harness.product import Product
from tests.e2e.harness.visits import Visits


async def test_nothing_passes_before_accept(visits: Visits, product: Product) -> None:
    visit = await visits.arranged()
    await visit.patient.come(visit.link)
    await visit.therapist.open_waiting_room_from_home(visit.name)
    await visit.therapist.enter()
    await visit.therapist.accept_button.wait_for()
    await asyncio.sleep(3)
    await assert_nothing_arrived(visit.patient)
    await assert_nothing_arrived(visit.therapist)

    async def heard_and_seen() -> list[dict[str, Any]] | None:
        peers: list[dict[str, Any]] = (await visit.room(product))["peers"]
        proofs = [peer["proof"] for peer in peers]
        both = all(it["heard_age_ms"] is not None and it["frames_per_s"] > 5 for it in proofs)
        return peers if both else None

    peers = await eventually(heard_and_seen, "the node to hear and see both")
    assert sorted(peer["role"] for peer in peers) == ["patient", "therapist"]
    assert [peer["forwarded_packets"] for peer in peers] == [0, 0]


async def test_waiting_sends_little_video(visits: Visits) -> None:
    visit = await visits.arranged()
    await visit.patient.come(visit.link)

    async def checked() -> bool:
        own = f"/api/sessions?patient={visit.patient_id}"
        (session,) = (await visit.therapist.call("GET", own))["items"]
        check = (session["patient_proof"] or {}).get("check") or {}
        return check.get("state") == "done"

    await eventually(checked, "the end of the check, which fills the line", within_s=30)
    first = await visit.patient.stats()
    await asyncio.sleep(4)
    second = await visit.patient.stats()
    bits = (second.sentVideoBytes - first.sentVideoBytes) * 8
    rate_bps = bits / (second.at - first.at) * 1000
    assert 0 < rate_bps <= 165_000


async def test_send_back_to_the_waiting_room_closes_the_gate(visits: Visits) -> None:
    visit = await visits.in_contact()
    await visit.therapist.page.get_by_role("button", name="Send back to the waiting room").click()
    await visit.patient.expect_waiting()

    async def still(watched: Watched) -> bool:
        first = await watched.stats()
        await asyncio.sleep(1)
        second = await watched.stats()
        return (first.framesReceived, first.audioPackets) == (
            second.framesReceived,
            second.audioPackets,
        )

    await eventually(lambda: still(visit.patient), "no media at the patient's")
    await eventually(lambda: still(visit.therapist), "no media at the therapist's")
