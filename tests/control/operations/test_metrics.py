"""Control's metrics: who may read them, what they tell, and what many scrapes at once cost."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from math import inf
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from control.data.database import Transaction
from control.operations import exposition
from control.operations.ports import OpenSessions
from sfu.messages import Role
from tests.control.call import Call
from tests.control.stage import Page, Stage, make_config
from tests.support.waiting import until

TOKEN = "a-token-for-prometheus"
Samples = dict[tuple[str, frozenset[tuple[str, str]]], float]


async def scrape(stage: Stage, page: Page | None = None) -> Samples:
    """Read everything anew."""
    stage.control.census._until = -inf
    text = await (page or stage.page()).get("/metrics")
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


@pytest.fixture(autouse=True)
def written_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exposition, "FRESH_S", 0.0)


def value(samples: Samples, name: str, **labels: str) -> float | None:
    return samples.get((f"visavis_control_{name}", frozenset(labels.items())))


def nodes(samples: Samples) -> tuple[float | None, float | None]:
    return value(samples, "nodes", health="connected"), value(samples, "nodes", health="away")


@pytest.fixture
async def closed(tmp_path: Path) -> AsyncIterator[Stage]:
    """A control whose metrics need a token."""
    async with Stage(make_config(tmp_path, metrics_token=TOKEN)) as running:
        yield running


# -- who may read -------------------------------------------------------------------------------


@pytest.mark.parametrize("header", ["Forwarded", "Via", "X-Forwarded-For", "X-Real-IP"])
async def test_without_a_token_what_a_proxy_passes_on_is_not_from_this_machine(
    stage: Stage, header: str
) -> None:
    await stage.page().get("/metrics")
    await stage.page().call("GET", "/metrics", expect=404, headers={header: "127.0.0.1"})


@pytest.mark.parametrize(
    "shown", ["", "Bearer", "Bearer wrong", f"Basic {TOKEN}", f"Bearer {TOKEN}x"]
)
async def test_with_a_token_nobody_reads_without_it_not_even_this_machine(
    closed: Stage, shown: str
) -> None:
    headers = {"Authorization": shown} if shown else {}
    error = await closed.page().call("GET", "/metrics", expect=401, headers=headers)
    assert error["code"] == "bad_token"


async def test_with_the_token_a_scraper_reads_from_anywhere(closed: Stage) -> None:
    headers = {"Authorization": f"Bearer {TOKEN}", "X-Forwarded-For": "192.0.2.1"}
    text = await closed.page().call("GET", "/metrics", expect=200, headers=headers)
    assert "visavis_control_requests_total" in text


# -- what they tell -----------------------------------------------------------------------------


async def test_a_visit_shows_as_waiting_patient_wait_and_outcome(stage: Stage) -> None:
    therapist = await stage.therapist()
    visiting = await stage.visit(therapist)
    waiting = await visiting.arrive()
    await stage.tick(30)
    samples = await scrape(stage)
    assert value(samples, "sessions", state="open") == 1
    assert value(samples, "sessions", state="in_contact") == 0
    assert value(samples, "waiting_patients") == 1
    assert value(samples, "longest_wait_seconds") == pytest.approx(30, abs=1)
    assert value(samples, "open_websockets", route="/api/visit/live") == 1
    (session,) = (await therapist.get("/api/sessions"))["items"]
    for move in ("enter", "accept"):
        await therapist.post(f"/api/sessions/{session['id']}/{move}")
    await waiting.visit("in_contact")
    samples = await scrape(stage)
    assert value(samples, "sessions", state="in_contact") == 1
    assert value(samples, "waiting_patients") == 0
    assert value(samples, "longest_wait_seconds") == 0
    assert value(samples, "wait_seconds_count") == 1
    assert value(samples, "wait_seconds_sum") == pytest.approx(30, abs=1)
    await therapist.post(f"/api/sessions/{session['id']}/end")
    samples = await scrape(stage)
    assert value(samples, "ended_sessions_total", outcome="attended") == 1
    assert value(samples, "ended_sessions_total", outcome="no_show") == 0
    assert value(samples, "sessions", state="in_contact") == 0


async def test_who_is_sent_back_and_let_in_again_has_waited_once(stage: Stage) -> None:
    call = await Call.begin(stage)
    for move in ("hold", "accept"):
        await call.therapist.post(f"{call.path}/{move}")
    assert value(await scrape(stage), "wait_seconds_count") == 1


async def test_sockets_are_timed_apart_from_requests_and_counted_while_open(stage: Stage) -> None:
    therapist = await stage.therapist()
    home = await therapist.live("/api/live")
    await home.next()
    samples = await scrape(stage)
    assert value(samples, "open_websockets", route="/api/live") == 1
    assert value(samples, "websocket_seconds_count", route="/api/live") is None
    await home.ws.close()
    await until(lambda: stage.count("visavis_control_open_websockets", route="/api/live") == 0)
    samples = await scrape(stage)
    assert value(samples, "websocket_seconds_count", route="/api/live") == 1
    assert value(samples, "request_seconds_count", route="/api/live") is None
    refused = await stage.page().call("GET", "/api/live")
    assert refused["code"]
    assert value(await scrape(stage), "open_websockets", route="/api/live") == 0


async def test_unknown_paths_and_methods_share_one_label_each(stage: Stage) -> None:
    page = stage.page()
    before = len(await scrape(stage, page))
    for number in range(20):
        await page.call("GET", f"/nothing{number}.php")
        await page.call("POST", f"/wp-admin/{number}")
        await page.call("PROPFIND", f"/api/health/{number}")
        await page.call("GET", f"/api/sessions/{number}/{number}")
    samples = await scrape(stage, page)
    routes = {dict(labels).get("route") for _, labels in samples}
    methods = {dict(labels).get("method") for _, labels in samples}
    assert not [route for route in routes if route and any(c.isdigit() for c in route)]
    assert "other" in methods
    assert "PROPFIND" not in methods
    # One series a method, route and status, and a histogram a route.
    assert len(samples) - before < 60


async def test_node_and_background_jobs_are_told_by_how_they_do(stage: Stage) -> None:
    samples = await scrape(stage)
    assert (
        value(samples, "nodes", health="connected"),
        value(samples, "nodes", health="away"),
    ) == (*(1, 0),)
    running = value(samples, "tasks", state="running")
    assert running is not None
    assert running > 5
    stage.media.is_connected = False

    async def fails() -> None:
        raise KeyError("Alex M.")

    stage.control.tasks.keep("count sheep", fails)
    follower = stage.control.tasks._tasks["follow the media node"]
    follower.cancel()
    await until(lambda: follower.done() and stage.control.tasks.failures["count sheep"])
    await until(lambda: stage.count("visavis_control_loop_lag_seconds_count"))
    samples = await scrape(stage)
    assert (
        value(samples, "nodes", health="connected"),
        value(samples, "nodes", health="away"),
    ) == (*(0, 1),)
    assert value(samples, "tasks", state="running") == running - 1
    assert value(samples, "tasks", state="failing") == 1
    assert value(samples, "tasks", state="dead") == 1
    assert (value(samples, "task_failures_total", task="count sheep") or 0) >= 1


async def test_transactions_are_timed_and_nothing_personal_is_told(stage: Stage) -> None:
    call = await Call.begin(stage)
    samples = await scrape(stage)
    for kind in ("read", "write"):
        assert (value(samples, "database_seconds_count", kind=kind) or 0) > 3
    labels = {text for _, pairs in samples for _, text in pairs}
    for secret in (call.id, call.visiting.patient_id, call.visiting.token, "Alex", "example.org"):
        assert not [text for text in labels if secret in text]


# -- in bad times -------------------------------------------------------------------------------


async def test_scrape_without_a_database_still_tells_the_rest(stage: Stage) -> None:
    page = stage.page()
    assert value(await scrape(stage, page), "database_up") == 1
    for file in stage.config.data_dir.glob("visavis.db*"):
        file.unlink()
    await stage.control.database.close()
    stage.config.data_dir.joinpath("visavis.db").mkdir()
    samples = await scrape(stage, page)
    assert value(samples, "database_up") == 0
    assert value(samples, "waiting_patients") is None
    assert value(samples, "nodes", health="connected") == 1
    failures = [
        value(samples, "database_failures_total", code=f"database_{why}")
        for why in ("away", "gone", "damaged")
    ]
    assert sum(count or 0 for count in failures) >= 1


async def test_scrapes_that_pile_up_are_answered_by_one_count(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    counts, go_on = 0, asyncio.Event()

    async def count(tx: Transaction, now: object) -> OpenSessions:
        nonlocal counts
        counts += 1
        await go_on.wait()
        return OpenSessions({}, 0, 0.0)

    monkeypatch.setattr(stage.control.census._sessions, "count", count)
    stage.control.census._until = -inf
    page = stage.page()
    scrapes = [asyncio.create_task(page.get("/metrics")) for _ in range(30)]
    await until(lambda: counts == 1)
    impatient = scrapes.pop()
    impatient.cancel()  # a scraper's own timeout
    go_on.set()
    assert all("visavis_control_info" in text for text in await asyncio.gather(*scrapes))
    await page.get("/metrics")
    assert counts == 1


async def test_scrapes_within_half_a_second_are_written_once(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exposition, "FRESH_S", 60.0)
    page = stage.page()
    first = await page.get("/metrics")
    await page.get("/api/health")
    assert {await page.get("/metrics") for _ in range(20)} == {first}


async def test_node_that_vanishes_during_a_scrape_is_away_in_the_next(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    call = await Call.begin(stage)

    async def count(tx: Transaction, now: object) -> OpenSessions:
        stage.media.is_connected = False
        await stage.media.lose(call.id, Role.PATIENT)
        return OpenSessions({}, 0, 0.0)

    monkeypatch.setattr(stage.control.census._sessions, "count", count)
    assert value(await scrape(stage), "nodes", health="away") == 1
    assert (await stage.page().get("/readyz"))["troubles"] == ["node_away"]


# -- health -------------------------------------------------------------------------------------


async def test_control_is_alive_without_a_database_and_not_ready(stage: Stage) -> None:
    page = stage.page()
    for path in ("/healthz", "/readyz"):
        assert await page.get(path) == {"status": "ok", "troubles": []}
    for file in stage.config.data_dir.glob("visavis.db*"):
        file.unlink()
    await stage.control.database.close()
    stage.config.data_dir.joinpath("visavis.db").mkdir()
    assert await page.get("/healthz") == {"status": "ok", "troubles": []}
    assert (await page.get("/readyz", 503))["code"] == "database_gone"


async def test_control_with_a_dead_background_job_asks_to_be_restarted(stage: Stage) -> None:
    page = stage.page()
    follower = stage.control.tasks._tasks["follow the media node"]
    follower.cancel()
    await until(follower.done)
    troubles = (await page.get("/healthz", 503))["troubles"]
    assert troubles == ["task_dead: follow the media node"]
    assert (await page.get("/readyz"))["troubles"] == ["task_failing: follow the media node"]
