"""What new patients begin with: set once, versioned, and nothing to the patients there are."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.control.consultations.first import First
from tests.control.stage import Page, Stage

SETTING = "/api/me/setting"
ALERT = "/api/me/alert"
SEEN = {"self_view": False, "clock": True, "screen": False}
TOLD = {"email": True, "sms": False, "text": "Dear {name}, come in: {link}"}


async def put(therapist: Page, path: str, body: Any, expect: int = 200) -> Any:
    return await therapist.call("PUT", path, body, expect=expect)


async def setting_of(therapist: Page, patient_id: str) -> dict[str, Any]:
    """Return what a patient sees and how they are told, without the version."""
    seen = await therapist.get(f"/api/patients/{patient_id}/setting")
    told = await therapist.get(f"/api/patients/{patient_id}/alert")
    assert seen["version"] == told["version"]
    return {key: seen[key] for key in SEEN} | {key: told[key] for key in TOLD}


async def add(therapist: Page, name: str = "Alex M.") -> str:
    patient: dict[str, Any] = await therapist.post("/api/patients", {"name": name}, 201)
    return str(patient["id"])


async def test_new_patients_begin_with_it_and_those_there_are_keep_theirs(stage: Stage) -> None:
    therapist = await stage.therapist()
    before = await add(therapist)
    kept = await setting_of(therapist, before)
    await put(therapist, SETTING, SEEN)
    await put(therapist, ALERT, TOLD)
    after = await add(therapist, "Bruna T.")
    assert await setting_of(therapist, after) == SEEN | TOLD
    assert (await therapist.get(f"/api/patients/{after}/setting"))["version"] == 1
    assert await setting_of(therapist, before) == kept
    other = await stage.therapist("bianchi@example.org")
    assert await setting_of(other, await add(other)) == kept


async def test_imported_patients_begin_with_it(stage: Stage) -> None:
    therapist = await stage.therapist()
    await put(therapist, SETTING, SEEN)
    headers = {"Content-Type": "text/csv"}
    sheet = b"name\nAlex M.\nBruna T.\n"
    path = "/api/patients/import?language=en"
    await therapist.call("POST", path, expect=200, headers=headers, data=sheet)
    for one in (await therapist.get("/api/patients"))["items"]:
        assert (await therapist.get(f"/api/patients/{one['id']}/setting")) == {"version": 1} | SEEN


async def test_every_change_of_it_is_a_version_and_none_where_nothing_changes(
    stage: Stage,
) -> None:
    therapist = await stage.therapist()
    assert (await therapist.get(SETTING))["version"] == 1
    assert (await put(therapist, SETTING, SEEN))["version"] == 2
    assert (await put(therapist, SETTING, SEEN))["version"] == 2
    assert (await put(therapist, ALERT, TOLD))["version"] == 3
    assert await therapist.get(SETTING) == {"version": 3} | SEEN


async def test_two_changes_at_once_are_both_kept(stage: Stage) -> None:
    therapist = await stage.therapist()
    await asyncio.gather(put(therapist, SETTING, SEEN), put(therapist, ALERT, TOLD))
    assert await setting_of(therapist, await add(therapist)) == SEEN | TOLD


async def test_a_patients_setting_can_be_taken_for_new_ones(stage: Stage) -> None:
    therapist = await stage.therapist()
    model = await add(therapist)
    path = f"/api/patients/{model}/setting"
    await put(therapist, path, SEEN)
    await put(therapist, f"/api/patients/{model}/alert", TOLD)
    assert (await therapist.post(f"{path}/use-for-new")) == {"version": 2} | SEEN
    assert (await therapist.post(f"{path}/use-for-new"))["version"] == 2
    assert await setting_of(therapist, await add(therapist)) == SEEN | TOLD
    other = await stage.therapist("bianchi@example.org")
    await other.post(f"{path}/use-for-new", expect=404)


async def test_guest_sees_what_new_patients_see_and_is_told_as_they_are_once_added(
    stage: Stage,
) -> None:
    therapist = await stage.therapist()
    await put(therapist, SETTING, SEEN)
    await put(therapist, ALERT, TOLD)
    first = await First.begin(stage, therapist)
    nobody_told = {"email": False, "sms": False, "text": None}
    assert await setting_of(therapist, first.id) == SEEN | nobody_told
    await first.meet()
    await therapist.post(f"{first.path}/add", {"name": "Giulia"}, 201)
    assert await setting_of(therapist, first.id) == SEEN | TOLD


@pytest.mark.parametrize(
    ("text", "code"), [("a" * 10_000, "alert_too_long"), ("Come {now}", "alert_placeholder")]
)
async def test_text_that_cannot_be_filled_in_is_refused(stage: Stage, text: str, code: str) -> None:
    therapist = await stage.therapist()
    assert (await put(therapist, ALERT, TOLD | {"text": text}, 400))["code"] == code
    assert (await therapist.get(ALERT))["version"] == 1


async def test_our_words_are_in_the_therapists_language(stage: Stage) -> None:
    therapist = await stage.therapist()
    await therapist.call("PATCH", "/api/me", {"language": "it"}, expect=200)
    alert = await therapist.get(ALERT)
    assert alert["subject"] == "Può entrare ora"
    assert alert["ways"] == {"email": "off", "sms": "off"}
    # Each patient reads our words in their own language.
    patient = await therapist.post("/api/patients", {"name": "Alex", "language": "de"}, 201)
    told = await therapist.get(f"/api/patients/{patient['id']}/alert")
    assert (told["text"], told["subject"]) == (None, "Sie können jetzt eintreten")


async def test_it_goes_along_and_goes_with_the_account(stage: Stage) -> None:
    therapist = await stage.therapist()
    patient_id = await add(therapist)
    await put(therapist, f"/api/patients/{patient_id}/alert", TOLD)
    await put(therapist, ALERT, TOLD)
    taken = (await therapist.get("/api/me/export"))["tables"]
    assert [one["alert_text"] for one in taken["default_settings"]] == [TOLD["text"]]
    assert [one["alert_text"] for one in taken["settings"]] == [None, TOLD["text"]]
