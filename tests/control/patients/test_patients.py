"""Patients over HTTP."""

from __future__ import annotations

import pytest

from tests.control.stage import Stage

ALEX = {"name": "Alex M.", "email": "alex@example.org", "phone": "+39 333 1234567"}


async def test_added_patient_has_a_link_and_is_found_by_name(stage: Stage) -> None:
    therapist = await stage.therapist()
    added = await therapist.post("/api/patients", ALEX | {"language": "it"}, 201)
    assert (added["language"], added["link_state"]) == ("it", "valid")
    assert added["last_session_at"] is None
    await therapist.post("/api/patients", {"name": "Bruna T."}, 201)
    everybody = (await therapist.get("/api/patients"))["items"]
    assert [one["name"] for one in everybody] == ["Alex M.", "Bruna T."]
    assert await therapist.get("/api/patients?search=alex") == {"items": [added], "next": None}
    assert await therapist.get(f"/api/patients/{added['id']}") == added


@pytest.mark.parametrize("language", ["de", "es", "fr"])
async def test_patients_read_more_languages_than_therapists(stage: Stage, language: str) -> None:
    therapist = await stage.therapist()
    added = await therapist.post("/api/patients", ALEX | {"language": language}, 201)
    assert added["language"] == language
    link = await therapist.get(f"/api/patients/{added['id']}/invitation")
    token = link["url"].partition("#")[2]
    preview = await therapist.post("/api/visit/preview", {"token": token})
    assert preview["language"] == language
    await therapist.call("PATCH", "/api/me", {"language": language}, expect=400)
    await therapist.post("/api/patients", ALEX | {"language": "nl"}, 400)


async def test_patient_of_another_therapist_does_not_exist(stage: Stage) -> None:
    mine = await stage.therapist()
    patient = await mine.post("/api/patients", ALEX, 201)
    session = await mine.post("/api/sessions", {"patient_id": patient["id"]}, 201)
    other = await stage.therapist("other@example.org")
    assert (await other.get("/api/patients"))["items"] == []
    assert (await other.get("/api/sessions"))["items"] == []
    one, meeting = f"/api/patients/{patient['id']}", f"/api/sessions/{session['id']}"
    setting = {"self_view": True, "clock": True}
    for method, path, body in (
        ("GET", one, None),
        ("PATCH", one, {"name": "X"}),
        ("DELETE", one, None),
        ("GET", f"{one}/invitation", None),
        ("POST", f"{one}/invitation", None),
        ("DELETE", f"{one}/invitation", None),
        ("GET", f"{one}/setting", None),
        ("PUT", f"{one}/setting", setting),
        ("POST", "/api/sessions", {"patient_id": patient["id"]}),
        ("GET", meeting, None),
        ("POST", f"{meeting}/enter", None),
        ("POST", f"{meeting}/accept", None),
        ("POST", f"{meeting}/hold", None),
        ("POST", f"{meeting}/end", None),
    ):
        await other.call(method, path, body, expect=404)
    assert await mine.get(one) == patient


async def test_change_keeps_what_is_left_out_and_null_removes(stage: Stage) -> None:
    therapist = await stage.therapist()
    patient = await therapist.post("/api/patients", ALEX, 201)
    path = f"/api/patients/{patient['id']}"
    changed = await therapist.call("PATCH", path, {"name": "Alexa", "phone": None}, expect=200)
    assert (changed["name"], changed["phone"]) == ("Alexa", None)
    assert changed["email"] == ALEX["email"]
    assert await therapist.get(path) == changed


@pytest.mark.parametrize(
    "wrong",
    [{"name": " "}, {"name": "A", "email": "nowhere"}, {"name": "A", "phone": "call me"}, {}],
)
async def test_impossible_patient_is_refused(stage: Stage, wrong: dict[str, str]) -> None:
    therapist = await stage.therapist()
    assert (await therapist.post("/api/patients", wrong, 400))["code"] == "invalid_body"
    assert (await therapist.get("/api/patients"))["items"] == []


async def test_erasing_ends_the_visit_and_leaves_nothing(stage: Stage) -> None:
    therapist = await stage.therapist()
    visiting = await stage.visit(therapist)
    waiting = await visiting.arrive()
    await therapist.call("DELETE", f"/api/patients/{visiting.patient_id}", expect=204)
    await waiting.until(lambda message: message["type"] == "revoked")
    assert await waiting.close_code() == 4003
    assert (await therapist.get("/api/patients"))["items"] == []
    assert (await therapist.get("/api/sessions"))["items"] == []
    await visiting.open(expect=404)


async def test_an_archived_patient_stands_in_lists_that_ask_and_keeps_the_link(
    stage: Stage,
) -> None:
    therapist = await stage.therapist()
    patient = await therapist.post("/api/patients", ALEX, 201)
    await therapist.post("/api/patients", {"name": "Bruna T."}, 201)
    assert len((await therapist.get("/api/patients"))["items"]) == 2
    path = f"/api/patients/{patient['id']}/archive"
    archived = await therapist.post(path)
    assert archived["archived_at"] is not None
    listed = (await therapist.get("/api/patients"))["items"]
    assert [one["name"] for one in listed] == ["Bruna T."]
    assert len((await therapist.get("/api/patients?archived=1"))["items"]) == 2
    assert (await therapist.get("/api/patients?search=alex"))["items"] == []
    assert archived["link_state"] == "valid"
    session = await therapist.post("/api/sessions", {"patient_id": patient["id"]}, 201)
    found = (await therapist.get("/api/sessions?search=alex"))["items"]
    assert [one["id"] for one in found] == [session["id"]]
    restored = await therapist.call("DELETE", path, expect=200)
    assert restored["archived_at"] is None
    assert len((await therapist.get("/api/patients"))["items"]) == 2


async def test_nobody_archives_the_patient_of_another(stage: Stage) -> None:
    mine = await stage.therapist()
    patient = await mine.post("/api/patients", ALEX, 201)
    other = await stage.therapist("other@example.org")
    for method in ("POST", "DELETE"):
        await other.call(method, f"/api/patients/{patient['id']}/archive", expect=404)
    assert (await mine.get(f"/api/patients/{patient['id']}"))["archived_at"] is None
