"""What an operator reads and does at `/api/ops`: counts and troubles, never a name."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from control.auth.messages import OperatorForm
from control.errors import Unavailable
from control.operations import tasks as tasks_module
from control.version import installed_version
from sfu.messages import Cause, Level, LineQuality, MediaProof, Role
from tests.control.call import Call
from tests.control.stage import PASSWORD, Page, Stage
from tests.support.waiting import until

METRICS = """\
# TYPE sfu_peers gauge
sfu_peers{{state="connected"}} {peers}
sfu_peers{{state="not_connected"}} 1
# TYPE sfu_stalls counter
sfu_stalls_total {stalls}
# TYPE sfu_api_refusals counter
sfu_api_refusals_total{{code="full"}} {full}
# TYPE sfu_handshake_failures counter
sfu_handshake_failures_total{{reason="no_check"}} {failed}
sfu_handshake_failures_total{{reason="abandoned"}} {left}
# TYPE sfu_up_sent_packets counter
sfu_up_sent_packets_total{{slot="audio"}} {sent}
sfu_up_sent_packets_total{{slot="camera"}} 1e6
# TYPE sfu_up_received_packets counter
sfu_up_received_packets_total{{slot="audio"}} {received}
# TYPE sfu_down_forwarded_packets counter
sfu_down_forwarded_packets_total{{slot="audio"}} {forwarded}
# TYPE sfu_down_lost_packets counter
sfu_down_lost_packets_total{{slot="audio"}} {lost}
# TYPE sfu_join_seconds histogram
sfu_join_seconds_bucket{{le="0.5"}} {quick}
sfu_join_seconds_bucket{{le="1.0"}} {slow}
sfu_join_seconds_bucket{{le="+Inf"}} {slow}
# TYPE sfu_audio_gap_seconds histogram
sfu_audio_gap_seconds_bucket{{le="0.1"}} {short}
sfu_audio_gap_seconds_bucket{{le="+Inf"}} {gaps}
# TYPE process_start_time_seconds gauge
process_start_time_seconds {node_began_at}
"""
COUNTS = {
    "peers": 0, "stalls": 0, "full": 0, "failed": 0, "sent": 0, "received": 0,
    "left": 0, "forwarded": 0, "lost": 0, "quick": 0, "slow": 0, "short": 0, "gaps": 0,
    "node_began_at": 1772441000,
}  # fmt: skip


def tell(stage: Stage, **counts: int) -> None:
    """Let the node count so much."""
    stage.media.metrics = METRICS.format(**COUNTS | counts)


async def operator(stage: Stage) -> Page:
    form = OperatorForm(email="watch@example.org", password=PASSWORD)
    await stage.control.operators.add(form, now=stage.clock.now)
    page = stage.page()
    await page.post("/api/ops/login", {"email": form.email, "password": PASSWORD})
    return page


async def look(stage: Stage, seconds: float = 10) -> None:
    stage.clock.advance(seconds)
    await stage.control.look()


async def faults(page: Page) -> list[tuple[str, str, int, bool]]:
    found = (await page.get("/api/ops"))["faults"]
    return [(one["kind"], one["subject"], one["times"], one["lasts"]) for one in found]


async def test_history_is_empty_at_first_and_says_since_when(stage: Stage) -> None:
    page = await operator(stage)
    seen = await page.get("/api/ops")
    assert seen["samples"]["at"] == []
    assert seen["began_at"] == seen["now"]
    assert seen["joins"] == {"count": 0, "p95_s": None, "bins": []}
    await look(stage)
    await stage.restart()
    seen = await page.get("/api/ops")
    assert seen["samples"]["at"] == []
    assert seen["began_at"] == seen["now"]


async def test_samples_tell_of_sessions_waiting_and_levels(stage: Stage) -> None:
    page = await operator(stage)
    call = await Call.begin(stage)
    fair = LineQuality(level=Level.FAIR)
    server = LineQuality(level=Level.UNKNOWN, cause=Cause.SERVER)
    for role, quality in ((Role.PATIENT, fair), (Role.THERAPIST, server)):
        stage.media.measure(call.id, role, quality=quality)
        await stage.media.report(call.id, role, MediaProof())
    waiting = await stage.visit(await stage.therapist("bianchi@example.org"), "Bruna T.")
    await waiting.arrive()
    tell(stage, peers=3)
    await look(stage, 1)
    samples = (await page.get("/api/ops"))["samples"]
    last = {name: column[-1] for name, column in samples.items()}
    assert (last["sessions"], last["waiting"], last["peers"]) == (1, 1, 3)
    assert (last["fair"], last["server"]) == (1, 1)
    assert (last["good"], last["poor"], last["unknown"]) == (0, 0, 0)


async def test_sound_and_joins_are_what_was_added_since_control_looks(stage: Stage) -> None:
    page = await operator(stage)
    tell(stage, sent=9000, received=8000, forwarded=7000, lost=70, quick=500, slow=501, failed=4)
    await look(stage)
    tell(
        stage,
        sent=9500,
        received=8490,
        forwarded=7400,
        lost=72,
        quick=503,
        slow=505,
        failed=5,
        left=9,
    )
    await look(stage)
    seen = await page.get("/api/ops")
    samples = seen["samples"]
    assert (samples["sent_up"], samples["lost_up"]) == ([0, 500], [0, 10])
    assert (samples["sent_down"], samples["lost_down"]) == ([0, 400], [0, 2])
    assert [one["count"] for one in seen["joins"]["bins"]] == [3, 1, 0]
    assert [one["up_to_s"] for one in seen["joins"]["bins"]] == [0.5, 1.0, None]
    assert (seen["joins"]["count"], seen["joins"]["p95_s"]) == (4, 1.0)
    assert seen["failed_joins"] == 1


async def test_gaps_in_the_sound_are_those_since_control_looks(stage: Stage) -> None:
    page = await operator(stage)
    tell(stage, short=40, gaps=50)
    await look(stage)
    tell(stage, short=42, gaps=53)
    await look(stage)
    assert (await page.get("/api/ops"))["gaps"] == {
        "count": 3,
        "p95_s": None,
        "bins": [{"up_to_s": 0.1, "count": 2}, {"up_to_s": None, "count": 1}],
    }


async def test_what_a_node_that_began_with_control_counted_first_is_of_these_hours(
    stage: Stage,
) -> None:
    page = await operator(stage)
    began_at = int(stage.control.watch.history.began_at.timestamp()) - 1
    tell(stage, quick=2, slow=2, node_began_at=began_at)
    await look(stage)
    assert (await page.get("/api/ops"))["joins"]["count"] == 2


async def test_page_that_knows_some_samples_is_told_the_later_ones(stage: Stage) -> None:
    page = await operator(stage)
    for _ in range(3):
        await look(stage)
    all_at = (await page.get("/api/ops"))["samples"]["at"]
    after = all_at[1].replace("+", "%2B")
    assert (await page.get(f"/api/ops?after={after}"))["samples"]["at"] == all_at[2:]
    for wrong in ("yesterday", "2026-03-02T09:00:00"):
        assert (await page.get(f"/api/ops?after={wrong}", 400))["code"] == "bad_instant"


async def test_node_that_is_away_is_shown_as_such_and_kept_as_a_trouble(stage: Stage) -> None:
    page = await operator(stage)
    tell(stage, peers=2)
    await look(stage)
    assert (await page.get("/api/ops"))["nodes"][0]["state"] == "good"
    stage.media.is_connected = False
    await look(stage)
    seen = await page.get("/api/ops")
    assert (seen["nodes"][0]["state"], seen["nodes"][0]["cpu_ratio"]) == ("away", None)
    assert seen["samples"]["peers"] == [2, None]
    assert await faults(page) == [("node_away", "node-1", 1, True)]
    stage.media.is_connected, stage.media.is_away = True, True
    await look(stage)
    assert (await page.get("/api/ops"))["nodes"][0]["state"] == "away"
    stage.media.is_away = False
    await look(stage)
    assert await faults(page) == [("node_away", "node-1", 1, False)]


async def test_version_of_control_is_the_one_that_runs_not_one_installed_since(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = await operator(stage)
    for module in ("overview", "collector"):
        monkeypatch.setattr(f"control.operations.{module}.installed_version", lambda: "newer")
    assert (await page.get("/api/ops"))["version"] == installed_version()
    assert "newer" not in await page.get("/metrics")


async def test_version_of_a_node_is_told_unless_it_is_an_older_one(stage: Stage) -> None:
    page = await operator(stage)
    tell(stage)
    await look(stage)
    assert (await page.get("/api/ops"))["nodes"][0]["version"] is None
    load = stage.media.node_load
    stage.media.node_load = load.model_copy(update={"version": "0.0.9"})
    await look(stage)
    assert (await page.get("/api/ops"))["nodes"][0]["version"] == "0.0.9"


async def test_node_that_is_busy_restarted_stalled_or_full_is_a_trouble(stage: Stage) -> None:
    page = await operator(stage)
    tell(stage)
    await look(stage)
    load = stage.media.node_load
    stage.media.node_load = load.model_copy(update={"cpu_ratio": 0.9})
    await look(stage)
    assert (await page.get("/api/ops"))["nodes"][0]["state"] == "busy"
    assert await faults(page) == [("node_busy", "node-1", 1, True)]
    stage.media.node_load = load.model_copy(update={"boot_id": "boot2"})
    tell(stage, stalls=2, full=5, failed=3)
    await look(stage)
    found = await faults(page)
    assert set(found) == {
        ("node_busy", "node-1", 1, False),
        ("node_restarted", "node-1", 1, False),
        ("node_stalled", "node-1", 2, False),
        ("node_full", "node-1", 5, False),
        ("handshakes", "node-1", 3, False),
    }


async def test_job_that_fails_is_a_trouble_by_its_name(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks_module, "RESTART_AFTER_S", 0.001)
    page = await operator(stage)
    tell(stage)
    works = asyncio.Event()

    async def job() -> None:
        if not works.is_set():
            raise KeyError("Alex M.")

    stage.control.tasks.repeat("count sheep", job, 0.001)
    await until(stage.control.tasks.failing)
    await look(stage)
    assert ("task", "count sheep", 1, True) in await faults(page)
    works.set()
    await until(lambda: stage.control.tasks.failing() == [])
    await look(stage)
    found = (await page.get("/api/ops"))["faults"]
    assert [(one["reason"], one["lasts"]) for one in found if one["kind"] == "task"] == [
        ("KeyError", False)
    ]
    assert "Alex" not in str(found)


async def test_job_that_failed_between_two_looks_is_counted(stage: Stage) -> None:
    page = await operator(stage)
    tell(stage)
    stage.control.tasks._note("count sheep", KeyError())
    stage.control.tasks._note("count sheep", KeyError())
    del stage.control.tasks._failing["count sheep"]
    await look(stage)
    assert await faults(page) == [("task", "count sheep", 2, False)]


async def test_jobs_that_wait_for_the_database_are_one_trouble(stage: Stage) -> None:
    page = await operator(stage)
    tell(stage)
    for name in ("count sheep", "count goats"):
        stage.control.tasks._note(name, Unavailable("database_away", "x"))
    await look(stage)
    assert await faults(page) == [("database", "", 1, True)]
    stage.control.tasks._failing.clear()
    await look(stage)
    assert await faults(page) == [("database", "", 1, False)]


async def test_what_gateways_do_not_take_is_a_trouble(stage: Stage) -> None:
    page = await operator(stage)
    tell(stage)
    tries = stage.control.outbox.tries
    for result in ("no_answer", "no_answer", "no_such_address", "mailbox_full", "delivered"):
        tries.labels("email", result).inc()
    await look(stage)
    await look(stage)
    assert sorted(await faults(page)) == [
        ("gateway", "email", 2, False),
        ("refused", "email", 2, False),
    ]


async def test_drain_is_set_and_undone(stage: Stage) -> None:
    page = await operator(stage)
    tell(stage)
    await look(stage)
    path = "/api/ops/nodes/node-1/drain"
    for draining, state in ((True, "draining"), (False, "good")):
        assert (await page.call("PUT", path, {"draining": draining}, expect=200))["state"] == state
        assert (await page.get("/api/ops"))["nodes"][0]["state"] == state
    assert [room for call, room in stage.media.calls if call == "drain"] == ["True", "False"]


async def test_drain_that_cannot_be_done_changes_nothing(stage: Stage) -> None:
    page = await operator(stage)
    body = {"draining": True}
    answer = await page.call("PUT", "/api/ops/nodes/node-2/drain", body, expect=404)
    assert answer["code"] == "no_node"
    stage.media.is_away = True
    answer = await page.call("PUT", "/api/ops/nodes/node-1/drain", body, expect=503)
    assert answer["code"] == "media_away"
    assert not stage.media.node_load.draining


async def test_operator_who_was_removed_drains_nothing(stage: Stage) -> None:
    page = await operator(stage)
    await stage.control.operators.remove("watch@example.org")
    body = {"draining": True}
    await page.call("PUT", "/api/ops/nodes/node-1/drain", body, expect=401)
    assert not stage.media.node_load.draining


async def test_nothing_of_a_person_is_told(stage: Stage) -> None:
    page = await operator(stage)
    call = await Call.begin(stage)
    tell(stage, peers=2)
    await look(stage)
    said = str(await page.get("/api/ops"))
    for secret in ("Rossi", "rossi", "Alex", "alex", "example.org", call.id):
        assert secret not in said


async def test_memory_of_two_hours_is_bounded(stage: Stage) -> None:
    tell(stage)
    began = stage.clock.now
    for _ in range(800):
        await look(stage)
    history: Any = stage.control.watch.history
    assert len(history.samples) == 720
    assert history.samples[0].at > began + timedelta(seconds=700)


async def test_browsers_that_left_before_they_were_connected_are_no_trouble(stage: Stage) -> None:
    page = await operator(stage)
    tell(stage)
    await look(stage)
    tell(stage, left=9)
    await look(stage)
    assert await faults(page) == []
    assert (await page.get("/api/ops"))["failed_joins"] == 0
