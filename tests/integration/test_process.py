"""The node as its own process, on uvloop, as operators run it."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import sys
from asyncio.subprocess import PIPE, STDOUT, Process
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest
from aiohttp import ClientSession

from sfu.__main__ import main
from sfu.messages import CLOCK_HEADER, DEADLINE_HEADER
from tests.integration.conftest import TOKEN
from tests.integration.page import Page
from tests.support import hasty_node
from tests.support.browser import VirtualBrowser
from tests.support.forked import Forked
from tests.support.waiting import until

SETTINGS = {"VISAVIS_SFU_TOKEN": TOKEN, "VISAVIS_SFU_PORT": "0", "VISAVIS_MEDIA_PORT": "0"}


def environment(settings: dict[str, str]) -> dict[str, str]:
    return {key: value for key, value in os.environ.items() if "VISAVIS" not in key} | settings


async def read_until(process: Forked | Process, pattern: str) -> re.Match[str]:
    """Read the log up to a line that matches."""
    assert process.stdout is not None
    seen = ""
    async with asyncio.timeout(20):
        while line := (await process.stdout.readline()).decode():
            seen += line
            if found := re.search(pattern, line):
                return found
    raise AssertionError(f"the node ended; it said: {seen}")


@asynccontextmanager
async def running(program: Callable[[], int], settings: dict[str, str]) -> AsyncIterator[Forked]:
    process = await Forked.start(program, environment(settings))
    try:
        yield process
    finally:
        process.send_signal(signal.SIGKILL)
        await process.communicate()


@pytest.fixture
async def process() -> AsyncIterator[Forked]:
    async with running(main, SETTINGS) as process:
        yield process


@asynccontextmanager
async def in_contact(process: Forked) -> AsyncIterator[tuple[ClientSession, list[Page]]]:
    """Two pages that hear and see each other, and whoever gives the node commands."""
    port = (await read_until(process, r"node API up on port (\d+)"))[1]
    headers = {"Authorization": f"Bearer {TOKEN}"}
    pages = [Page("therapist", hz=440, luma=200), Page("patient", hz=880, luma=60)]
    async with ClientSession(f"http://127.0.0.1:{port}", headers=headers) as control:
        await control.put("/rooms/visit", json={"gate_open": True})
        for page in pages:
            await page.join(control, "visit")
        await until(lambda: all(len(p.sounds) > 50 and len(p.pictures) > 5 for p in pages))
        yield control, pages
    for page in pages:
        await page.close()


async def ended(process: Forked) -> str:
    """Return what it said until it ended, gracefully."""
    async with asyncio.timeout(20):
        log, _ = await process.communicate()
    assert process.returncode == 0
    return log.decode()


async def test_node_lets_a_call_end_on_sigterm_and_takes_nobody_new() -> None:
    async with (
        running(hasty_node.main, SETTINGS) as process,
        in_contact(process) as (control, (therapist, patient)),
    ):
        process.send_signal(signal.SIGTERM)
        await read_until(process, "draining: ends when no call runs, in 3600 s at most")
        await control.put("/rooms/another", json={"gate_open": False})
        refused = await control.post(
            "/rooms/another/peers?participant=patient&role=patient",
            data=VirtualBrowser().offer,
            headers={"Content-Type": "application/sdp"},
        )
        assert (refused.status, (await refused.json())["code"]) == (503, "draining")
        heard = len(therapist.sounds), len(patient.sounds)
        await until(lambda: len(therapist.sounds) > heard[0] + 10)
        await until(lambda: len(patient.sounds) > heard[1] + 10)
        assert not therapist.is_closed
        assert not patient.is_closed
        await patient.close()
        assert "media node down" in await ended(process)
        await until(lambda: therapist.is_closed)
        assert therapist.said("closed") == []


async def test_node_that_drains_ends_at_once_on_a_second_sigterm(process: Forked) -> None:
    async with in_contact(process) as (_, pages):
        process.send_signal(signal.SIGTERM)
        await read_until(process, "draining: ends when no call runs")
        process.send_signal(signal.SIGTERM)
        await ended(process)
        await until(lambda: all(page.is_closed for page in pages))
        for page in pages:
            assert page.said("closed") == []  # they shall come back to the next node


@pytest.mark.parametrize(
    ("number", "settings"),
    [
        (signal.SIGINT, {}),
        (signal.SIGTERM, {"VISAVIS_DRAIN_S": "0"}),
        (signal.SIGTERM, {"VISAVIS_END_WITHOUT_CONTROL_S": "600"}),  # `serve` has waited
    ],
)
async def test_node_cuts_a_call_where_nobody_is_to_wait_for_it(
    number: int, settings: dict[str, str]
) -> None:
    async with running(main, SETTINGS | settings) as process, in_contact(process) as (_, pages):
        process.send_signal(number)
        assert "draining" not in await ended(process)
        await until(lambda: all(page.is_closed for page in pages))


async def test_log_of_a_visit_has_no_address_and_no_sdp(process: Forked) -> None:
    port = (await read_until(process, r"node API up on port (\d+)"))[1]
    headers = {"Authorization": f"Bearer {TOKEN}"}
    page = Page("patient", hz=440, luma=100)
    async with ClientSession(f"http://127.0.0.1:{port}", headers=headers) as control:
        await control.put("/rooms/visit", json={})
        await page.join(control, "visit")
        await until(lambda: page.said("gate"))
    await page.close()
    await asyncio.sleep(0)
    process.send_signal(signal.SIGTERM)
    text = await ended(process)
    assert "draining" not in text  # who waits is not waited for
    assert "joined as patient" in text
    assert "media node down" in text
    assert not re.search(r"\d+\.\d+\.\d+\.\d+|\ba=|v=0|::\d", text)
    assert TOKEN not in text


async def test_node_that_stood_still_refuses_what_control_gave_up_meanwhile(
    process: Forked,
) -> None:
    port = (await read_until(process, r"node API up on port (\d+)"))[1]
    headers = {"Authorization": f"Bearer {TOKEN}"}
    page = Page("patient", hz=440, luma=100)
    async with ClientSession(f"http://127.0.0.1:{port}", headers=headers) as control:
        await control.put("/rooms/visit", json={})
        await page.join(control, "visit")
        await until(lambda: page.said("gate"))
        clock = float((await control.get("/health")).headers[CLOCK_HEADER])
        late = {DEADLINE_HEADER: f"{clock + 0.6:.6f}"}
        process.send_signal(signal.SIGSTOP)
        gate = asyncio.ensure_future(
            control.put("/rooms/visit/gate", json={"open": True}, headers=late)
        )
        offer = asyncio.ensure_future(
            control.post(
                "/rooms/visit/peers?participant=patient&role=patient",
                data=VirtualBrowser().offer,
                headers=late | {"Content-Type": "application/sdp"},
            )
        )
        await asyncio.sleep(1.0)  # how long the node stands still is what is tested
        assert not gate.done()
        process.send_signal(signal.SIGCONT)
        for refused in (await gate, await offer):
            assert (refused.status, (await refused.json())["code"]) == (409, "late")
        page.ping.send("still here")
        await until(lambda: "still here" in page.echoes)
        room = await (await control.get("/rooms/visit")).json()
        assert not room["gate_open"]
        assert [f"/rooms/visit/peers/{peer['id']}" for peer in room["peers"]] == [page.location]
        assert page.said("closed") == []
    await page.close()


async def test_node_that_lost_its_control_ends_when_its_last_peer_has_left() -> None:
    settings = SETTINGS | {"VISAVIS_END_WITHOUT_CONTROL_S": "2"}
    process = await Forked.start(main, environment(settings))
    port = (await read_until(process, r"node API up on port (\d+)"))[1]
    headers = {"Authorization": f"Bearer {TOKEN}"}
    page = Page("patient", hz=440, luma=100)
    async with ClientSession(f"http://127.0.0.1:{port}", headers=headers) as control:
        await control.put("/rooms/visit", json={"gate_open": True})
        await page.join(control, "visit")
    await until(lambda: page.said("gate"))
    await asyncio.sleep(3.0)  # more than its limit is what is tested
    page.ping.send("still here")
    await until(lambda: "still here" in page.echoes)
    await page.close()
    await read_until(process, "no control and no peer")
    async with asyncio.timeout(20):
        await process.communicate()
    assert process.returncode == 0


async def test_node_by_itself_does_not_care_about_its_stdin() -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "sfu"),
        env=environment(SETTINGS),
        stdin=PIPE,
        stdout=PIPE,
        stderr=STDOUT,
    )
    assert process.stdin is not None
    process.stdin.close()
    port = (await read_until(process, r"node API up on port (\d+)"))[1]
    async with ClientSession(f"http://127.0.0.1:{port}") as control:
        for _ in range(3):
            assert (await control.get("/health")).status == 200
    process.send_signal(signal.SIGTERM)
    await process.communicate()
    assert process.returncode == 0


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({}, "VISAVIS_SFU_TOKEN must be set"),
        ({"VISAVIS_SFU_TOKEN": TOKEN, "VISAVIS_MEDIA_PORT": "x"}, "VISAVIS_MEDIA_PORT"),
        ({"VISAVIS_SFU_TOKEN": TOKEN, "VISAVIS_ANNOUNCE": "192.0.2.77"}, "public=local"),
        ({"VISAVIS_SFU_TOKEN": TOKEN, "SFU_NATIVE": "require"}, "no compiled packet core"),
        (
            {"VISAVIS_SFU_TOKEN": TOKEN, "VISAVIS_END_WITHOUT_CONTROL_S": "soon"},
            "must be a number of seconds",
        ),
    ],
)
async def test_wrong_settings_end_with_status_2_and_words(
    settings: dict[str, str], says: str
) -> None:
    process = await Forked.start(main, environment(settings))
    log, _ = await process.communicate()
    assert process.returncode == 2
    assert says in log.decode()
    assert "Traceback" not in log.decode()
