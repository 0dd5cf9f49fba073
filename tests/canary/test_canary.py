"""`visavis canary` against the running product: UDP and TCP, its own account, and nothing left."""

from __future__ import annotations

import asyncio
import json
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio

from canary.browser import Browser
from canary.trouble import WrongAccount
from canary.visit import UDP, State, walk
from tests.canary.installation import (
    EMAIL,
    PASSWORD,
    PERSON,
    Installation,
    credentials,
    installed,
    start,
)
from tests.support.ports import free_port
from tests.support.waiting import until

STATIC = Path(__file__).parents[2] / "control" / "static" / "v.html"
pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.skipif(not STATIC.parent.is_dir(), reason="the pages are not built"),
]


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def installation(
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[Installation]:
    async with installed(tmp_path_factory.mktemp("product")) as running:
        yield running


async def test_both_sides_are_heard_over_udp_and_tcp_and_nothing_is_left(
    installation: Installation, tmp_path: Path
) -> None:
    metrics = tmp_path / "canary.prom"
    ended = await installation.canary("--once", "--listen", "1s", "--textfile", str(metrics))
    assert ended.status == 0, ended.err
    (line,) = ended.out.splitlines()
    told = json.loads(line)
    assert told["ok"] is True
    assert set(told["paths"]) == {"udp", "tcp", "turn"}
    for path in ("udp", "tcp"):
        one = told["paths"][path]
        assert one["state"] == "ok"
        assert 0 < one["first_audio_s"] < 10
        assert one["r"] > 50
    assert told["paths"]["turn"]["state"] == "not_configured"
    assert "turn: not configured" in ended.err
    text = metrics.read_text()
    for sample in (
        'visavis_canary_success{path="tcp"} 1.0',
        'visavis_canary_stage_success{path="udp",stage="hear"} 1.0',
        'visavis_canary_visits_total{path="udp",result="ok"} 1.0',
        'visavis_canary_r_factor{path="udp"}',
        'visavis_canary_first_audio_seconds{path="udp"}',
    ):
        assert sample in text
    assert "turn" not in text
    assert installation.rows() == {}


async def test_canary_that_runs_on_shows_its_last_round_and_ends_clean(
    installation: Installation,
) -> None:
    where = f"127.0.0.1:{free_port()}"
    running = await start(
        *("--every", "1h", "--listen", "1s", "--metrics", where),
        **credentials(installation.url),
    )
    assert running.stderr is not None
    async with asyncio.timeout(60):
        while b"turn: not configured" not in await running.stderr.readline():
            pass
        async with aiohttp.request("GET", f"http://{where}/metrics") as answer:
            assert 'visavis_canary_success{path="udp"} 1.0' in await answer.text()
        running.send_signal(signal.SIGTERM)
        await running.communicate()
    assert running.returncode == 0


async def test_canary_that_is_ended_in_a_visit_erases_it_first(installation: Installation) -> None:
    running = await start("--listen", "1h", **credentials(installation.url))
    async with asyncio.timeout(60):
        await until(lambda: "sessions" in installation.rows(), limit_s=60)
        running.send_signal(signal.SIGTERM)
        await running.communicate()
    assert running.returncode == 0
    assert installation.rows() == {}


async def test_account_of_a_person_is_refused_and_keeps_its_patients(
    installation: Installation,
) -> None:
    async with Browser(installation.url) as therapist:
        await therapist.call("POST", "/api/login", {"email": PERSON, "password": PASSWORD})
        await therapist.call("POST", "/api/patients", {"name": "Alex M."})
        with pytest.raises(WrongAccount, match="no canary's"):
            await walk(installation.settings(PERSON), UDP)
        (patient,) = (await therapist.call("GET", "/api/patients"))["items"]
        await therapist.call("DELETE", f"/api/patients/{patient['id']}")
        await therapist.call("POST", "/api/logout")


async def test_wrong_password_is_a_wrong_setting_and_no_failed_visit(
    installation: Installation,
) -> None:
    with pytest.raises(WrongAccount, match="e-mail or password of the canary's account"):
        await walk(installation.settings(password="another password"), UDP)


async def test_what_a_killed_canary_left_is_erased_by_the_next(installation: Installation) -> None:
    async with Browser(installation.url) as left:
        await left.call("POST", "/api/login", {"email": EMAIL, "password": PASSWORD})
        await left.call("POST", "/api/patients", {"name": "Canary"})
        await left.call("POST", "/api/logout")
    visit = await walk(installation.settings(), UDP)
    assert visit.state is State.OK, visit.words
    assert installation.rows() == {}
