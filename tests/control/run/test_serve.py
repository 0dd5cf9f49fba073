"""`visavis serve` and its media node as processes: deaths, successors, and a stop that waits."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from control.run.processes import Process
from control.run.record import NodeRecord, RecordFile, build_of_node
from tests.control.run.product import ports, visavis, visavis_anew
from tests.control.run.visit import FOLLOWING, meeting
from tests.support.waiting import until


def record_of(data: Path) -> NodeRecord:
    record = RecordFile(data).read()
    assert record is not None
    return record


async def ask(record: NodeRecord, path: str) -> Any:
    """Ask the node itself."""
    url = f"http://{record.api_host}:{record.api_port}{path}"
    headers = {"Authorization": f"Bearer {record.token}"}
    async with aiohttp.ClientSession(headers=headers) as client, client.get(url) as answer:
        return await answer.json()


async def boot_id(record: NodeRecord) -> str:
    boot: str = (await ask(record, "/load"))["boot_id"]
    return boot


async def test_serve_starts_a_dead_node_again_and_ends_with_it(tmp_path: Path) -> None:
    async with visavis_anew(tmp_path, "serve", **ports()) as serve:
        await serve.line(FOLLOWING)
        first = record_of(tmp_path)
        os.kill(first.pid, signal.SIGKILL)
        await serve.line("starting it again")
        await serve.line(FOLLOWING)
        second = record_of(tmp_path)
        assert second.pid != first.pid
        assert (second.api_port, second.token) == (first.api_port, first.token)
        assert await serve.end(signal.SIGINT) == 0
        assert not second.process.is_alive()
        assert not RecordFile(tmp_path).path.exists()


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGUSR1])
async def test_call_goes_on_when_control_ends_and_its_successor_takes_the_node_over(
    tmp_path: Path, number: signal.Signals
) -> None:
    settings = ports()
    async with meeting(tmp_path, settings) as (serve, made):
        record = record_of(tmp_path)
        boot = await boot_id(record)
        await serve.kill(number)
        await made.assert_sound_goes_on()
        async with visavis(tmp_path, "serve", **settings) as successor:
            await successor.line("taking over the media node")
            await successor.line(FOLLOWING)
            assert record_of(tmp_path) == record
            assert await boot_id(record) == boot
            (room,) = await ask(record, "/rooms")
            assert (room["id"], room["gate_open"]) == (made.session_id, True)
            assert len(room["peers"]) == 2
            await made.assert_sound_goes_on()
            session = await made.therapist.call("GET", f"/api/sessions/{made.session_id}")
            assert session["state"] == "in_contact"
            assert await successor.end() == 0
        assert not record.process.is_alive()


async def test_node_that_was_taken_over_is_started_again_when_it_dies(tmp_path: Path) -> None:
    settings = ports()
    async with visavis(tmp_path, "serve", **settings) as serve:
        await serve.line(FOLLOWING)
        await serve.kill()
        async with visavis(tmp_path, "serve", **settings) as successor:
            await successor.line(FOLLOWING)
            first = record_of(tmp_path)
            os.kill(first.pid, signal.SIGKILL)
            await successor.line("starting it again")
            await successor.line(FOLLOWING)
            second = record_of(tmp_path)
            assert second.pid != first.pid
            assert second.api_port == first.api_port


async def test_idle_node_of_another_version_is_replaced(tmp_path: Path) -> None:
    settings = ports()
    async with visavis(tmp_path, "serve", **settings) as serve:
        await serve.line(FOLLOWING)
        await serve.kill()
        old = record_of(tmp_path).model_copy(update={"build": "an older one"})
        RecordFile(tmp_path).write(old)
        async with visavis(tmp_path, "serve", **settings) as successor:
            await successor.line("of another version")
            await successor.line("replacing it")
            await old.process.wait()
            await until(lambda: RecordFile(tmp_path).read() not in (None, old))
            new = record_of(tmp_path)
            assert new.build == build_of_node()
            assert new.process.is_alive()
            await successor.line(FOLLOWING)


async def test_node_of_another_version_is_kept_while_a_visit_runs(tmp_path: Path) -> None:
    settings = ports()
    async with meeting(tmp_path, settings) as (serve, made):
        await serve.kill()
        old = record_of(tmp_path).model_copy(update={"build": "an older one"})
        RecordFile(tmp_path).write(old)
        async with visavis(tmp_path, "serve", **settings) as successor:
            await successor.line("of another version")
            await successor.line(FOLLOWING)
            await made.assert_sound_goes_on()
            assert old.process.is_alive()
            await made.therapist.call("POST", f"/api/sessions/{made.session_id}/end")
            await successor.line("replacing it")
            await old.process.wait()
            await successor.line(FOLLOWING)
            assert record_of(tmp_path).pid != old.pid


async def test_node_that_does_not_answer_is_ended_and_a_new_one_started(tmp_path: Path) -> None:
    settings = ports()
    async with visavis(tmp_path, "serve", **settings) as serve:
        await serve.line(FOLLOWING)
        await serve.kill()
        stuck = record_of(tmp_path)
        os.kill(stuck.pid, signal.SIGSTOP)
        async with visavis(tmp_path, "serve", **settings) as successor:
            await successor.line("does not answer, ending it")
            await successor.line(FOLLOWING)
            assert not stuck.process.is_alive()
            assert record_of(tmp_path).pid != stuck.pid


async def test_stranger_with_the_pid_of_a_former_node_is_left_alone(tmp_path: Path) -> None:
    us = Process.of(os.getpid())
    assert us is not None
    stale = NodeRecord(
        pid=us.pid,
        started="at another time",
        build="",
        api_host="127.0.0.1",
        api_port=9,
        media_port=9,
        token="x" * 16,
    )
    RecordFile(tmp_path).write(stale)
    async with visavis(tmp_path, "serve", **ports()) as serve:
        await serve.line("is gone, starting a new one")
        await serve.line(FOLLOWING)
        assert record_of(tmp_path).pid != us.pid


async def test_second_serve_of_one_data_folder_is_refused_in_words(tmp_path: Path) -> None:
    async with visavis(tmp_path, "serve", **ports()) as serve:
        await serve.line(FOLLOWING)
        record = record_of(tmp_path)
        async with visavis(tmp_path, "serve", **ports()) as second:
            assert "already runs" in await second.line("visavis:")
            assert await second.end(None) == 2
        assert record_of(tmp_path) == record
        assert record.process.is_alive()


async def test_sigterm_lets_a_running_visit_end_and_takes_no_new_one(tmp_path: Path) -> None:
    settings = ports() | {"VISAVIS_DRAIN_S": "600"}
    async with meeting(tmp_path, settings) as (serve, made):
        record = record_of(tmp_path)
        serve.process.send_signal(signal.SIGTERM)
        await serve.line("ends when no visit runs any more, in 10 minutes")
        assert (await ask(record, "/load"))["draining"]
        await made.assert_sound_goes_on()
        assert (await made.therapist.call("GET", "/api/health"))["status"] == "ok"
        await made.therapist.call("POST", f"/api/sessions/{made.session_id}/end")
        assert await serve.end(None) == 0
        assert not record.process.is_alive()


async def test_second_sigterm_ends_at_once(tmp_path: Path) -> None:
    settings = ports() | {"VISAVIS_DRAIN_S": "600"}
    async with meeting(tmp_path, settings) as (serve, _):
        record = record_of(tmp_path)
        serve.process.send_signal(signal.SIGTERM)
        await serve.line("A second signal ends it at once")
        assert await serve.end(signal.SIGTERM) == 0
        assert not record.process.is_alive()


async def test_successor_of_a_control_that_died_while_stopping_takes_new_visits(
    tmp_path: Path,
) -> None:
    settings = ports() | {"VISAVIS_DRAIN_S": "600"}
    async with meeting(tmp_path, settings) as (serve, _):
        serve.process.send_signal(signal.SIGTERM)
        await serve.line("ends when no visit runs any more")
        await serve.kill()
        settings["VISAVIS_DRAIN_S"] = "0"
        async with visavis(tmp_path, "serve", **settings) as successor:
            await successor.line(FOLLOWING)
            assert not (await ask(record_of(tmp_path), "/load"))["draining"]
