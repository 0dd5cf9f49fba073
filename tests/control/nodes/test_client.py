"""The client of a media node, against a node that answers over real HTTP and WebSocket."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from control.errors import Conflict, Invalid, NotFound, SlowDown, Unavailable
from control.http.wire import Offer
from control.nodes.client import COMMAND_TIMEOUT_S, SfuClient
from control.nodes.model import Cursor
from sfu.messages import (
    CLOCK_HEADER,
    DEADLINE_HEADER,
    GENERATION_HEADER,
    ApiError,
    Event,
    EventFrame,
    GateMoved,
    Role,
    RoomCommand,
    RoomState,
    StreamHello,
)

TOKEN = "a-token-of-sixteen"
PATIENCE_S = 5.0
ROOM = RoomState(id="r1", gate_open=True, show_clock_to_patient=True)


class Node:
    """Answers as docs/protocol.md, section 4, says; what it sends is up to the test."""

    def __init__(self) -> None:
        self.answer: web.Response = web.Response()
        self.heard: list[tuple[str, str, str, str]] = []
        self.greetings: asyncio.Queue[list[Any]] = asyncio.Queue()
        self.asked: asyncio.Queue[dict[str, str]] = asyncio.Queue()
        self.tokens: set[str] = set()
        self.clock_s = 1000.0
        self._began = time.monotonic()
        self.commands: list[tuple[float, int]] = []
        """Deadline and generation of each command."""
        self.refusals: list[tuple[str, dict[str, str]]] = []
        """Code and headers of the next answers, before `answer` is given."""
        self._app = web.Application()
        self._app.router.add_get("/events", self._events)
        self._app.router.add_route("*", "/{path:.*}", self._command)
        self.server = TestServer(self._app)

    async def _command(self, request: web.Request) -> web.Response:
        self.tokens.add(request.headers["Authorization"])
        body = await request.text()
        if request.path == "/health":
            return web.json_response({"status": "ok"}, headers=self._told())
        if DEADLINE_HEADER in request.headers:
            deadline_s = float(request.headers[DEADLINE_HEADER])
            self.commands.append((deadline_s, int(request.headers[GENERATION_HEADER])))
        if self.refusals:
            code, headers = self.refusals.pop(0)
            error = ApiError(code=code, text="No.").model_dump()
            return web.json_response(error, status=409, headers=self._told() | headers)
        self.heard.append((request.method, request.path_qs, request.content_type, body))
        return web.Response(
            text=self.answer.text,
            status=self.answer.status,
            content_type=self.answer.content_type,
            headers=self._told(),
        )

    def _told(self) -> dict[str, str]:
        return {CLOCK_HEADER: str(self.now_s)}

    @property
    def now_s(self) -> float:
        return self.clock_s + time.monotonic() - self._began

    async def _events(self, request: web.Request) -> web.StreamResponse:
        """Send the next list of frames, then close."""
        self.tokens.add(request.headers["Authorization"])
        self.asked.put_nowait(dict(request.query))
        ws = web.WebSocketResponse()
        await ws.prepare(request)
        for frame in await self.greetings.get():
            await ws.send_str(frame if isinstance(frame, str) else frame.model_dump_json())
        await ws.close()
        return ws

    def refuse(self, status: int, code: str) -> None:
        self.answer = web.json_response(ApiError(code=code, text="No.").model_dump(), status=status)

    def accept(self, model: RoomState) -> None:
        self.answer = web.json_response(model.model_dump(mode="json"))


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


@pytest.fixture
async def node() -> AsyncIterator[Node]:
    node = Node()
    await node.server.start_server()
    yield node
    await node.server.close()


@pytest.fixture
async def client(node: Node) -> AsyncIterator[SfuClient]:
    client = SfuClient(str(node.server.make_url("/")), TOKEN)
    yield client
    await client.close()


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


async def test_a_node_of_older_code_is_told_nothing_that_it_does_not_know(
    node: Node, client: SfuClient
) -> None:
    node.accept(ROOM)
    await client.ensure_room("r1", RoomCommand(gate_open=True), client.draw_generation())
    assert "screen" not in node.heard[-1][3]
    await client.ensure_room(
        "r1", RoomCommand(relay_patients_screen=False), client.draw_generation()
    )
    assert not RoomCommand.model_validate_json(node.heard[-1][3]).relay_patients_screen


async def test_a_node_that_cannot_refuse_a_screen_still_keeps_the_gate(
    node: Node, client: SfuClient
) -> None:
    node.refuse(400, "invalid")
    with pytest.raises(Invalid):
        await client.ensure_room(
            "r1", RoomCommand(relay_patients_screen=False), client.draw_generation()
        )
    assert ["screen" in body for _, _, _, body in node.heard] == [True, False]


async def test_room_is_ensured_with_the_bearer_token(node: Node, client: SfuClient) -> None:
    node.accept(ROOM)
    assert (
        await client.ensure_room("r1", RoomCommand(gate_open=True), client.draw_generation())
        == ROOM
    )
    method, path, media_type, body = node.heard[0]
    assert (method, path, media_type) == ("PUT", "/rooms/r1", "application/json")
    assert RoomCommand.model_validate_json(body) == RoomCommand(gate_open=True)
    assert node.tokens == {f"Bearer {TOKEN}"}


async def test_offer_is_posted_as_sdp_and_the_answer_comes_back(
    node: Node, client: SfuClient
) -> None:
    node.answer = web.Response(text="v=0 answer", status=201, content_type="application/sdp")
    assert await client.offer("r1", "x1", Role.PATIENT, Offer("v=0 offer")) == "v=0 answer"
    expected = "/rooms/r1/peers?participant=x1&role=patient"
    assert node.heard == [("POST", expected, "application/sdp", "v=0 offer")]


async def test_browser_that_saves_data_is_named_to_the_node_and_an_older_node_still_answers(
    node: Node, client: SfuClient
) -> None:
    node.answer = web.Response(text="v=0 answer", status=201, content_type="application/sdp")
    await client.offer("r1", "x1", Role.PATIENT, Offer("v=0 offer", light=True))
    assert node.heard[-1][1] == "/rooms/r1/peers?participant=x1&role=patient&light=1"
    node.refuse(400, "invalid")
    with pytest.raises(Invalid):
        await client.offer("r1", "x1", Role.PATIENT, Offer("v=0 offer", light=True))
    assert ["light" in path for _, path, _, _ in node.heard[1:]] == [True, False]


@pytest.mark.parametrize(
    ("status", "error"),
    [(400, Invalid), (404, NotFound), (409, Conflict), (429, SlowDown), (500, Unavailable)],
)
async def test_refusal_of_the_node_becomes_ours(
    node: Node, client: SfuClient, status: int, error: type[Exception]
) -> None:
    node.refuse(status, "some_code")
    with pytest.raises(error):
        await client.offer("r1", "x1", Role.PATIENT, Offer("v=0"))


async def test_wrong_token_is_not_the_pages_fault(node: Node, client: SfuClient) -> None:
    node.refuse(401, "unauthorized")
    with pytest.raises(Unavailable):
        await client.rooms()


@pytest.mark.parametrize("code", ["full", "draining"])
async def test_node_that_takes_nobody_says_why(node: Node, client: SfuClient, code: str) -> None:
    node.refuse(503, code)
    with pytest.raises(Unavailable) as caught:
        await client.offer("r1", "x1", Role.PATIENT, Offer("v=0"))
    assert caught.value.code == code


async def test_what_is_gone_is_deleted(node: Node, client: SfuClient) -> None:
    node.refuse(404, "no_room")
    await client.close_room("r1")
    await client.delete_peer("r1", "p1")
    assert [path for _, path, _, _ in node.heard] == ["/rooms/r1", "/rooms/r1/peers/p1"]
    await client.delete_peer("r1", "p1", replaced=True)
    assert node.heard[-1][1] == "/rooms/r1/peers/p1?reason=replaced"


async def test_check_of_a_line_is_begun_and_overtakes_no_other_command(
    node: Node, client: SfuClient
) -> None:
    await client.check("r1", "p1", light=True)
    assert node.heard[-1][:2] == ("POST", "/rooms/r1/peers/p1/check?light=1")
    await client.check("r1", "p1", light=False)
    assert node.heard[-1][1] == "/rooms/r1/peers/p1/check?light=0"
    assert node.commands == []  # without a number, which would make others stale


async def test_node_that_is_not_there_is_unavailable(node: Node, client: SfuClient) -> None:
    await node.server.close()
    with pytest.raises(Unavailable) as caught:
        await client.rooms()
    assert caught.value.code == "media_away"


async def test_command_carries_a_deadline_in_the_nodes_clock_and_a_rising_number(
    node: Node, client: SfuClient
) -> None:
    node.accept(ROOM)
    for _ in range(3):
        await client.ensure_room("r1", RoomCommand(gate_open=True), client.draw_generation())
    for deadline_s, _ in node.commands:
        assert 1000.0 < deadline_s < node.now_s + COMMAND_TIMEOUT_S
    numbers = [number for _, number in node.commands]
    assert numbers == sorted(set(numbers))
    assert len(numbers) == 3


async def test_new_control_draws_higher_numbers_than_the_one_before(node: Node) -> None:
    node.accept(ROOM)
    for _ in range(2):
        client = SfuClient(str(node.server.make_url("/")), TOKEN)
        await client.ensure_room("r1", RoomCommand(), client.draw_generation())
        await client.close()
        await asyncio.sleep(0.002)  # the numbers start at the time of day in milliseconds
    assert node.commands[0][1] < node.commands[1][1]


async def test_closing_that_was_overtaken_is_asked_for_again(node: Node, client: SfuClient) -> None:
    node.accept(ROOM)
    far_ahead = 1 << 50
    node.refusals = [("stale", {GENERATION_HEADER: str(far_ahead)})]
    assert await client.close_gate("r1") == ROOM
    assert [number > far_ahead for _, number in node.commands] == [False, True]


async def test_opening_that_was_overtaken_is_given_up(node: Node, client: SfuClient) -> None:
    node.accept(ROOM)
    node.refusals = [("stale", {GENERATION_HEADER: "9"})]
    with pytest.raises(Unavailable):
        await client.ensure_room("r1", RoomCommand(gate_open=True), client.draw_generation())
    assert len(node.commands) == 1


async def test_command_that_came_too_late_by_a_wrong_clock_is_sent_once_more(
    node: Node, client: SfuClient
) -> None:
    node.accept(ROOM)
    await client.ensure_room("r1", RoomCommand(), client.draw_generation())
    node.clock_s = 5000.0
    node.refusals = [("late", {})]
    assert await client.ensure_room("r1", RoomCommand(), client.draw_generation()) == ROOM
    assert node.commands[-1][0] > 5000.0
    node.refusals = [("late", {}), ("late", {})]
    with pytest.raises(Unavailable):
        await client.ensure_room("r1", RoomCommand(), client.draw_generation())


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
