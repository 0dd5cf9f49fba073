"""The only caller of the media plane: commands by HTTP, events by one WebSocket with a cursor.

The stream is followed for as long as control lives. A break reconnects with back-off and goes on
after the last event handled; when the node does not remember (restarted, or the break was too
long) its hello brings everything anew. `docs/protocol.md`, section 4.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from http import HTTPStatus
from typing import TypeVar

from aiohttp import ClientError, ClientResponse, ClientSession, ClientTimeout, WSMsgType
from pydantic import TypeAdapter, ValidationError

from control.errors import (
    Conflict,
    ControlError,
    Invalid,
    NotFound,
    SlowDown,
    Unavailable,
    describe,
    is_being_cancelled,
)
from control.http.wire import SDP_TYPE, Offer
from control.nodes.figures import NodeFigures, read_figures
from control.nodes.model import Cursor, Generations, NodeClock
from control.nodes.ports import MediaListener
from control.sessions.ports import Overtaken
from sfu.messages import (
    CLOCK_HEADER,
    DEADLINE_HEADER,
    GENERATION_HEADER,
    ApiError,
    DrainCommand,
    EventFrame,
    GateCommand,
    NodeLoad,
    Role,
    RoomCommand,
    RoomState,
    StreamHello,
    read_event_frame,
)

log = logging.getLogger(__name__)

COMMAND_TIMEOUT_S = 3.0
TRIES_TO_CLOSE = 3
MEDIA_AWAY = "The server that carries sound and picture does not answer. Please try again."
NODE_REFUSALS = {
    "full": "The server is full right now. Please try again in a few minutes.",
    "draining": "The server is being restarted. Sessions go on; please try again in a few minutes.",
}
SLOW_DOWN_S = 10
HEARTBEAT_S = 10.0
BACKOFF_FIRST_S = 0.1
BACKOFF_LONGEST_S = 2.0
SNAPSHOT_BYTES = 4 * 1024 * 1024  # a hello names every room of the node

LATER_WORDS = ("is_synthetic", "sound_first", "relay_patients_screen")
"""Of `RoomCommand`, the newest first: left out where they say nothing, for nodes of older code."""

_ROOM = TypeAdapter(RoomState)
_ROOMS = TypeAdapter(list[RoomState])
_LOAD = TypeAdapter(NodeLoad)
T = TypeVar("T")


class SfuClient:
    """Speaks to one node; implements `sessions.ports.MediaServer`.

    Every command carries the instant at which we give it up, in the node's own clock, and a number
    higher than any before: what we gave up, or took back by a later command, is never obeyed.
    """

    def __init__(self, url: str, token: str) -> None:
        self._url = url.rstrip("/")
        self._headers = {"Authorization": f"Bearer {token}"}
        self._session: ClientSession | None = None
        self._cursor = Cursor()
        self._clock = NodeClock()
        self._generations = Generations()
        self._said_errors: set[str] = set()
        self.is_connected = False

    def draw_generation(self) -> int:
        return self._generations.draw(time.time_ns() // 1_000_000)

    async def ensure_room(self, room: str, command: RoomCommand, generation: int) -> RoomState:
        path, left_out = f"/rooms/{room}", _left_out(command)
        while True:
            body = command.model_dump_json(exclude=left_out)
            asked = next((word for word in LATER_WORDS if word not in left_out), None)
            try:
                return _read(_ROOM, await self._command("PUT", path, body, generation=generation))
            except Invalid:  # a node of older code, kept until nobody is in contact, knows it not
                if asked is None:
                    raise
                log.warning("the media node is of older code, and does not know %s", asked)
                left_out.add(asked)

    async def close_gate(self, room: str) -> RoomState | None:
        body = GateCommand(open=False).model_dump_json()
        try:
            return _read(_ROOM, await self._insist("PUT", f"/rooms/{room}/gate", body))
        except NotFound:
            return None

    async def room_state(self, room: str) -> RoomState | None:
        try:
            return _read(_ROOM, await self._call("GET", f"/rooms/{room}"))
        except NotFound:
            return None

    async def rooms(self) -> list[RoomState]:
        return _read(_ROOMS, await self._call("GET", "/rooms"))

    async def close_room(self, room: str) -> None:
        await self._delete(f"/rooms/{room}")

    async def offer(self, room: str, participant: str, role: Role, offer: Offer) -> str:
        path = f"/rooms/{room}/peers?participant={participant}&role={role}"
        if offer.light:
            with contextlib.suppress(Invalid):  # a node of older code does not know the word
                return await self._command("POST", f"{path}&light=1", offer.sdp, SDP_TYPE)
        return await self._command("POST", path, offer.sdp, SDP_TYPE)

    async def check(self, room: str, peer: str, *, light: bool) -> None:
        # Without a generation: it changes nothing that a command of ours could come too late for.
        await self._call("POST", f"/rooms/{room}/peers/{peer}/check?light={light:d}")

    async def delete_peer(self, room: str, peer: str, *, replaced: bool = False) -> None:
        reason = "?reason=replaced" if replaced else ""
        await self._delete(f"/rooms/{room}/peers/{peer}{reason}")

    async def drain(self, draining: bool) -> None:
        """Let the node take no peers but those of visits that have begun, or all again."""
        body = DrainCommand(draining=draining).model_dump_json()
        await self._call("PUT", "/drain", body, {"Content-Type": "application/json"})

    async def load(self) -> NodeLoad:
        """Return how busy the node is."""
        return _read(_LOAD, await self._call("GET", "/load"))

    async def figures(self) -> NodeFigures:
        """Return what the node counts."""
        try:
            return read_figures(await self._call("GET", "/metrics"))
        except ValueError:
            log.error("the media node tells figures that cannot be read")
            raise _away() from None

    async def follow(self, listener: MediaListener) -> None:
        """Bring every event to the listener until cancelled.

        Whatever a handler raises, the stream is followed again, from the node's snapshot.
        """
        wait_s = BACKOFF_FIRST_S
        while True:
            try:
                async for _ in self._stream(listener):
                    wait_s = BACKOFF_FIRST_S
                reason = "it ended"
            except (ClientError, OSError, TimeoutError) as error:
                reason = type(error).__name__
            except asyncio.CancelledError as error:
                if is_being_cancelled():
                    raise
                reason = self._note(error)  # something inside was cancelled, not we
            except Exception as error:
                reason = self._note(error)
            if self.is_connected:
                log.warning("event stream of the media node broke (%s), connecting anew", reason)
            self.is_connected = False
            self._clock.forget()  # another process may answer next time
            await asyncio.sleep(wait_s * random.uniform(0.5, 1.0))  # many controls, not at once
            wait_s = min(wait_s * 2, BACKOFF_LONGEST_S)

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    async def _stream(self, listener: MediaListener) -> AsyncIterator[None]:
        """Follow one connection; yields after each frame that was handled."""
        query = self._cursor.query()
        async with self._http().ws_connect(
            f"{self._url}/events", params=query, heartbeat=HEARTBEAT_S, max_msg_size=SNAPSHOT_BYTES
        ) as ws:
            greeted = False
            async for message in ws:
                if message.type is not WSMsgType.TEXT:
                    return
                if greeted:
                    if not await self._take_event(listener, message.data):
                        return
                else:
                    await self._take_hello(listener, message.data)
                    greeted = self.is_connected = True
                yield

    async def _take_hello(self, listener: MediaListener, text: str) -> None:
        with self._all_anew_on_error():
            hello = StreamHello.model_validate_json(text)
            await listener.handle_hello(hello)
        self._cursor.take_hello(hello)
        log.info("following the media node's events (resumed: %s)", hello.resumed)

    async def _take_event(self, listener: MediaListener, text: str) -> bool:
        with self._all_anew_on_error():
            frame = read_event_frame(text)
            if not self._cursor.take(frame):
                log.warning("events of the media node are missing, asking for everything")
                self._cursor.forget()
                return False
            if isinstance(frame, EventFrame):
                await listener.handle_event(frame.event)
            return True

    @contextlib.contextmanager
    def _all_anew_on_error(self) -> Iterator[None]:
        """Ask for everything at the next connection when this was not handled to its end."""
        try:
            yield
        except BaseException:
            self._cursor.forget()
            raise

    def _note(self, error: BaseException) -> str:
        """Log what is no broken connection, once of each kind; return its class."""
        kind = type(error).__name__
        if not isinstance(error, ControlError | ValidationError):
            said = describe(error)
            if said not in self._said_errors:
                self._said_errors.add(said)
                log.error("an event of the media node could not be handled: %s", said)
        return kind

    async def _delete(self, path: str) -> None:
        try:
            await self._insist("DELETE", path)
        except NotFound:
            pass  # it is gone, which is what was asked

    async def _insist(self, method: str, path: str, body: str | None = None) -> str:
        """Send a command that closes something, again where a later command overtook it."""
        for _ in range(TRIES_TO_CLOSE - 1):
            with contextlib.suppress(Overtaken):
                return await self._command(method, path, body)
        return await self._command(method, path, body)

    async def _command(
        self,
        method: str,
        path: str,
        body: str | None = None,
        media_type: str = "application/json",
        *,
        generation: int | None = None,
    ) -> str:
        """Send a command, once more where we had the node's clock wrong.

        Args:
            generation: Drawn before; None draws one now.

        Raises:
            Overtaken: The node has obeyed a later one of this room.
        """
        until = time.monotonic() + COMMAND_TIMEOUT_S
        try:
            return await self._command_until(until, method, path, body, media_type, generation)
        except TooLate:
            if time.monotonic() >= until:
                raise
        return await self._command_until(until, method, path, body, media_type, generation)

    async def _command_until(
        self,
        until: float,
        method: str,
        path: str,
        body: str | None,
        media_type: str,
        generation: int | None,
    ) -> str:
        if not self._clock.is_known:
            await self._call("GET", "/health", until=until)
        if not self._clock.is_known:
            raise _away()  # it tells no time: not a node of ours
        headers = {
            DEADLINE_HEADER: f"{self._clock.deadline(until):.6f}",
            GENERATION_HEADER: str(self.draw_generation() if generation is None else generation),
        }
        if body is not None:
            headers["Content-Type"] = media_type
        return await self._call(method, path, body, headers, until=until)

    async def _call(
        self,
        method: str,
        path: str,
        body: str | None = None,
        headers: Mapping[str, str] | None = None,
        *,
        until: float | None = None,
    ) -> str:
        left_s = COMMAND_TIMEOUT_S if until is None else max(0.001, until - time.monotonic())
        data = None if body is None else body.encode()
        try:
            async with self._http().request(
                method,
                self._url + path,
                data=data,
                headers=headers,
                timeout=ClientTimeout(total=left_s),
            ) as answer:
                self._take_headers(answer)
                if answer.status >= HTTPStatus.BAD_REQUEST:
                    raise await _to_error(answer)
                return await answer.text()
        except (ClientError, OSError, TimeoutError) as error:
            log.warning("the media node does not answer (%s)", type(error).__name__)
            self._clock.forget()
            raise _away() from error

    def _take_headers(self, answer: ClientResponse) -> None:
        with contextlib.suppress(KeyError, ValueError):
            self._clock.take(float(answer.headers[CLOCK_HEADER]), time.monotonic())
        with contextlib.suppress(KeyError, ValueError):
            self._generations.take(int(answer.headers[GENERATION_HEADER]))

    def _http(self) -> ClientSession:
        if self._session is None:
            timeout = ClientTimeout(total=COMMAND_TIMEOUT_S)
            self._session = ClientSession(headers=self._headers, timeout=timeout)
        return self._session


class TooLate(Unavailable):
    """The command reached the node after we had given it up, or so it thought."""


def _left_out(command: RoomCommand) -> set[str]:
    """Return the later words that say nothing in this command."""
    fields = RoomCommand.model_fields
    return {word for word in LATER_WORDS if getattr(command, word) == fields[word].default}


def _read(adapter: TypeAdapter[T], text: str) -> T:
    try:
        return adapter.validate_json(text)
    except ValidationError:
        log.error("the media node answers what cannot be read")
        raise _away() from None


def _away() -> Unavailable:
    return Unavailable("media_away", MEDIA_AWAY)


async def _to_error(answer: ClientResponse) -> ControlError:
    """Turn a node's refusal into ours; only what a page can do something about keeps its text."""
    try:
        error = ApiError.model_validate_json(await answer.read())
    except ValidationError:
        return _away()
    match answer.status:
        case HTTPStatus.BAD_REQUEST:
            return Invalid(error.code, error.text)
        case HTTPStatus.NOT_FOUND:
            return NotFound(error.code, error.text)
        case HTTPStatus.CONFLICT if error.code == "late":
            return TooLate("media_away", MEDIA_AWAY)
        case HTTPStatus.CONFLICT if error.code == "stale":
            return Overtaken("media_away", MEDIA_AWAY)
        case HTTPStatus.CONFLICT:
            return Conflict(error.code, error.text)
        case HTTPStatus.TOO_MANY_REQUESTS:
            return SlowDown(int(answer.headers.get("Retry-After", SLOW_DOWN_S)))
        case HTTPStatus.SERVICE_UNAVAILABLE if error.code in NODE_REFUSALS:
            return Unavailable(error.code, NODE_REFUSALS[error.code])
    log.error("the media node refuses: %d %s", answer.status, error.code)
    return _away()
