"""Two real WebRTC clients (aiortc) meet through a node over loopback UDP."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import ClientSession

from sfu.io.node import RunningNode
from tests.integration.page import Page, brightness, pitch_hz
from tests.support.waiting import until


class Visit:
    """A room with both pages in it."""

    def __init__(self, node: RunningNode, control: ClientSession) -> None:
        self.node, self.control = node, control
        self.pages: list[Page] = []

    async def join(self, role: str, participant: str = "") -> Page:
        hz, luma = (440, 200) if role == "therapist" else (880, 60)
        page = Page(role, hz=hz, luma=luma)
        self.pages.append(page)
        await page.join(self.control, "visit", participant)
        return page

    async def gate(self, is_open: bool) -> None:
        response = await self.control.put("/rooms/visit/gate", json={"open": is_open})
        assert response.status == 200

    def peer(self, role: str) -> dict[str, Any]:
        room = self.node.worker.run(self.node.worker.engine.rooms.find("visit").state)
        peers = {peer.role.value: peer.model_dump() for peer in room.peers}
        return peers.get(role, {"connected": False, "proof": {}})

    def arrives(self, role: str) -> bool:
        """Whether the node has sound and pictures of this side."""
        proof = self.peer(role)["proof"]
        return proof["heard_age_ms"] is not None and proof["frames_per_s"] > 5


@pytest.fixture
async def visit(node: RunningNode, control: ClientSession) -> AsyncIterator[Visit]:
    visit = Visit(node, control)
    await control.put("/rooms/visit", json={})
    yield visit
    for page in visit.pages:
        await page.close()


async def test_before_the_gate_opens_neither_hears_nor_sees_the_other(visit: Visit) -> None:
    pages = [await visit.join("therapist"), await visit.join("patient")]
    await until(lambda: visit.arrives("therapist") and visit.arrives("patient"))
    await until(lambda: all(len(page.said("media")) >= 2 for page in pages))
    for page in pages:
        assert page.sounds == []
        assert page.pictures == []
        assert visit.peer(page.role)["forwarded_packets"] == 0
        assert page.said("gate") == [{"type": "gate", "open": False}]


async def test_what_a_page_says_of_itself_is_told_with_its_own_peer_alone(visit: Visit) -> None:
    await visit.join("therapist")
    patient = await visit.join("patient")
    await until(lambda: visit.arrives("therapist") and len(patient.said("media")) >= 1)
    patient.say('{"type": "page", "freezes": 1, "frozen_ms": 420, "concealed_ratio": 0.004}')
    await until(lambda: visit.peer("patient")["page"] is not None)
    assert visit.peer("patient")["page"]["frozen_ms"] == 420
    assert visit.peer("therapist")["page"] is None


async def test_after_the_gate_opens_each_hears_and_sees_the_other(visit: Visit) -> None:
    therapist, patient = await visit.join("therapist"), await visit.join("patient")
    await until(lambda: visit.arrives("therapist") and visit.arrives("patient"))
    await visit.gate(True)
    await until(lambda: all(len(p.sounds) > 75 and len(p.pictures) > 10 for p in visit.pages))
    assert pitch_hz(therapist.sounds[-50:]) == pytest.approx(880, abs=5)
    assert pitch_hz(patient.sounds[-50:]) == pytest.approx(440, abs=5)
    assert brightness(therapist.pictures[-1]) == pytest.approx(60, abs=8)
    assert brightness(patient.pictures[-1]) == pytest.approx(200, abs=8)


async def test_page_is_told_of_gate_cap_clock_and_the_other(visit: Visit) -> None:
    therapist, patient = await visit.join("therapist"), await visit.join("patient")
    await until(lambda: patient.said("gate") and therapist.said("gate"))
    before = time.monotonic()
    await visit.gate(True)
    await until(lambda: len(therapist.said("clock")) >= 2 and len(patient.said("clock")) >= 2)
    passed_s = time.monotonic() - before
    assert [m["open"] for m in patient.said("gate")] == [False, True]
    first, *_, last = patient.said("cap")
    assert first["video_bps"] == 150_000
    assert last["video_bps"] > 1_000_000
    clock = therapist.said("clock")[1]
    assert 0.9 < clock["elapsed_s"] <= passed_s + 0.001  # it is rounded
    assert {"type": "other", "connected": True, "paused": False, "weak": False} in therapist.said(
        "other"
    )
    assert clock["started_at"].endswith("Z")


async def test_ping_comes_back_as_it_went(visit: Visit) -> None:
    patient = await visit.join("patient")
    await until(lambda: patient.said("gate"))
    patient.ping.send("42")
    await until(lambda: patient.echoes)
    assert patient.echoes == ["42"]


async def test_reload_replaces_the_old_page_and_the_visit_goes_on(visit: Visit) -> None:
    therapist, patient = await visit.join("therapist"), await visit.join("patient")
    await visit.gate(True)
    await until(lambda: therapist.sounds and patient.sounds)
    again = await visit.join("patient")
    await until(lambda: patient.said("closed"))
    assert patient.said("closed") == [{"type": "closed", "reason": "replaced"}]
    await until(lambda: again.sounds and len(again.pictures) > 3)
    heard = len(therapist.sounds)
    await until(lambda: len(therapist.sounds) > heard + 50)
    assert visit.peer("therapist")["connected"]


async def test_page_that_closes_is_gone_at_once(visit: Visit) -> None:
    therapist, patient = await visit.join("therapist"), await visit.join("patient")
    await until(lambda: therapist.said("gate") and patient.said("gate"))
    await patient.close()
    await until(lambda: "id" not in visit.peer("patient"))  # silence alone would take 120 s
    await until(
        lambda: (
            {"type": "other", "connected": False, "paused": False, "weak": False}
            in therapist.said("other")
        )
    )


async def test_closed_room_tells_both_pages(visit: Visit) -> None:
    pages = [await visit.join("therapist"), await visit.join("patient")]
    await until(lambda: all(page.said("gate") for page in pages))
    assert (await visit.control.delete("/rooms/visit")).status == 204
    await until(lambda: all(page.said("closed") for page in pages))
    for page in pages:
        assert page.said("closed") == [{"type": "closed", "reason": "room_closed"}]


async def test_a_page_that_waits_is_checked_and_control_may_ask_again(visit: Visit) -> None:
    patient = await visit.join("patient")
    await until(lambda: patient.said("check"))
    assert patient.said("check")[0]["state"] == "running"
    check = f"/rooms/visit/peers/{visit.peer('patient')['id']}/check"
    answer = await visit.control.post(f"{check}?light=1")  # lets the running one go on
    assert answer.status == 202
    for path, status in ((f"{check}?light=perhaps", 400), ("/rooms/visit/peers/x/check", 404)):
        answer = await visit.control.post(path)
        assert answer.status == status
    await visit.gate(True)
    answer = await visit.control.post(check)
    assert (answer.status, (await answer.json())["code"]) == (409, "in_call")
    await until(lambda: patient.said("check")[-1]["state"] == "stopped")
