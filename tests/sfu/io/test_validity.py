"""Deadlines and generations over HTTP: what is late or overtaken changes nothing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from sfu.base.limits import NodeLimits
from sfu.config import Config
from sfu.errors import Full
from sfu.io.worker import Worker
from sfu.messages import CLOCK_HEADER, DEADLINE_HEADER, GENERATION_HEADER, Role, RoomCommand
from tests.sfu.io.calls import AS_PATIENT, SDP, error, join, put_room
from tests.sfu.io.conftest import TOKEN, Client
from tests.support.browser import VirtualBrowser

COMMANDS = ["PUT room", "PUT gate", "DELETE room", "POST peer", "DELETE peer"]


async def command(client: Client, name: str, peer: str, headers: dict[str, str]) -> Any:
    """Give one of the five commands, each of which would change something."""
    match name:
        case "PUT room":
            return await client.put("/rooms/r1", json={"gate_open": True}, headers=headers)
        case "PUT gate":
            return await client.put("/rooms/r1/gate", json={"open": True}, headers=headers)
        case "DELETE room":
            return await client.delete("/rooms/r1", headers=headers)
        case "DELETE peer":
            return await client.delete(peer, headers=headers)
    return await client.post(
        "/rooms/r1/peers",
        params=AS_PATIENT,
        data=VirtualBrowser(seed=5).offer,
        headers=SDP | headers,
    )


async def rooms(client: Client) -> Any:
    return await (await client.get("/rooms")).json()


@pytest.mark.parametrize("name", COMMANDS)
async def test_late_command_is_refused_and_changes_nothing(
    client: Client, worker: Worker, name: str
) -> None:
    await put_room(client)
    peer = await join(client)
    before = await rooms(client)
    late = {DEADLINE_HEADER: f"{worker.clock() - 0.001:.6f}"}
    assert await error(await command(client, name, peer, late)) == (409, "late")
    assert await rooms(client) == before
    in_time = {DEADLINE_HEADER: f"{worker.clock() + 60:.6f}"}
    assert (await command(client, name, peer, in_time)).status < 300


@pytest.mark.parametrize("name", COMMANDS)
async def test_overtaken_command_is_refused_and_told_the_highest(client: Client, name: str) -> None:
    await put_room(client)
    peer = await join(client)
    await client.put("/rooms/r1/gate", json={"open": False}, headers={GENERATION_HEADER: "41"})
    before = await rooms(client)
    for number in ("0", "40", "41"):
        refused = await command(client, name, peer, {GENERATION_HEADER: number})
        assert await error(refused) == (409, "stale")
        assert refused.headers[GENERATION_HEADER] == "41"
    assert await rooms(client) == before
    assert (await command(client, name, peer, {GENERATION_HEADER: "42"})).status < 300


async def test_overtaken_room_cannot_be_made_again(client: Client) -> None:
    await client.put("/rooms/r1", json={}, headers={GENERATION_HEADER: "1"})
    await client.delete("/rooms/r1", headers={GENERATION_HEADER: "3"})
    refused = await client.put("/rooms/r1", json={}, headers={GENERATION_HEADER: "2"})
    assert await error(refused) == (409, "stale")
    assert await rooms(client) == []


async def test_room_closed_before_it_was_made_is_not_made_by_the_older_command(
    client: Client,
) -> None:
    gone = await client.delete("/rooms/r1", headers={GENERATION_HEADER: "3"})
    assert await error(gone) == (404, "no_room")
    refused = await client.put("/rooms/r1", json={}, headers={GENERATION_HEADER: "2"})
    assert await error(refused) == (409, "stale")


async def test_command_without_a_number_is_obeyed_and_changes_no_number(client: Client) -> None:
    await client.put("/rooms/r1", json={}, headers={GENERATION_HEADER: "5"})
    await put_room(client, gate_open=True)
    refused = await client.put("/rooms/r1", json={}, headers={GENERATION_HEADER: "5"})
    assert refused.headers[GENERATION_HEADER] == "5"
    assert (await client.put("/rooms/r1", json={}, headers={GENERATION_HEADER: "6"})).status == 200


async def test_deadline_is_judged_when_the_body_is_there(client: Client, worker: Worker) -> None:
    await put_room(client)
    deadline = worker.clock() + 0.2

    async def slowly() -> AsyncIterator[bytes]:
        yield b'{"open": '
        await asyncio.sleep(deadline - worker.clock() + 0.02)  # it is this late that is tested
        yield b"true}"

    refused = await client.put(
        "/rooms/r1/gate",
        data=slowly(),
        headers={DEADLINE_HEADER: f"{deadline:.6f}", "Content-Type": "application/json"},
    )
    assert await error(refused) == (409, "late")
    assert not (await put_room(client)).gate_open


@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.parametrize(
    ("header", "value"),
    [
        *((DEADLINE_HEADER, bad) for bad in ("", "soon", "nan", "inf", "1e400", "1_0", "1,2")),
        *((GENERATION_HEADER, bad) for bad in ("", "-1", "1.0", "+1", "1_0", "x", "1" * 19, "²")),
    ],
)
async def test_malformed_header_is_refused_by_name(
    client: Client, name: str, header: str, value: str
) -> None:
    await put_room(client)
    peer = await join(client)
    before = await rooms(client)
    refused = await command(client, name, peer, {header: value})
    body = await refused.json()
    assert (refused.status, body["code"]) == (400, "invalid")
    assert header in body["text"]
    assert await rooms(client) == before


@pytest.mark.parametrize("header", [DEADLINE_HEADER, GENERATION_HEADER])
async def test_header_given_twice_is_refused(client: Client, header: str) -> None:
    twice = [(header, "99999999"), (header, "99999999")]
    refused = await client.put("/rooms/r1", json={}, headers=twice)
    assert await error(refused) == (400, "invalid")


async def test_every_answer_tells_the_clock_and_not_what_serves_it(
    client: Client, worker: Worker
) -> None:
    before = worker.clock()
    answers = [
        await client.get("/health"),
        await client.get("/metrics"),
        await client.get("/rooms"),
        await client.get("/nowhere"),
        await client.post("/rooms/r1"),
        await client.put("/rooms/r1", data=b"{", headers={"Content-Type": "application/json"}),
        await client.put("/rooms/r1", json={}),
        await client.delete("/rooms/r1"),
        await client.get("/rooms", headers={"Authorization": "wrong"}),
    ]
    for answer in answers:
        told = float(answer.headers[CLOCK_HEADER])
        assert before - 0.001 <= told <= worker.clock()
        before = told
        assert "Server" not in answer.headers
    async with client.ws_connect("/events") as socket:
        headers = socket._response.headers
        assert float(headers[CLOCK_HEADER]) >= before - 0.001
        assert "Server" not in headers


async def test_limits_are_those_of_the_settings() -> None:
    worker = Worker(
        Config(
            token=TOKEN, announce=("127.0.0.1",), media_port=0, max_rooms=1, max_half_open_peers=1
        )
    )
    await worker.start()
    offer = VirtualBrowser(seed=7).offer
    worker.run(worker.engine.ensure_room, "r1", RoomCommand())
    with pytest.raises(Full):
        worker.run(worker.engine.ensure_room, "r2", RoomCommand())
    worker.join("r1", "p1", Role.PATIENT, offer)
    with pytest.raises(Full):
        worker.join("r1", "t1", Role.THERAPIST, offer)
    await worker.stop()


async def test_too_many_joins_and_rooms_are_refused_in_words_and_counted(
    client: Client, worker: Worker
) -> None:
    await put_room(client)
    while (refused := await command(client, "POST peer", "", {})).status == 201:
        pass
    assert await error(refused) == (429, "slow_down")
    assert refused.headers["Retry-After"] == "2"
    worker.engine._admission._limits = NodeLimits(rooms=1, half_open_peers=1)
    assert await error(await client.put("/rooms/r2", json={})) == (503, "full")
    other = {"participant": "p2", "role": "therapist"}
    offer = VirtualBrowser(seed=6).offer
    full = await client.post("/rooms/r1/peers", params=other, data=offer, headers=SDP)
    assert await error(full) == (503, "full")
    text = await (await client.get("/metrics")).text()
    assert 'sfu_api_refusals_total{code="slow_down"} 1.0' in text
    assert 'sfu_api_refusals_total{code="full"} 2.0' in text
    assert 'sfu_api_refusals_total{code="stale"} 0.0' in text


async def test_unknown_field_inside_a_command_is_refused(client: Client) -> None:
    clock = {"started_at": "2026-01-01T00:00Z", "wall_s": 1, "connected_s": 1}
    for part in (clock | {"more": 1}, clock | {"lost": {"nobody": 1}}):
        refused = await client.put("/rooms/r1", json={"clock": part})
        assert await error(refused) == (400, "invalid")
    assert (await client.put("/rooms/r1", json={"clock": clock})).status == 200


async def test_openapi_names_the_headers_of_each_command_to_a_room(client: Client) -> None:
    paths = (await (await client.get("/openapi.json")).json())["paths"]
    for path, calls in paths.items():
        for method, call in calls.items():
            names = {each["name"] for each in call.get("parameters", [])}
            changes = method != "get" and "{room}" in path
            assert ({DEADLINE_HEADER, GENERATION_HEADER} <= names) is changes, (path, method)
            assert list(call["responses"]["401"]["headers"]) == [CLOCK_HEADER]
