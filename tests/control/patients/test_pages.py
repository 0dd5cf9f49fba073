"""The list of patients over HTTP, page by page."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest

from tests.control.stage import Page, Stage

NAMES = ("O'Brien-Łukasz", "Alex M.", "Ábel", "alex b.", "Zoë", "Bruna")
SORTED = ["Ábel", "alex b.", "Alex M.", "Bruna", "O'Brien-Łukasz", "Zoë"]


async def add_all(therapist: Page) -> dict[str, str]:
    """Return the id by name."""
    added = [await therapist.post("/api/patients", {"name": name}, 201) for name in NAMES]
    return {patient["name"]: patient["id"] for patient in added}


def names(page: Any) -> list[str]:
    return [patient["name"] for patient in page["items"]]


async def walk(therapist: Page, path: str) -> list[list[str]]:
    """Follow the cursors from the first page to the last."""
    page = await therapist.get(path)
    pages = [names(page)]
    while page["next"]:
        page = await therapist.get(f"{path}&cursor={page['next']}")
        pages.append(names(page))
    return pages


async def test_pages_follow_each_other_by_folded_name(stage: Stage) -> None:
    therapist = await stage.therapist()
    await add_all(therapist)
    assert await walk(therapist, "/api/patients?limit=4") == [SORTED[:4], SORTED[4:]]
    assert await walk(therapist, "/api/patients?limit=3") == [SORTED[:3], SORTED[3:]]
    assert await walk(therapist, "/api/patients?limit=1&search=alex") == [["alex b."], ["Alex M."]]
    assert await walk(therapist, "/api/patients?limit=200") == [SORTED]


@pytest.mark.parametrize("search", ["obrien", "LUKASZ", "O’Brien lukasz", "o'b"])
async def test_search_over_http_folds(stage: Stage, search: str) -> None:
    therapist = await stage.therapist()
    await add_all(therapist)
    assert names(await therapist.get(f"/api/patients?search={quote(search)}")) == ["O'Brien-Łukasz"]


async def test_cursor_stays_good_when_rows_come_and_go(stage: Stage) -> None:
    therapist = await stage.therapist()
    ids = await add_all(therapist)
    first = await therapist.get("/api/patients?limit=3")
    await therapist.call("DELETE", f"/api/patients/{ids['Alex M.']}", expect=204)
    await therapist.post("/api/patients", {"name": "Aaron"}, 201)
    await therapist.post("/api/patients", {"name": "Carla"}, 201)
    rest = await therapist.get(f"/api/patients?cursor={first['next']}")
    assert names(rest) == ["Bruna", "Carla", "O'Brien-Łukasz", "Zoë"]


async def test_same_names_are_each_listed_once(stage: Stage) -> None:
    therapist = await stage.therapist()
    for _ in range(5):
        await therapist.post("/api/patients", {"name": "Alex"}, 201)
    path, seen = "/api/patients?limit=2", []
    page = await therapist.get(path)
    while True:
        seen += [patient["id"] for patient in page["items"]]
        if page["next"] is None:
            break
        page = await therapist.get(f"{path}&cursor={page['next']}")
    assert len(seen) == len(set(seen)) == 5


@pytest.mark.parametrize("what", ["patients", "sessions"])
@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("cursor=nonsense", "bad_cursor"),
        ("cursor=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "bad_cursor"),
        ("limit=0", "bad_limit"),
        ("limit=201", "bad_limit"),
        ("limit=-1", "bad_limit"),
        ("limit=many", "bad_limit"),
        ("limit=%D9%A3", "bad_limit"),
        ("limit=" + "9" * 5000, "bad_limit"),
        ("search=" + "a" * 201, "search_too_long"),
    ],
)
async def test_impossible_question_is_refused_in_words(
    stage: Stage, what: str, query: str, code: str
) -> None:
    therapist = await stage.therapist()
    answer = await therapist.get(f"/api/{what}?{query}", 400)
    assert answer["code"] == code
    assert answer["text"].endswith(".")


async def test_cursor_of_one_therapist_or_list_opens_no_other(stage: Stage) -> None:
    therapist = await stage.therapist()
    await add_all(therapist)
    cursor = (await therapist.get("/api/patients?limit=1"))["next"]
    other = await stage.therapist("other@example.org")
    for who, what in ((other, "patients"), (therapist, "sessions")):
        answer = await who.get(f"/api/{what}?cursor={cursor}", 400)
        assert answer["code"] == "bad_cursor"


async def test_erasing_takes_the_name_out_of_memory(stage: Stage) -> None:
    therapist = await stage.therapist()
    ids = await add_all(therapist)
    await therapist.get("/api/patients")
    search = stage.control.patients._search
    assert search._indexes
    await therapist.call("DELETE", f"/api/patients/{ids['Zoë']}", expect=204)
    assert not search._indexes
