"""The link of a first consultation belongs to the first device where a person presses Continue."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

from control.invitations.model import ONE_TIME_LIFETIME
from control.presence.model import GRACE
from control.visits.model import RETENTION
from tests.control.consultations.first import First
from tests.control.stage import Stage


async def test_scanner_that_opens_the_link_in_a_browser_does_not_use_it_up(first: First) -> None:
    scanner = first.stage.page()
    for _ in range(3):
        seen = await first.look(scanner)
    assert (seen["name"], seen["is_guest"], seen["therapist_name"]) == ("", True, "Dr. Rossi")
    assert (await first.read())["stage"] == "unopened"
    assert scanner.jar == {}
    await first.press_continue()
    assert (await first.read())["stage"] == "opened"


async def test_second_device_reads_that_the_link_belongs_to_another(first: First) -> None:
    await first.press_continue()
    other = first.stage.page()
    assert (await first.look(other, 409))["code"] == "taken"
    for take_over in (False, True):
        refused = await first.press_continue("Mallory", other, 409, take_over=take_over)
        assert refused["code"] == "taken"
    assert (await first.read())["name"] == "Giulia"
    assert (await first.look())["name"] == "Giulia"


async def test_nobody_takes_over_after_the_grace_or_after_a_goodbye(first: First) -> None:
    live = await first.arrive()
    await live.ws.close()
    await first.stage.tick(GRACE.total_seconds() + 1)
    other = first.stage.page()
    assert (await first.press_continue("Mallory", other, 409))["code"] == "taken"
    await first.guest.post("/api/visit/leave", expect=204)
    assert (await first.press_continue("Mallory", other, 409, take_over=True))["code"] == "taken"


async def test_of_two_devices_at_once_exactly_one_holds_the_link(first: First) -> None:
    names = [f"Guest {number}" for number in range(6)]
    pages = [first.stage.page() for _ in names]
    body = {"token": first.token}
    answers = await asyncio.gather(
        *(
            page.call("POST", "/api/visit", body | {"name": name})
            for page, name in zip(pages, names, strict=True)
        )
    )
    codes = [answer.get("code", "in") for answer in answers]
    assert sorted(codes) == ["in"] + ["taken"] * 5
    winner = codes.index("in")
    assert (await first.read())["name"] == names[winner]
    assert (await first.look(pages[winner]))["name"] == names[winner]


async def test_the_same_device_comes_back_days_later(first: First) -> None:
    await first.press_continue()
    first.stage.clock.advance(3 * RETENTION.total_seconds())
    await first.stage.control.expire()
    assert (await first.look())["name"] == "Giulia"
    await first.press_continue(None)
    assert (await first.guest.get("/api/visit"))["name"] == "Giulia"


async def test_another_link_opened_in_the_same_browser_does_not_lose_the_hold(
    first: First,
) -> None:
    await first.arrive()
    other = await first.stage.visit(first.therapist)
    await first.guest.post("/api/visit", {"token": other.token, "take_over": True})
    assert (await first.guest.get("/api/visit"))["name"] == "Alex M."
    await first.press_continue(None)
    assert (await first.guest.get("/api/visit"))["name"] == "Giulia"


async def test_link_expires_after_two_weeks(first: First) -> None:
    link = await first.therapist.get(first.link)
    lasts = datetime.fromisoformat(link["expires_at"]) - datetime.fromisoformat(link["created_at"])
    assert lasts == ONE_TIME_LIFETIME == timedelta(days=14)
    first.stage.clock.advance(ONE_TIME_LIFETIME.total_seconds())
    assert (await first.look(expect=404))["code"] == "link_unknown"


async def test_withdrawing_in_contact_closes_the_room_at_once(first: First) -> None:
    waiting, path = await first.meet()
    session_id = path.rpartition("/")[2]
    await first.therapist.call("DELETE", first.link, expect=204)
    room = first.stage.media.room(session_id)
    assert room is not None
    assert not room.gate_open
    assert [peer.role for peer in room.peers] == ["therapist"]
    await waiting.until(lambda message: message["type"] == "revoked")
    await first.guest.get("/api/visit", 401)
    assert (await first.look(expect=404))["code"] == "link_unknown"


async def test_new_link_is_free_and_ends_the_visit_of_whoever_held_the_old(first: First) -> None:
    waiting, _ = await first.meet()
    fresh = await first.therapist.post(first.link, expect=201)
    await waiting.until(lambda message: message["type"] == "revoked")
    await first.guest.get("/api/visit", 401)
    assert (await first.look(expect=404))["code"] == "link_unknown"
    first.token = fresh["url"].partition("#")[2]
    assert fresh["is_one_time"]
    assert fresh["claimed_at"] is None
    other = first.stage.page()
    await first.press_continue("Ines", other)
    assert (await first.look(first.guest, 409))["code"] == "taken"


async def test_guest_must_give_a_name_before_the_link_is_claimed(first: First) -> None:
    assert (await first.press_continue(None, expect=400))["code"] == "name_needed"
    assert (await first.read())["stage"] == "unopened"


async def test_name_that_cannot_be_shown_is_refused_and_claims_nothing(first: First) -> None:
    for name in ("", "An\u0000na", "Anna\u202eanna"):
        assert (await first.press_continue(name, expect=400))["code"] == "invalid_body"
    assert (await first.read())["stage"] == "unopened"
    assert (await first.press_continue("  Anna   Maria "))["name"] == "Anna Maria"


async def test_name_sent_by_a_patients_page_changes_nothing(stage: Stage) -> None:
    visiting = await stage.visit(await stage.therapist())
    body = {"token": visiting.token, "name": "Somebody"}
    assert (await visiting.page.post("/api/visit", body))["name"] == "Alex M."


async def test_link_is_there_as_a_qr_code(first: First) -> None:
    link = await first.therapist.get(first.link)
    size, path = link["qr"]["size"], link["qr"]["path"]
    assert size in range(29, 61, 4)
    assert path.startswith("M0 0h7v1h-7z")
    assert path.count("M") == path.count("z")
