"""The list of sessions: order, pages and search; on either database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, event, insert, update

from control.auth.model import Therapist
from control.auth.store import AuthStore
from control.data.database import Database
from control.data.encryption import Vault
from control.patients.model import Person
from control.patients.store import PatientStore
from control.sessions.store import FEW, SessionStore, sessions
from tests.control.stage import Stage

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
STORE = SessionStore()
VAULT = Vault(b"k" * 32)


async def add_session(
    database: Database,
    session_id: str,
    patient_id: str,
    at: datetime,
    therapist_id: str = "t1",
    *,
    is_open: bool = False,
) -> None:
    row = {
        "id": session_id, "patient_id": patient_id, "therapist_id": therapist_id,
        "setting_version": 1, "opened_at": at, "ended_at": None if is_open else at,
        "gate_open": False,
    }  # fmt: skip
    async with database.write() as tx:
        await tx.execute(insert(sessions).values(row))


@pytest.fixture
async def past(database: Database) -> Database:
    """Sessions a to e of two patients, c and d opened at the same instant, and one of another's."""
    async with database.write() as tx:
        for name in ("t1", "t2"):
            who = Therapist(name, f"{name}@example.org", name, "en")
            await AuthStore(VAULT).add_therapist(tx, who, who.email, "hash", NOW)
        person = Person("p1", "t1", "Alex", None, None, "en", NOW)
        for row_id, therapist_id in (("p1", "t1"), ("p2", "t1"), ("p3", "t2")):
            await PatientStore(VAULT).add(tx, replace(person, id=row_id, therapist_id=therapist_id))
    minutes = {"a": 0, "b": 1, "c": 2, "d": 2, "e": 3}
    for number, (name, minute) in enumerate(minutes.items()):
        at = NOW + timedelta(minutes=minute)
        await add_session(database, name, "p1" if number % 2 else "p2", at)
    await add_session(database, "x", "p3", NOW, "t2")
    return database


async def newest(
    database: Database, patient_ids: set[str] | None = None, limit: int = 2
) -> list[str]:
    """Return the ids of all pages, one page a word."""
    pages: list[str] = []
    after = None
    async with database.read() as tx:
        while True:
            records = await STORE.newest(tx, "t1", patient_ids, after=after, limit=limit)
            if not records:
                return pages
            pages.append("".join(record.id for record in records))
            after = records[-1].facts.opened_at, records[-1].id


async def test_newest_come_first_and_of_the_same_instant_each_once(past: Database) -> None:
    assert await newest(past) == ["ec", "db", "a"]
    assert await newest(past, limit=3) == ["ecd", "ba"]


@pytest.mark.parametrize("padding", [0, FEW])
async def test_sessions_of_some_patients_alone(past: Database, padding: int) -> None:
    many = {f"nobody {number}" for number in range(padding)}
    assert await newest(past, {"p1"} | many) == ["db"]
    assert await newest(past, {"p1", "p2"} | many) == ["ec", "db", "a"]
    assert await newest(past, many) == []


@contextmanager
def statements() -> Iterator[list[tuple[str, Any]]]:
    """Collect what SQLite is asked."""
    seen: list[tuple[str, Any]] = []

    def note(_conn: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        seen.append((statement, parameters))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(Engine, "before_cursor_execute", note)


async def test_sessions_are_found_by_patient_over_http(stage: Stage) -> None:
    therapist = await stage.therapist()
    ids = {}
    for name in ("O'Brien-Łukasz", "Bruna T."):
        patient = await therapist.post("/api/patients", {"name": name}, 201)
        ids[name] = patient["id"]
        for _ in range(3):
            stage.clock.advance(60)
            session = await therapist.post("/api/sessions", {"patient_id": patient["id"]}, 201)
            await therapist.post(f"/api/sessions/{session['id']}/end")
    found = await therapist.get("/api/sessions?search=obrien&limit=2")
    assert [one["patient_name"] for one in found["items"]] == ["O'Brien-Łukasz"] * 2
    rest = await therapist.get(f"/api/sessions?search=obrien&cursor={found['next']}")
    assert (len(rest["items"]), rest["next"]) == (1, None)
    opened = [one["opened_at"] for one in found["items"] + rest["items"]]
    assert opened == sorted(opened, reverse=True)
    bruna = ids["Bruna T."]
    mine = await therapist.get(f"/api/sessions?patient={bruna}")
    assert {one["patient_id"] for one in mine["items"]} == {bruna}
    assert (await therapist.get(f"/api/sessions?patient={bruna}&search=obrien"))["items"] == []
    assert (await therapist.get("/api/sessions?search=nobody"))["items"] == []
    other = await stage.therapist("other@example.org")
    assert (await other.get(f"/api/sessions?patient={bruna}"))["items"] == []
    assert (await other.get("/api/sessions?search=bruna"))["items"] == []


async def test_ended_sessions_alone_however_many_are_open(stage: Stage) -> None:
    therapist = await stage.therapist()
    ended: list[str] = []
    for number in range(6):
        patient = await therapist.post("/api/patients", {"name": f"Alex {number}"}, 201)
        stage.clock.advance(60)
        session = await therapist.post("/api/sessions", {"patient_id": patient["id"]}, 201)
        if number < 3:
            await therapist.post(f"/api/sessions/{session['id']}/end")
            ended.insert(0, session["id"])
    first = await therapist.get("/api/sessions?ended=1&limit=2")
    assert [one["id"] for one in first["items"]] == ended[:2]
    rest = await therapist.get(f"/api/sessions?ended=1&cursor={first['next']}")
    assert [one["id"] for one in rest["items"]] == ended[2:]


async def test_every_session_is_listed_once_while_new_ones_open(stage: Stage) -> None:
    therapist = await stage.therapist()
    patient = await therapist.post("/api/patients", {"name": "Alex"}, 201)
    body = {"patient_id": patient["id"]}
    for _ in range(5):
        session = await therapist.post("/api/sessions", body, 201)
        await therapist.post(f"/api/sessions/{session['id']}/end")
    page = await therapist.get("/api/sessions?limit=2")
    seen = [one["id"] for one in page["items"]]
    while page["next"]:
        stage.clock.advance(60)
        session = await therapist.post("/api/sessions", body, 201)
        await therapist.post(f"/api/sessions/{session['id']}/end")
        page = await therapist.get(f"/api/sessions?limit=2&cursor={page['next']}")
        seen += [one["id"] for one in page["items"]]
    assert len(seen) == len(set(seen)) == 5


async def test_a_page_reads_the_rows_of_its_own_patients_alone(stage: Stage) -> None:
    therapist = await stage.therapist()
    for name in ("Alex", "Bruna", "Carlo"):
        patient = await therapist.post("/api/patients", {"name": name}, 201)
        await therapist.post("/api/sessions", {"patient_id": patient["id"]}, 201)
        stage.clock.advance(1)
    with statements() as seen:
        page = await therapist.get("/api/sessions?limit=1")
    carlo = page["items"][0]["patient_id"]
    for table in ("patients", "settings", "invitations", "visits"):
        asking = [(_flat(sql), parameters) for sql, parameters in seen]
        (asked,) = [
            parameters
            for sql, parameters in asking
            if f"FROM {table} " in sql and "is_guest = 1" not in sql  # they have an index
        ]
        assert set(asked) <= {carlo, 1}, table


def _flat(sql: str) -> str:
    return " ".join(sql.split()) + " "


async def test_the_list_walks_the_index_of_its_order(stage: Stage) -> None:
    """The index that gives the newest first is used, and nothing is sorted."""
    async with stage.control.database.read() as tx:
        with statements() as seen:
            after = (NOW, "a")
            await STORE.newest(tx, "t1", None, after=after, limit=50)
        statement, parameters = seen[-1]
        plan = await tx.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
        steps = " ".join(row.detail for row in plan)
    assert "USING INDEX" in steps
    assert "(therapist_id=? AND opened_at<?)" in steps
    assert "TEMP B-TREE" not in steps


async def test_open_sessions_are_read_by_their_own_index(stage: Stage) -> None:
    """However many a therapist has had: every push reads them."""
    async with stage.control.database.read() as tx:
        with statements() as seen:
            await STORE.all_open(tx, "t1")
            await STORE.met_before(tx, {"p1"})
        for statement, parameters in seen:
            plan = await tx.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
            steps = [row.detail for row in plan if "sessions" in row.detail]
            assert "open_session" in steps[0], statement
            assert all("USING INDEX" in step for step in steps)


async def test_open_sessions_come_oldest_first(past: Database) -> None:
    for name, patient_id, minute in (("f", "p1", 9), ("g", "p2", 8)):
        await add_session(past, name, patient_id, NOW + timedelta(minutes=minute), is_open=True)
    async with past.read() as tx:
        assert [record.id for record in await STORE.all_open(tx, "t1")] == ["g", "f"]
        assert [record.id for record in await STORE.all_open(tx, "t2")] == []


async def test_met_before_is_who_had_contact_in_a_session_that_has_ended(past: Database) -> None:
    for name, patient_id, minute in (("f", "p1", 9), ("g", "p2", 8)):
        await add_session(past, name, patient_id, NOW + timedelta(minutes=minute), is_open=True)
    async with past.write() as tx:
        in_contact = sessions.c.id.in_({"f", "c"})  # p1's open one, and one of p2's past
        await tx.execute(update(sessions).where(in_contact).values(contact_at=NOW))
        assert await STORE.met_before(tx, {"p1", "p2"}) == {"p2"}
        assert await STORE.met_before(tx, set()) == set()
