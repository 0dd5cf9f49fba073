"""The stream of a node's events over its API: where it starts, goes on, and ends."""

from __future__ import annotations

import asyncio

import pytest
from aiohttp import ClientWebSocketResponse, WSMsgType

from sfu.io.worker import Worker
from sfu.messages import EventFrame, GateMoved, StreamHello
from tests.sfu.io.calls import error, put_room
from tests.sfu.io.conftest import Client


async def receive(socket: ClientWebSocketResponse) -> str:
    message = await asyncio.wait_for(socket.receive(), 20)
    assert message.type is WSMsgType.TEXT
    return str(message.data)


async def hello(socket: ClientWebSocketResponse) -> StreamHello:
    return StreamHello.model_validate_json(await receive(socket))


async def frame(socket: ClientWebSocketResponse) -> EventFrame:
    return EventFrame.model_validate_json(await receive(socket))


async def test_stream_starts_with_every_room_and_goes_on_with_events(client: Client) -> None:
    await put_room(client)
    async with client.ws_connect("/events") as socket:
        first = await hello(socket)
        assert not first.resumed
        assert [room.id for room in first.rooms] == ["r1"]
        await client.put("/rooms/r1/gate", json={"open": True})
        event = await frame(socket)
        assert event == EventFrame(seq=first.seq + 1, event=GateMoved(room="r1", open=True))


async def test_reader_that_comes_back_is_told_what_it_missed(client: Client) -> None:
    await put_room(client)
    async with client.ws_connect("/events") as socket:
        first = await hello(socket)
    for is_open in (True, False):
        await client.put("/rooms/r1/gate", json={"open": is_open})
    cursor = {"boot_id": first.boot_id, "after": str(first.seq)}
    async with client.ws_connect("/events", params=cursor) as socket:
        assert (await hello(socket)).resumed
        events = [(await frame(socket)).event for _ in range(2)]
    assert events == [GateMoved(room="r1", open=True), GateMoved(room="r1", open=False)]


async def test_reader_of_an_earlier_process_gets_a_snapshot(client: Client) -> None:
    await put_room(client)
    cursor = {"boot_id": "earlier", "after": "0"}
    async with client.ws_connect("/events", params=cursor) as socket:
        first = await hello(socket)
        assert (first.resumed, len(first.rooms)) == (False, 1)


@pytest.mark.parametrize("params", [{"after": "-1"}, {"after": "x"}, {"boot_id": "a b"}])
async def test_bad_cursor_is_refused(client: Client, params: dict[str, str]) -> None:
    assert await error(await client.get("/events", params=params)) == (400, "invalid")


async def test_reader_that_talks_is_shown_out(client: Client) -> None:
    async with client.ws_connect("/events") as socket:
        await hello(socket)
        await socket.send_str("hello")
        message = await asyncio.wait_for(socket.receive(), 20)
        assert message.type is WSMsgType.CLOSE
        assert socket.close_code == 1008


async def test_stopping_node_ends_the_stream(client: Client, worker: Worker) -> None:
    async with client.ws_connect("/events") as socket:
        await hello(socket)
        worker.events.close()
        message = await asyncio.wait_for(socket.receive(), 20)
        assert message.type is WSMsgType.CLOSE
        assert socket.close_code == 1001
