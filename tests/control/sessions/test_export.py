"""Sessions as CSV."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from control.errors import Invalid
from control.sessions import export
from control.sessions.sheet import HEADERS, Period, read_period
from tests.control.call import Call
from tests.control.stage import Page, Stage, make_config

MARCH = "/api/sessions/export?from=2026-03-01&to=2026-03-31&zone=Europe/Rome"


async def sheet(page: Page, path: str) -> list[list[str]]:
    text = await page.get(path)
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


async def a_session(page: Page, name: str) -> str:
    patient = await page.post("/api/patients", {"name": name}, 201)
    session = await page.post("/api/sessions", {"patient_id": patient["id"]}, 201)
    await page.post(f"/api/sessions/{session['id']}/enter")
    await page.post(f"/api/sessions/{session['id']}/end")
    return str(session["id"])


async def test_own_sessions_come_in_the_therapists_language_and_time_zone(
    database_url: str, tmp_path: Any
) -> None:
    async with Stage(make_config(tmp_path, database_url=database_url)) as stage:
        therapist = await stage.therapist()
        await a_session(therapist, "=HYPERLINK(1)")
        other = await stage.therapist("other@example.org")
        await a_session(other, "Somebody else")
        headers, row = await sheet(therapist, f"{MARCH}&language=it")
        assert headers == list(HEADERS["it"])
        assert row[:5] == ["2026-03-02", "'=HYPERLINK(1)", "10:00", "", "10:00"]
        assert row[5:] == ["", "", "nessun contatto", "0", "0", "0"]
        assert await sheet(other, f"{MARCH.replace('from=2026-03-01', 'from=2026-03-03')}") == [
            list(HEADERS["en"])
        ]


async def test_a_session_that_took_place_has_its_times(stage: Stage) -> None:
    call = await Call.begin(stage)
    await stage.tick(1)
    await call.therapist.post(f"/api/sessions/{call.id}/end")
    _, row = await sheet(call.therapist, MARCH)
    assert (row[1], row[3], row[7]) == ("Alex M.", "10:00", "met")
    assert row[5].count(":") == 2


async def test_a_long_sheet_comes_in_pieces_without_gap_or_repetition(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export, "AT_ONCE", 2)
    therapist = await stage.therapist()
    for number in range(5):
        await a_session(therapist, f"Patient {number}")
    rows = await sheet(therapist, MARCH)
    assert sorted(row[1] for row in rows[1:]) == [f"Patient {number}" for number in range(5)]


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("from=2026-03-01&to=2026-03-31&zone=Nowhere/Town", "bad_zone"),
        ("from=2026-03-01&to=2026-03-31&zone=../etc/passwd", "bad_zone"),
        ("from=yesterday&to=2026-03-31&zone=UTC", "bad_period"),
        ("from=2026-04-01&to=2026-03-31&zone=UTC", "bad_period"),
        ("from=0001-01-01&to=9999-12-31&zone=Europe/Rome", "bad_period"),
        ("", "bad_zone"),
    ],
)
async def test_a_period_that_makes_no_sense_is_refused(stage: Stage, query: str, code: str) -> None:
    therapist = await stage.therapist()
    assert (await therapist.get(f"/api/sessions/export?{query}", 400))["code"] == code


async def test_the_export_needs_a_login(stage: Stage) -> None:
    await stage.page().get(MARCH, 401)


def test_a_day_begins_and_ends_where_the_therapist_is() -> None:
    day = date(2026, 3, 29)  # the clocks go forward in Rome
    since, until = Period(day, day, ZoneInfo("Europe/Rome")).instants
    assert until - since == timedelta(hours=23)
    with pytest.raises(Invalid):
        read_period("2026-03-29", "2026-03-28", "Europe/Rome")
