"""Patients imported from a sheet, over HTTP and on either database."""

from __future__ import annotations

from typing import Any

import pytest

from tests.control.stage import Page, Stage, make_config

SHEET = """\
Cognome;Nome;E-mail;Telefono;Lingua
M.;Alex;ALEX@example.org;;
T.;Bruna;bruna@example.org;333 1234567;italiano
Kowalski;=cmd();;;
T.;Bruna;;;
;;x@example.org;;
F.;Carlo;no address;;
K.;Dana;;12;
V.;Elio;;;xx
"""
COLUMNS = ("line", "name", "state", "wrong")
EXPECTED = [
    (2, "Alex M.", "exists", None),
    (3, "Bruna T.", "new", None),
    (4, "=cmd() Kowalski", "new", None),
    (5, "Bruna T.", "twice", None),
    (6, "", "wrong", "name"),
    (7, "Carlo F.", "wrong", "email"),
    (8, "Dana K.", "wrong", "phone"),
    (9, "Elio V.", "wrong", "language"),
]


async def send(page: Page, path: str, sheet: bytes, expect: int = 200) -> Any:
    headers = {"Content-Type": "text/csv"}
    return await page.call("POST", path, headers=headers, data=sheet, expect=expect)


async def names(page: Page) -> list[str]:
    return [one["name"] for one in (await page.get("/api/patients"))["items"]]


async def test_the_preview_says_of_each_row_what_would_be_done_and_writes_nothing(
    stage: Stage,
) -> None:
    therapist = await stage.therapist()
    form = {"name": "Alexandra", "email": "alex@example.org"}
    await therapist.post("/api/patients", form, 201)
    read = await send(therapist, "/api/patients/import/preview?language=it", SHEET.encode())
    assert [tuple(row[column] for column in COLUMNS) for row in read["rows"]] == EXPECTED
    assert (read["added"], read["sure"]) == (0, True)
    assert await names(therapist) == ["Alexandra"]


async def test_the_import_adds_what_is_new_with_link_and_setting(
    database_url: str, tmp_path: Any
) -> None:
    async with Stage(make_config(tmp_path, database_url=database_url)) as stage:
        therapist = await stage.therapist()
        sheet = SHEET.encode("cp1252")
        added = (await send(therapist, "/api/patients/import?language=it", sheet))["added"]
        assert added == 3
        assert await names(therapist) == ["Alex M.", "Bruna T.", "=cmd() Kowalski"]
        bruna = (await therapist.get("/api/patients?search=bruna"))["items"][0]
        assert (bruna["phone"], bruna["language"]) == ("+393331234567", "it")
        link = await therapist.get(f"/api/patients/{bruna['id']}/invitation")
        assert "#" in link["url"]
        assert (await therapist.get(f"/api/patients/{bruna['id']}/setting"))["version"] == 1
        again = await send(therapist, "/api/patients/import", sheet)
        assert again["added"] == 0
        other = await stage.therapist("other@example.org")
        assert (await send(other, "/api/patients/import", sheet))["added"] == 3


@pytest.mark.parametrize(
    ("sheet", "status", "code"),
    [
        (b"", 400, "no_name_column"),
        (b"who,what\nx,y\n", 400, "no_name_column"),
        (b"PK\x03\x04", 400, "unreadable_sheet"),
        (b"name\n" + b"x\n" * 2_001, 400, "too_many_rows"),
        (b"name\n" + b"x" * 1_000_000, 413, "too_large"),
    ],
)
async def test_a_sheet_that_cannot_be_imported_is_refused_in_words(
    stage: Stage, sheet: bytes, status: int, code: str
) -> None:
    therapist = await stage.therapist()
    for path in ("/api/patients/import/preview", "/api/patients/import"):
        assert (await send(therapist, path, sheet, status))["code"] == code
    assert await names(therapist) == []


async def test_a_sheet_needs_a_login(stage: Stage) -> None:
    await send(stage.page(), "/api/patients/import", b"name\nAlex\n", 401)
