"""The stream of a node's events: followed without a gap, whatever breaks."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable

import pytest

from control.errors import Unavailable
from control.nodes.client import SfuClient
from control.nodes.model import Cursor
from sfu.messages import (
    Event,
    EventFrame,
    GateMoved,
    RoomState,
    StreamHello,
)
from tests.control.nodes.node import Node

PATIENCE_S = 20.0
ROOM = RoomState(id="r1", gate_open=True, show_clock_to_patient=True)


class Listener:
    """Remembers what it was told; may fail once."""

    def __init__(self) -> None:
        self.hellos: list[StreamHello] = []
        self.events: list[Event] = []
        self.fails_with: BaseException | None = None
        """At the next event."""
        self.fails_at_hello_with: BaseException | None = None

    async def handle_hello(self, hello: StreamHello) -> None:
        failure, self.fails_at_hello_with = self.fails_at_hello_with, None
        if failure is not None:
            raise failure
        self.hellos.append(hello)

    async def handle_event(self, event: Event) -> None:
        failure, self.fails_with = self.fails_with, None
        if failure is not None:
            raise failure
        self.events.append(event)


@contextlib.asynccontextmanager
async def following(client: SfuClient, listener: Listener) -> AsyncIterator[None]:
    task = asyncio.create_task(client.follow(listener))
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def asked(node: Node) -> dict[str, str]:
    async with asyncio.timeout(PATIENCE_S):
        return await node.asked.get()


def hello(boot_id: str, seq: int, *, resumed: bool = False) -> StreamHello:
    return StreamHello(boot_id=boot_id, seq=seq, resumed=resumed, rooms=[])


def frame(seq: int) -> EventFrame:
    return EventFrame(seq=seq, event=GateMoved(room=f"r{seq}", open=True))


async def test_stream_goes_on_after_the_last_event_handled(node: Node, client: SfuClient) -> None:
    listener = Listener()
    node.greetings.put_nowait([hello("b1", 4), frame(5), frame(6)])
    node.greetings.put_nowait([hello("b1", 8, resumed=True), frame(7), frame(8)])
    async with following(client, listener):
        assert await asked(node) == {}
        assert await asked(node) == {"boot_id": "b1", "after": "6"}
        assert await asked(node) == {"boot_id": "b1", "after": "8"}
    assert [event.room for event in listener.events] == ["r5", "r6", "r7", "r8"]


async def test_restarted_node_starts_the_stream_anew(node: Node, client: SfuClient) -> None:
    listener = Listener()
    node.greetings.put_nowait([hello("b1", 9), frame(10)])
    node.greetings.put_nowait([hello("b2", 0), frame(1)])
    async with following(client, listener):
        await asked(node)
        assert await asked(node) == {"boot_id": "b1", "after": "10"}
        assert await asked(node) == {"boot_id": "b2", "after": "1"}
    assert [one.boot_id for one in listener.hellos] == ["b1", "b2"]


async def test_missing_event_asks_for_everything(node: Node, client: SfuClient) -> None:
    listener = Listener()
    node.greetings.put_nowait([hello("b1", 1), frame(2), frame(4)])
    async with following(client, listener):
        await asked(node)
        assert await asked(node) == {}
    assert [event.room for event in listener.events] == ["r2"]


FAILURES: list[Callable[[], BaseException]] = [
    lambda: Unavailable("database_away", "Try again."),
    KeyError,
    TimeoutError,  # of a handler, not of the line to the node
    ConnectionError,
    asyncio.CancelledError,  # of something the handler waited for
]


@pytest.mark.parametrize("failure", FAILURES, ids=lambda failure: type(failure()).__name__)
async def test_event_that_could_not_be_handled_asks_for_everything(
    node: Node, client: SfuClient, failure: Callable[[], BaseException]
) -> None:
    listener = Listener()
    listener.fails_with = failure()
    node.greetings.put_nowait([hello("b1", 1), frame(2), frame(3)])
    node.greetings.put_nowait([hello("b1", 5), frame(6)])
    async with following(client, listener):
        assert await asked(node) == {}
        assert await asked(node) == {}
        await asked(node)
    assert [event.room for event in listener.events] == ["r6"]


@pytest.mark.parametrize("failure", FAILURES, ids=lambda failure: type(failure()).__name__)
async def test_resumed_hello_that_could_not_be_handled_asks_for_everything(
    node: Node, client: SfuClient, failure: Callable[[], BaseException]
) -> None:
    listener = Listener()
    node.greetings.put_nowait([hello("b1", 1)])
    async with following(client, listener):
        await asked(node)
        assert await asked(node) == {"boot_id": "b1", "after": "1"}
        listener.fails_at_hello_with = failure()
        node.greetings.put_nowait([hello("b1", 1, resumed=True)])
        assert await asked(node) == {}


async def test_bug_in_a_handler_is_logged_once_and_without_its_text(
    node: Node, client: SfuClient, caplog: pytest.LogCaptureFixture
) -> None:
    listener = Listener()
    async with following(client, listener):
        await asked(node)
        for seq in (2, 4, 6):
            listener.fails_with = KeyError("Alex M.")
            node.greetings.put_nowait([hello("b1", seq - 1), frame(seq)])
            await asked(node)
    errors = [record.getMessage() for record in caplog.records if record.levelname == "ERROR"]
    (said,) = errors
    assert "KeyError at" in said
    assert "Alex" not in caplog.text


async def test_event_of_an_unknown_type_is_passed_over_and_counted(
    node: Node, client: SfuClient
) -> None:
    listener = Listener()
    newer = '{"seq": 2, "event": {"type": "moon_phase", "room": "r2"}, "more": 1}'
    node.greetings.put_nowait([hello("b1", 1), newer, frame(3)])
    async with following(client, listener):
        await asked(node)
        assert await asked(node) == {"boot_id": "b1", "after": "3"}
    assert [event.room for event in listener.events] == ["r3"]


async def test_frame_that_is_no_message_breaks_the_stream_and_not_the_client(
    node: Node, client: SfuClient
) -> None:
    node.greetings.put_nowait([ROOM])
    async with following(client, Listener()):
        await asked(node)
        assert await asked(node) == {}


def test_event_that_comes_again_is_let_through_without_moving_back() -> None:
    cursor = Cursor()
    cursor.take_hello(hello("b1", 5))
    assert cursor.take(frame(3))
    assert cursor.query() == {"boot_id": "b1", "after": "5"}
    assert not cursor.take(frame(7))
