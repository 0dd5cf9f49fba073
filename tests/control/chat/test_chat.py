"""The chat: both ways, for nobody else, in memory unless it is kept."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from control.chat.model import MOST_MESSAGES, TEXT_MAX, Conversation
from control.chat.store import chat_messages
from sfu.messages import Role
from tests.control.call import Call
from tests.control.fakes import FakeClock
from tests.control.stage import HEADERS, Page, Stage, Visiting

PATIENTS = "/api/visit/chat"


def new(text: str, id: str = "m1") -> dict[str, str]:
    return {"id": id, "text": text}


def texts(chat: Any) -> list[tuple[str, str]]:
    return [(message["author"], message["text"]) for message in chat["messages"]]


async def test_each_side_is_told_that_there_is_something_and_reads_it(stage: Stage) -> None:
    call = await Call.begin(stage)
    await call.therapist.post(f"{call.path}/chat", new("Can you hear me?"), 201)
    told = await call.waiting.until(lambda m: m["visit"]["chat"]["last"] == 1)
    assert "Can you hear me?" not in str(told)
    assert texts(await call.visiting.page.get(PATIENTS)) == [("therapist", "Can you hear me?")]

    written = await call.visiting.page.post(PATIENTS, new("No.", "p1"), 201)
    assert (written["number"], written["author"]) == (2, "patient")
    await call.home.session(lambda one: one["chat"]["last"] == 2)
    rest = await call.therapist.get(f"{call.path}/chat?after=1")
    assert texts(rest) == [("patient", "No.")]


async def test_it_works_while_the_patient_waits(stage: Stage) -> None:
    therapist = await stage.therapist()
    visiting = await stage.visit(therapist)
    await visiting.arrive()
    (session,) = (await therapist.get("/api/sessions"))["items"]
    path = f"/api/sessions/{session['id']}/chat"
    await therapist.post(path, new("One moment, please."), 201)
    assert len((await visiting.page.get(PATIENTS))["messages"]) == 1


async def test_sent_back_patient_is_in_the_waiting_room_and_can_write(stage: Stage) -> None:
    call = await Call.begin(stage)
    await call.therapist.post(f"{call.path}/hold")
    await call.visiting.page.post(PATIENTS, new("I am still here."), 201)
    assert texts(await call.therapist.get(f"{call.path}/chat")) == [("patient", "I am still here.")]


async def test_another_therapist_neither_reads_nor_writes_nor_keeps(stage: Stage) -> None:
    call = await Call.begin(stage)
    await call.therapist.post(f"{call.path}/chat", new("private"), 201)
    other = await stage.therapist("bruni@example.org", "Dr. Bruni")
    assert (await other.get(f"{call.path}/chat", 404))["code"] == "no_session"
    await other.post(f"{call.path}/chat", new("hello"), 404)
    await other.post(f"{call.path}/chat/keep", expect=404)
    await stage.page().get(f"{call.path}/chat", 401)
    assert len((await call.therapist.get(f"{call.path}/chat"))["messages"]) == 1


async def test_who_left_and_whose_link_was_revoked_are_outside(stage: Stage) -> None:
    call = await Call.begin(stage)
    await call.therapist.post(f"{call.path}/chat", new("private"), 201)
    await call.visiting.page.post("/api/visit/leave", expect=204)
    assert (await call.visiting.page.get(PATIENTS, 409))["code"] == "ended"
    await call.visiting.page.post(PATIENTS, new("me again", "p1"), 409)
    await call.visiting.open()
    await call.visiting.arrive()
    await call.visiting.page.get(PATIENTS)
    await call.therapist.call("DELETE", f"/api/patients/{call.visiting.patient_id}/invitation")
    await call.visiting.page.get(PATIENTS, 401)
    await call.visiting.page.post(PATIENTS, new("me again", "p1"), 401)
    assert len((await call.therapist.get(f"{call.path}/chat"))["messages"]) == 1


async def test_device_that_was_replaced_is_outside(stage: Stage) -> None:
    call = await Call.begin(stage)
    tablet = Visiting(stage, call.visiting.patient_id, call.visiting.token, stage.page())
    await tablet.open(take_over=True)
    await tablet.arrive()
    await call.therapist.post(f"{call.path}/chat", new("private"), 201)
    await call.visiting.page.get(PATIENTS, 401)
    assert texts(await tablet.page.get(PATIENTS)) == [("therapist", "private")]


async def test_revoked_while_a_message_is_under_way_writes_nothing(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who asks is judged at the moment of effect, after whatever was waited for before."""
    call = await Call.begin(stage)
    await call.visiting.page.post(PATIENTS, new("before"), 201)
    service = stage.control.chat
    enter = service._enter

    async def enter_and_revoke(side: Any) -> Any:
        entered = await enter(side)
        link = f"/api/patients/{call.visiting.patient_id}/invitation"
        await call.therapist.call("DELETE", link, expect=204)
        return entered

    monkeypatch.setattr(service, "_enter", enter_and_revoke)
    await call.visiting.page.post(PATIENTS, new("after", "p2"), 401)
    monkeypatch.undo()
    assert texts(await call.therapist.get(f"{call.path}/chat")) == [("patient", "before")]


async def test_ended_session_has_no_chat_and_its_memory_is_gone(stage: Stage) -> None:
    call = await Call.begin(stage)
    await call.therapist.post(f"{call.path}/chat", new("goodbye"), 201)
    await call.therapist.post(f"{call.path}/end")
    await stage.tick()
    assert len(stage.control.conversations) == 0
    await call.visiting.page.get(PATIENTS, 409)
    await call.visiting.page.post(PATIENTS, new("wait", "p1"), 409)
    await call.therapist.post(f"{call.path}/chat", new("wait", "m2"), 409)
    chat = await call.therapist.get(f"{call.path}/chat")
    assert chat == {"id": None, "kept": False, "messages": []}
    assert await rows(stage) == []


async def test_kept_conversation_is_sealed_told_to_the_patient_and_read_later(
    stage: Stage,
) -> None:
    call = await Call.begin(stage)
    await call.therapist.post(f"{call.path}/chat/keep", expect=409)
    await call.visiting.page.post(PATIENTS, new("the address is Via Roma 1"), 201)
    assert await rows(stage) == []
    await call.therapist.post(f"{call.path}/chat/keep", expect=204)
    await call.waiting.until(lambda m: m["visit"]["chat"]["kept"])
    await call.therapist.post(f"{call.path}/chat", new("thank you", "m2"), 201)
    assert [b"Via Roma" in row.text.blob for row in await rows(stage)] == [False, False]
    await call.therapist.post(f"{call.path}/end")
    await stage.tick()
    kept = await call.therapist.get(f"{call.path}/chat")
    assert kept["kept"]
    assert texts(kept) == [
        ("patient", "the address is Via Roma 1"),
        ("therapist", "thank you"),
    ]
    other = await stage.therapist("bruni@example.org", "Dr. Bruni")
    await other.get(f"{call.path}/chat", 404)
    patient = f"/api/patients/{call.visiting.patient_id}"
    await call.therapist.call("DELETE", patient, expect=204)
    assert await rows(stage) == []


async def test_restart_loses_what_was_not_kept_and_goes_on_with_what_was(stage: Stage) -> None:
    call = await Call.begin(stage)
    await call.therapist.post(f"{call.path}/chat", new("kept"), 201)
    await call.therapist.post(f"{call.path}/chat/keep", expect=204)
    before = await call.therapist.get(f"{call.path}/chat")
    await stage.restart()
    after = await call.therapist.get(f"{call.path}/chat")
    assert after["id"] != before["id"]
    assert texts(after) == texts(before)
    written = await call.therapist.post(f"{call.path}/chat", new("more", "m2"), 201)
    assert written["number"] == 2
    assert len(await rows(stage)) == 2


async def test_message_sent_again_is_the_same_message(stage: Stage) -> None:
    call = await Call.begin(stage)
    first = await call.therapist.post(f"{call.path}/chat", new("once"), 201)
    assert await call.therapist.post(f"{call.path}/chat", new("once"), 201) == first
    patients = await call.visiting.page.post(PATIENTS, new("mine"), 201)  # the other side's own id
    assert patients["number"] == 2


@pytest.mark.parametrize("text", ["", "   ", "x" * (TEXT_MAX + 1)])
async def test_empty_and_overlong_messages_are_refused(stage: Stage, text: str) -> None:
    call = await Call.begin(stage)
    refused = await call.therapist.post(f"{call.path}/chat", new(text), 400)
    assert refused["code"] == "invalid_body"
    await call.therapist.get(f"{call.path}/chat?after=x", 400)


async def test_one_side_that_writes_too_much_is_slowed_down_the_other_is_not(
    stage: Stage,
) -> None:
    call = await Call.begin(stage)
    statuses = [await status(call.visiting.page, new("!", f"p{number}")) for number in range(12)]
    assert statuses[:10] == [201] * 10
    assert statuses[-1] == 429
    await call.therapist.post(f"{call.path}/chat", new("slowly", "m1"), 201)


def test_conversation_is_bounded_and_goes_on_counting() -> None:
    talk = Conversation("c1")
    for number in range(MOST_MESSAGES + 5):
        talk.add(talk.compose(f"m{number}", Role.PATIENT, "x", FakeClock().now))
    assert len(talk.messages) == MOST_MESSAGES
    assert (talk.messages[0].number, talk.last) == (6, MOST_MESSAGES + 5)


async def status(page: Page, message: dict[str, str]) -> int:
    async with page.client.request("POST", PATIENTS, headers=HEADERS, json=message) as answer:
        return answer.status


async def rows(stage: Stage) -> Any:
    async with stage.control.database.read() as tx:
        return (await tx.execute(select(chat_messages))).all()
