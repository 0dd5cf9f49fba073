"""Transactions, migrations and the stores, on SQLite and on a real PostgreSQL alike."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from control.auth.model import Login, Therapist, hash_secret
from control.auth.store import AuthStore
from control.data.database import Database, LostRace
from control.data.encryption import Vault
from control.errors import ConfigError, NotFound, Unavailable
from control.invitations.model import Invitation, hash_token
from control.invitations.store import InvitationStore
from control.patients.model import Person
from control.patients.store import PatientStore
from control.sessions.model import SessionFacts, SessionRecord
from control.sessions.store import SessionStore
from control.settings.model import FIRST
from control.settings.store import SettingStore
from control.visits.model import VisitFacts
from control.visits.store import VisitStore
from sfu.messages import ClockState, LostTime
from tests.control.stage import Stage, make_config

NOW = datetime(2026, 3, 2, 9, 0, 0, 123456, tzinfo=UTC)
VAULT = Vault(b"k" * 32)
AUTH, PATIENTS, SESSIONS = AuthStore(VAULT), PatientStore(VAULT), SessionStore()
ROSSI = Therapist("t1", "rossi@example.org", "Dr. Rossi", "en")
ALEX = Person("p1", "t1", "Alex M.", "alex@example.org", None, "it", NOW)
MEETING = SessionRecord("s1", "p1", "t1", SessionFacts(opened_at=NOW), setting_version=1)


@pytest.fixture
async def peopled(database: Database) -> Database:
    """A database with one therapist and one patient."""
    async with database.write() as tx:
        await AUTH.add_therapist(tx, ROSSI, ROSSI.email, "hash", NOW)
        await PATIENTS.add(tx, ALEX)
        await SettingStore(VAULT).add_all_first(tx, "t1", ["p1"], NOW)
    return database


async def test_migrating_again_changes_nothing(peopled: Database) -> None:
    await peopled.migrate()
    async with peopled.read() as tx:
        assert await AUTH.therapist(tx, "t1") == ROSSI


async def test_error_leaves_nothing_half_written(peopled: Database) -> None:
    async def fail_half_way() -> None:
        async with peopled.write() as tx:
            await PATIENTS.add(tx, replace(ALEX, id="p2"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail_half_way()
    async with peopled.read() as tx:
        assert await PATIENTS.get(tx, "p2") is None


async def test_writers_take_turns(peopled: Database) -> None:
    async def write(number: int) -> None:
        async with peopled.write() as tx:
            await PATIENTS.add(tx, replace(ALEX, id=f"n{number}"))

    await asyncio.gather(*(write(number) for number in range(20)))
    async with peopled.read() as tx:
        assert len([row async for row in PATIENTS.sealed_of_therapist(tx, "t1")]) == 21


async def test_instant_comes_back_in_utc_to_the_microsecond(peopled: Database) -> None:
    rome = NOW.astimezone(timezone(timedelta(hours=1)))
    async with peopled.write() as tx:
        await PATIENTS.add(tx, replace(ALEX, id="p2", created_at=rome))
        person = await PATIENTS.get(tx, "p2")
    assert person is not None
    assert person.created_at == NOW
    assert person.created_at.tzinfo == UTC


async def test_therapist_is_found_by_email_and_only_once(peopled: Database) -> None:
    async with peopled.read() as tx:
        assert await AUTH.find_by_email(tx, "rossi@example.org") == (ROSSI, "hash")
        assert await AUTH.find_by_email(tx, "bianchi@example.org") is None
    with pytest.raises(IntegrityError):
        async with peopled.write() as tx:
            await AUTH.add_therapist(tx, replace(ROSSI, id="t2"), ROSSI.email, "hash", NOW)


async def test_login_is_touched_swept_and_deleted(peopled: Database) -> None:
    old = Login("l1", "t1", NOW, NOW)
    fresh = Login("l2", "t1", NOW + timedelta(hours=11), NOW)
    later = NOW + timedelta(hours=12)
    async with peopled.write() as tx:
        for login in (old, fresh):
            await AUTH.add_login(tx, login, hash_secret(login.id))
        await AUTH.touch_login(tx, "l2", later)
        await AUTH.sweep_logins(tx, keep=[], now=later)
        assert await AUTH.login(tx, hash_secret("l1")) is None
        assert await AUTH.login(tx, hash_secret("l2")) == replace(fresh, last_used_at=later)
        await AUTH.delete_login(tx, "l2")
        assert await AUTH.login(tx, hash_secret("l2")) is None


async def test_patient_is_read_back_whole_by_the_owner_alone(peopled: Database) -> None:
    async with peopled.read() as tx:
        assert await PATIENTS.owned(tx, "t1", "p1") == ALEX
        with pytest.raises(NotFound):
            await PATIENTS.owned(tx, "t2", "p1")


async def test_sealed_field_moved_to_another_row_does_not_open(peopled: Database) -> None:
    async with peopled.write() as tx:
        await PATIENTS.add(tx, replace(ALEX, id="p2", name="Bruna T."))
        await tx.execute(
            text("UPDATE patients SET name = (SELECT name FROM patients WHERE id = 'p2')")
        )
        with pytest.raises(Exception, match=r"patients\.name"):
            await PATIENTS.get(tx, "p1")


async def test_second_open_session_of_a_patient_is_impossible(peopled: Database) -> None:
    async with peopled.write() as tx:
        await SESSIONS.add(tx, MEETING)
    with pytest.raises(IntegrityError):
        async with peopled.write() as tx:
            await SESSIONS.add(tx, replace(MEETING, id="s2"))
    async with peopled.write() as tx:
        await SESSIONS.write_facts(tx, MEETING, MEETING.facts.end(NOW))
        await SESSIONS.add(tx, replace(MEETING, id="s2"))
        open_now = await SESSIONS.open_of_patient(tx, "p1")
    assert open_now is not None
    assert open_now.id == "s2"


async def test_facts_decided_on_an_old_revision_are_not_written(peopled: Database) -> None:
    async with peopled.write() as tx:
        await SESSIONS.add(tx, MEETING)
        await SESSIONS.write_facts(tx, MEETING, MEETING.facts.enter(NOW))
        with pytest.raises(LostRace):
            await SESSIONS.write_facts(tx, MEETING, MEETING.facts.end(NOW))
        kept = await SESSIONS.get(tx, "s1")
    assert kept is not None
    assert (kept.revision, kept.facts) == (2, MEETING.facts.enter(NOW))


async def test_second_conversation_of_a_therapist_is_impossible(peopled: Database) -> None:
    open_gate = replace(MEETING.facts, gate_open=True)
    other = replace(MEETING, id="s2", patient_id="p2")
    async with peopled.write() as tx:
        await PATIENTS.add(tx, replace(ALEX, id="p2"))
        await SESSIONS.add(tx, MEETING)
        await SESSIONS.add(tx, other)
        await SESSIONS.write_facts(tx, MEETING, open_gate)
        assert await SESSIONS.in_contact(tx, "t1") == "s1"
    with pytest.raises(IntegrityError):
        async with peopled.write() as tx:
            await SESSIONS.write_facts(tx, other, open_gate)


async def test_session_is_read_back_whole(peopled: Database) -> None:
    facts = MEETING.facts.enter(NOW).accept(NOW, patient_present=True, elsewhere=None).end(NOW)
    lost = LostTime(patient=1.5, therapist=0.5, server=0.25)
    clock = ClockState(started_at=NOW, wall_s=60.5, connected_s=58.25, lost=lost)
    async with peopled.write() as tx:
        await SESSIONS.add(tx, MEETING)
        await SESSIONS.write_clock(tx, "s1", clock, NOW)
        await SESSIONS.write_facts(tx, MEETING, facts)
        await SESSIONS.write_clock(tx, "s1", clock.model_copy(update={"wall_s": 99.0}), NOW)
        await SESSIONS.write_waiting(tx, "s1", NOW)
        await SESSIONS.write_setting(tx, "s1", 2)
        assert await SESSIONS.get(tx, "s1") == replace(
            MEETING,
            facts=replace(facts, came_at=NOW),
            revision=2,
            clock=clock,
            clock_saved_at=NOW,
            waiting_since=NOW,
            setting_version=2,
        )
        assert await SESSIONS.latest_contacts(tx, ["p1", "p2"]) == {"p1": NOW}
        assert await SESSIONS.all_open(tx) == []


async def test_second_device_of_a_patient_is_impossible(peopled: Database) -> None:
    store = VisitStore()
    first = VisitFacts("v1", "p1", hash_secret("a"), NOW, NOW)
    second = VisitFacts("v2", "p1", hash_secret("b"), NOW, NOW)
    async with peopled.write() as tx:
        await store.add(tx, first)
    with pytest.raises(IntegrityError):
        async with peopled.write() as tx:
            await store.add(tx, second)
    async with peopled.write() as tx:
        await store.end_of_patient(tx, "p1", NOW)
        await store.add(tx, second)
        assert await store.of_patient(tx, "p1") == second
        assert await store.by_token_hash(tx, hash_secret("a")) is None


async def test_link_is_found_by_its_present_token_alone(peopled: Database) -> None:
    store = InvitationStore()
    first = Invitation("i1", "p1", 1, NOW, NOW + timedelta(days=1))
    renewed = first.renewed(NOW, timedelta(days=2))
    async with peopled.write() as tx:
        await store.add(tx, first, hash_token("one"))
        await store.revoke(tx, "p1", NOW)
        await store.replace(tx, first, renewed, hash_token("two"))
        assert await store.by_token_hash(tx, hash_token("one")) is None
        assert await store.by_token_hash(tx, hash_token("two")) == renewed


async def test_newest_setting_counts_and_the_old_ones_stay(peopled: Database) -> None:
    store = SettingStore(VAULT)
    second = FIRST.changed(self_view=False, clock=True)
    async with peopled.write() as tx:
        await store.add(tx, "p1", second, NOW)
        assert await store.newest(tx, "p1") == second
        pairs = {("p1", 1): FIRST, ("p1", 2): second}
        assert await store.versions(tx, set(pairs)) == pairs
        assert await store.versions(tx, {("p1", 2), ("p2", 1)}) == {("p1", 2): second}


async def test_erasing_a_patient_erases_everything_that_belongs_to_them(peopled: Database) -> None:
    async with peopled.write() as tx:
        await SESSIONS.add(tx, MEETING)
        visit = VisitFacts("v1", "p1", hash_secret("a"), NOW, NOW, session_id="s1")
        await VisitStore().add(tx, visit)
        link = Invitation("i1", "p1", 1, NOW, NOW)
        await InvitationStore().add(tx, link, hash_token("one"))
        await PATIENTS.erase(tx, "p1")
        for table in ("patients", "sessions", "visits", "invitations", "settings"):
            assert await tx.scalar(text(f"SELECT count(*) FROM {table}")) == 0


async def test_whole_visit_runs_on_either_database(database_url: str, tmp_path: Path) -> None:
    async with Stage(make_config(tmp_path, database_url=database_url)) as stage:
        therapist = await stage.therapist()
        visiting = await stage.visit(therapist)
        await visiting.arrive()
        session = (await therapist.get("/api/sessions"))["items"][0]
        path = f"/api/sessions/{session['id']}"
        for move in ("enter", "accept", "end"):
            session = await therapist.post(f"{path}/{move}")
        assert session["outcome"] == "attended"


async def test_sqlite_writes_ahead_and_checks_foreign_keys(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'visavis.db'}")
    await database.migrate()
    async with database.read() as tx:
        assert await tx.scalar(text("PRAGMA journal_mode")) == "wal"
    with pytest.raises(IntegrityError):
        async with database.write() as tx:
            await PATIENTS.add(tx, replace(ALEX, therapist_id="nobody"))
    await database.close()


async def test_database_that_is_away_is_unavailable_in_words(tmp_path: Path) -> None:
    for url in (f"sqlite:///{tmp_path / 'no' / 'v.db'}", "postgresql://v@127.0.0.1:1/v"):
        database = Database(url)
        with pytest.raises(Unavailable) as caught:
            await database.check()
        assert caught.value.code == "database_away"
        await database.close()


@pytest.mark.parametrize("url", ["", "mysql://localhost/x", "nonsense"])
def test_impossible_database_url_is_refused_in_words(url: str) -> None:
    with pytest.raises(ConfigError, match="VISAVIS_DATABASE_URL"):
        Database(url)
