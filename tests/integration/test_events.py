"""Control loses its event stream during a visit and misses nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from aiohttp import ClientSession, ClientWebSocketResponse

from sfu.config import Config
from sfu.io.node import RunningNode, running
from sfu.messages import (
    ClockTicked,
    Event,
    EventFrame,
    GateMoved,
    PeerClosed,
    PeerConnected,
    PeerJoined,
    PeerReported,
    StreamHello,
)
from tests.integration.conftest import TOKEN
from tests.integration.page import Page
from tests.support.waiting import until


class Reader:
    """Control's end of the event stream."""

    def __init__(self, socket: ClientWebSocketResponse, hello: StreamHello) -> None:
        self.socket, self.hello = socket, hello
        self.seq = hello.seq
        self.events: list[Event] = []

    @classmethod
    async def open(cls, control: ClientSession, after: Reader | None = None) -> Reader:
        cursor = {"boot_id": after.hello.boot_id, "after": str(after.seq)} if after else {}
        socket = await control.ws_connect("/events", params=cursor)
        return cls(socket, StreamHello.model_validate_json(await socket.receive_str(timeout=5)))

    async def until(self, reached: Callable[[Event], bool]) -> Event:
        """Read on to an event; the sequence must have no gap."""
        async with asyncio.timeout(15):
            while True:
                frame = EventFrame.model_validate_json(await self.socket.receive_str())
                assert frame.seq == self.seq + 1
                self.seq = frame.seq
                self.events.append(frame.event)
                if reached(frame.event):
                    return frame.event


async def test_reader_follows_a_visit_from_joining_to_leaving(
    node: RunningNode, control: ClientSession
) -> None:
    reader = await Reader.open(control)
    await control.put("/rooms/visit", json={"gate_open": True})
    therapist, patient = Page("therapist", hz=440, luma=200), Page("patient", hz=880, luma=60)
    await therapist.join(control, "visit")
    await patient.join(control, "visit")
    clock = await reader.until(lambda event: isinstance(event, ClockTicked))
    assert isinstance(clock, ClockTicked)
    assert clock.clock.wall_s < 0.1
    report = await reader.until(
        lambda event: isinstance(event, PeerReported) and event.peer.forwarded_packets > 20
    )
    assert isinstance(report, PeerReported)
    assert report.peer.proof.heard_age_ms is not None
    assert len([e for e in reader.events if isinstance(e, PeerJoined)]) == 2
    assert len([e for e in reader.events if isinstance(e, PeerConnected)]) == 2
    await control.delete(patient.location)
    closed = await reader.until(lambda event: isinstance(event, PeerClosed))
    assert isinstance(closed, PeerClosed)
    assert patient.location.endswith(closed.peer)
    await therapist.close()
    await patient.close()


async def test_reader_that_lost_its_line_catches_up_and_media_never_stopped(
    node: RunningNode, control: ClientSession
) -> None:
    await control.put("/rooms/visit", json={"gate_open": True})
    therapist, patient = Page("therapist", hz=440, luma=200), Page("patient", hz=880, luma=60)
    reader = await Reader.open(control)
    await therapist.join(control, "visit")
    await reader.until(lambda event: isinstance(event, PeerConnected))
    await reader.socket.close()

    await patient.join(control, "visit")  # nobody listens
    await until(lambda: len(therapist.sounds) >= 50)
    await control.put("/rooms/visit/gate", json={"open": False})

    again = await Reader.open(control, after=reader)
    assert again.hello.resumed
    await again.until(lambda event: isinstance(event, GateMoved))
    kinds = [type(event) for event in again.events]
    assert kinds.index(PeerJoined) < kinds.index(PeerConnected) < kinds.index(ClockTicked)
    await again.socket.close()
    await therapist.close()
    await patient.close()


async def test_reader_of_a_restarted_node_is_told_to_begin_anew(
    node: RunningNode, control: ClientSession
) -> None:
    reader = await Reader.open(control)
    await reader.socket.close()
    headers = {"Authorization": f"Bearer {TOKEN}"}
    async with (
        running(Config(token=TOKEN, api_port=0, media_port=0)) as successor,
        ClientSession(successor.url, headers=headers) as session,
    ):
        again = await Reader.open(session, after=reader)
        assert not again.hello.resumed
        assert again.hello.boot_id != reader.hello.boot_id
        await again.socket.close()
