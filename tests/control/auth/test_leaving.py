"""Who goes takes everything along, and leaves nothing behind."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from control.auth.store import therapists
from control.data.database import metadata
from tests.control.call import Call
from tests.control.data.tables import read as read_tables
from tests.control.stage import HEADERS, PASSWORD, Page, Stage, make_config

LOGIN = {"email": "rossi@example.org", "password": PASSWORD}
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8
WEBP = b"RIFF\x24\x00\x00\x00WEBPVP8 " + bytes(64)
JPEG = b"\xff\xd8\xff\xe0" + bytes(64)


@pytest.fixture
async def running(database_url: str, tmp_path: Path) -> AsyncIterator[Stage]:
    """A running control on each kind of database."""
    async with Stage(make_config(tmp_path, database_url=database_url)) as stage:
        yield stage


async def put_picture(
    page: Page, content: bytes, kind: str = "image/png", expect: int = 200
) -> Any:
    headers = {"Content-Type": kind}
    return await page.call("PUT", "/api/me/picture", expect=expect, data=content, headers=headers)


async def read_picture(page: Page, path: str) -> tuple[int, str, bytes]:
    async with page.client.get(path, headers=HEADERS) as answer:
        return answer.status, answer.content_type, await answer.read()


async def erase(page: Page, password: str = PASSWORD, expect: int = 204) -> Any:
    return await page.post("/api/me/erase", {"password": password}, expect)


@pytest.mark.parametrize(
    ("content", "kind"), [(PNG, "image/png"), (WEBP, "image/webp"), (JPEG, "image/jpeg")]
)
async def test_picture_comes_back_as_what_its_bytes_are(
    stage: Stage, content: bytes, kind: str
) -> None:
    page = await stage.therapist()
    me = await put_picture(page, content, "image/png")
    assert me["picture"]
    assert await read_picture(page, "/api/me/picture") == (200, kind, content)
    again = await put_picture(page, content)
    assert again["picture"] != me["picture"]


async def test_picture_of_the_largest_size_is_kept_and_one_more_byte_is_not(stage: Stage) -> None:
    page = await stage.therapist()
    largest = PNG.ljust(256 * 1024, b"\0")
    await put_picture(page, largest)
    assert (await put_picture(page, largest + b"\0", expect=413))["code"] == "too_large"
    assert (await read_picture(page, "/api/me/picture"))[2] == largest


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/png"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml"),
        (b"RIFF\x24\x00\x00\x00WAVEfmt ", "image/webp"),
        (b"", "image/png"),
        (PNG, "text/html"),
    ],
)
async def test_what_is_no_picture_is_refused(stage: Stage, content: bytes, kind: str) -> None:
    page = await stage.therapist()
    assert (await put_picture(page, content, kind, 400))["code"] == "bad_picture"
    assert (await page.get("/api/me"))["picture"] is None


async def test_picture_is_shown_to_own_patients_alone(stage: Stage) -> None:
    page = await stage.therapist()
    version = (await put_picture(page, PNG))["picture"]
    visiting = await stage.visit(page)
    assert (await visiting.page.get("/api/visit"))["therapist_picture"] == version
    assert await read_picture(visiting.page, "/api/visit/picture") == (200, "image/png", PNG)
    assert (await read_picture(stage.page(), "/api/visit/picture"))[0] == 401
    stranger = await stage.therapist("bianchi@example.org", "Dr. Bianchi")
    theirs = await stage.visit(stranger)
    assert (await theirs.page.get("/api/visit/picture", 404))["code"] == "no_picture"
    await page.call("DELETE", f"/api/patients/{visiting.patient_id}/invitation", expect=204)
    assert (await read_picture(visiting.page, "/api/visit/picture"))[0] == 401


async def test_picture_that_is_removed_is_gone(stage: Stage) -> None:
    page = await stage.therapist()
    await put_picture(page, PNG)
    await page.call("DELETE", "/api/me/picture", expect=204)
    assert (await page.get("/api/me"))["picture"] is None
    await page.get("/api/me/picture", 404)


async def test_picture_is_sealed_in_the_database(stage: Stage) -> None:
    page = await stage.therapist()
    await put_picture(page, PNG)
    rows = (await read_tables(stage.config.database_url))["therapist_pictures"]
    assert PNG[:16] not in rows[0]["content"]


async def test_export_has_all_that_is_ones_own_and_no_secret(running: Stage) -> None:
    page = await running.therapist()
    await put_picture(page, PNG)
    visiting = await running.visit(page, "Alex M.")
    (await visiting.arrive()).seen.clear()
    stranger = await running.therapist("bianchi@example.org", "Dr. Bianchi")
    await stranger.post("/api/patients", {"name": "Not Mine"}, 201)
    async with page.client.get("/api/me/export", headers=HEADERS) as answer:
        assert answer.status == 200
        assert "attachment" in answer.headers["Content-Disposition"]
        text = await answer.text()
    tables = json.loads(text)["tables"]
    assert tables["therapists"][0]["email"] == "rossi@example.org"
    assert [row["name"] for row in tables["patients"]] == ["Alex M."]
    assert tables["patients"][0]["phone"] == "+393331234567"
    assert len(tables["invitations"]) == len(tables["settings"]) == len(tables["sessions"]) == 1
    assert len(tables["therapist_pictures"]) == 1
    for secret in ("password_hash", "token_hash", "email_index", visiting.token, "Not Mine"):
        assert secret not in text


async def test_export_reads_long_tables_to_their_end(
    running: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("control.data.export.AT_ONCE", 2)
    page = await running.therapist()
    for number in range(5):
        await page.post("/api/patients", {"name": f"Patient {number}"}, 201)
    tables = (await page.get("/api/me/export"))["tables"]
    assert {row["name"] for row in tables["patients"]} == {f"Patient {n}" for n in range(5)}
    assert len(tables["settings"]) == 5


async def test_deleted_account_leaves_no_row_behind(running: Stage) -> None:
    page = await running.therapist()
    other = await running.therapist("bianchi@example.org", "Dr. Bianchi")
    await other.post("/api/patients", {"name": "Somebody Else"}, 201)
    await put_picture(page, PNG)
    await running.visit(page)
    await erase(page)
    await page.get("/api/me", 401)
    rows = await read_tables(running.config.database_url)
    left = {name: len(rows[name]) for name in OWNED if rows[name]}
    assert left == {"therapists": 1, "patients": 1, "invitations": 1, "settings": 1, "logins": 1}
    assert (await other.get("/api/patients"))["items"][0]["name"] == "Somebody Else"
    await running.page().post("/api/login", LOGIN, 401)


OWNED = [
    table.name
    for table in metadata.sorted_tables
    if table is therapists or any(column.foreign_keys for column in table.columns)
]


async def test_deleting_asks_for_the_password(stage: Stage) -> None:
    page = await stage.therapist()
    assert (await erase(page, "not my password", 403))["code"] == "wrong_password"
    await page.get("/api/me")


async def test_deleting_closes_the_running_room_first(stage: Stage) -> None:
    call = await Call.begin(stage)
    stage.media.calls.clear()
    await erase(call.therapist)
    closings = [what for what, room in stage.media.calls if room == call.id]
    assert "close_gate" in closings
    assert closings[-1] == "close_room"
    assert stage.media.room(call.id) is None
    assert await call.home.close_code() == 4001
    assert await call.waiting.close_code() == 4003
    await call.visiting.page.get("/api/visit", 401)
    await stage.tick(5)


async def test_patient_who_comes_between_closing_and_deleting_is_not_left_in_a_room(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = await stage.therapist()
    visiting = await stage.visit(page)
    finish, came = stage.control.sessions.finish, asyncio.Event()

    async def late(session_id: str, **options: Any) -> Any:
        record = await finish(session_id, **options)
        if not came.is_set():
            came.set()
            link = await page.get(f"/api/patients/{visiting.patient_id}/invitation")
            again = stage.page()
            await again.post("/api/visit", {"token": link["url"].partition("#")[2]})
            live = await again.live("/api/visit/live")
            assert (await live.next())["type"] == "visit"
            await again.offer("/api/visit/offer")
        return record

    await visiting.arrive()
    monkeypatch.setattr(type(stage.control.sessions), "finish", lambda _, *a, **o: late(*a, **o))
    await erase(page)
    assert came.is_set()
    assert await stage.media.rooms() == []
    async with stage.control.database.read() as tx:
        assert (await tx.execute(sa.select(therapists))).all() == []
