"""Accounts of canaries: made by the operator alone, and what they leave is erased."""

from __future__ import annotations

from datetime import timedelta

from control.auth.messages import OperatorForm, Registration
from control.patients.model import CANARY_LIFETIME
from tests.control.stage import PASSWORD, Page, Stage

SHORTLY = timedelta(seconds=1)


async def log_in(stage: Stage, name: str, *, is_canary: bool) -> Page:
    email = f"{name}@example.org"
    form = Registration(email=email, password=PASSWORD, name=name, language="en")
    await stage.control.registration.add(form, is_canary=is_canary, now=stage.clock.now)
    page = stage.page()
    me = await page.post("/api/login", {"email": email, "password": PASSWORD})
    assert me["is_canary"] is is_canary
    return page


async def names(page: Page) -> list[str]:
    return [one["name"] for one in (await page.get("/api/patients"))["items"]]


async def test_what_a_canary_left_is_erased_soon_and_nobody_elses(stage: Stage) -> None:
    canary = await log_in(stage, "canary", is_canary=True)
    person = await log_in(stage, "rossi", is_canary=False)
    visiting = await stage.visit(canary, "Canary")
    waiting = await visiting.arrive()
    kept = await stage.visit(person, "Alex M.")
    await kept.arrive()
    stage.clock.advance(CANARY_LIFETIME.total_seconds())
    await stage.control.expire()
    assert await names(canary) == ["Canary"], "a visit that still goes on is not cut"
    stage.clock.advance(SHORTLY.total_seconds())
    await stage.control.expire()
    assert await names(canary) == []
    assert (await canary.get("/api/sessions"))["items"] == []
    await waiting.close_code()
    assert await names(person) == ["Alex M."]
    assert len((await person.get("/api/sessions"))["items"]) == 1


async def test_sessions_of_canaries_count_in_no_statistics(stage: Stage) -> None:
    await stage.control.operators.add(
        OperatorForm(email="watch@example.org", password=PASSWORD), now=stage.clock.now
    )
    operator = stage.page()
    await operator.post("/api/ops/login", {"email": "watch@example.org", "password": PASSWORD})
    sessions = {}
    for name, is_canary in (("canary", True), ("rossi", False)):
        therapist = await log_in(stage, name, is_canary=is_canary)
        await stage.control.expire()  # control reads every 30 s who is a canary
        visiting = await stage.visit(therapist, name)
        await visiting.arrive()
        (session,) = (await therapist.get("/api/sessions"))["items"]
        await visiting.page.offer("/api/visit/offer")
        sessions[name] = session["id"]
    assert stage.media.synthetic == {sessions["canary"]: True, sessions["rossi"]: False}
    await stage.control.watch.sample(now=stage.clock.now)
    assert (await operator.get("/api/ops"))["samples"]["waiting"][-1] == 1
    await stage.control.census.take()
    figures = stage.control.census.figures
    assert figures is not None
    assert (figures.sessions.waiting, figures.sessions.by_state["open"]) == (1, 1)


async def test_contacts_and_outcomes_of_canaries_are_not_counted(stage: Stage) -> None:
    for name, is_canary in (("canary", True), ("rossi", False)):
        therapist = await log_in(stage, name, is_canary=is_canary)
        await stage.control.expire()
        visiting = await stage.visit(therapist, name)
        waiting = await visiting.arrive()
        (session,) = (await therapist.get("/api/sessions"))["items"]
        for move in ("enter", "accept"):
            await therapist.post(f"/api/sessions/{session['id']}/{move}")
        await waiting.visit("in_contact")
        await therapist.post(f"/api/sessions/{session['id']}/end")
    assert stage.count("visavis_control_ended_sessions_total", outcome="attended") == 1
    assert stage.count("visavis_control_wait_seconds_count") == 1


async def test_control_knows_its_canaries_from_the_start(stage: Stage) -> None:
    therapist = await log_in(stage, "canary", is_canary=True)
    await stage.restart()
    visiting = await stage.visit(therapist, "Canary")
    await visiting.arrive()
    await visiting.page.offer("/api/visit/offer")
    assert list(stage.media.synthetic.values()) == [True]


async def test_nobody_makes_a_canary_over_the_pages(stage: Stage) -> None:
    form = {"email": "bianchi@example.org", "password": PASSWORD, "name": "Dr. Bianchi"}
    page = stage.page()
    await page.post("/api/register", form | {"is_canary": True}, 400)
    await page.post("/api/register", form, 202)
    me = await page.post("/api/login", {"email": form["email"], "password": PASSWORD})
    assert me["is_canary"] is False
    await page.call("PATCH", "/api/me", {"is_canary": True}, expect=400)
