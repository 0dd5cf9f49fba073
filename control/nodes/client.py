"""The only caller of the media plane: commands by HTTP, events by one WebSocket with a cursor.

The stream is followed for as long as control lives. A break reconnects with back-off and goes on
after the last event handled; when the node does not remember (restarted, or the break was too
long) its hello brings everything anew. `docs/protocol.md`, section 4.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus

from aiohttp import ClientError, ClientResponse, ClientSession, ClientTimeout, WSMsgType
from pydantic import TypeAdapter, ValidationError

from control.errors import Conflict, ControlError, Invalid, NotFound, Unavailable
from control.nodes.model import Cursor
from control.nodes.ports import MediaListener
from sfu.messages import (
    ApiError,
    EventFrame,
    GateCommand,
    Role,
    RoomCommand,
    RoomState,
    StreamHello,
)

log = logging.getLogger(__name__)

COMMAND_TIMEOUT_S = 3.0
HEARTBEAT_S = 10.0
BACKOFF_FIRST_S = 0.1
BACKOFF_LONGEST_S = 2.0
SNAPSHOT_BYTES = 4 * 1024 * 1024  # a hello names every room of the node

_ROOMS = TypeAdapter(list[RoomState])


class SfuClient:
    """Speaks to one node; implements `sessions.ports.MediaServer`."""

    def __init__(self, url: str, token: str) -> None:
        self._url = url.rstrip("/")
        self._headers = {"Authorization": f"Bearer {token}"}
        self._session: ClientSession | None = None
        self._cursor = Cursor()
        self.is_connected = False

    async def ensure_room(self, room: str, command: RoomCommand) -> RoomState:
        body = command.model_dump_json()
        async with self._call("PUT", f"/rooms/{room}", body, "application/json") as answer:
            return RoomState.model_validate_json(await answer.read())

    async def close_gate(self, room: str) -> RoomState | None:
        body = GateCommand(open=False).model_dump_json()
        try:
            async with self._call("PUT", f"/rooms/{room}/gate", body, "application/json") as answer:
                return RoomState.model_validate_json(await answer.read())
        except NotFound:
            return None

    async def room_state(self, room: str) -> RoomState | None:
        try:
            async with self._call("GET", f"/rooms/{room}") as answer:
                return RoomState.model_validate_json(await answer.read())
        except NotFound:
            return None

    async def rooms(self) -> list[RoomState]:
        async with self._call("GET", "/rooms") as answer:
            return _ROOMS.validate_json(await answer.read())

    async def close_room(self, room: str) -> None:
        await self._delete(f"/rooms/{room}")

    async def offer(self, room: str, participant: str, role: Role, sdp: str) -> str:
        path = f"/rooms/{room}/peers?participant={participant}&role={role}"
        async with self._call("POST", path, sdp, "application/sdp") as answer:
            return await answer.text()

    async def delete_peer(self, room: str, peer: str) -> None:
        await self._delete(f"/rooms/{room}/peers/{peer}")

    async def follow(self, listener: MediaListener) -> None:
        """Bring every event to the listener until cancelled."""
        wait_s = BACKOFF_FIRST_S
        while True:
            try:
                async for _ in self._stream(listener):
                    wait_s = BACKOFF_FIRST_S
                reason = "it ended"
            except (ClientError, OSError, TimeoutError) as error:
                reason = type(error).__name__
            except (ControlError, ValidationError) as error:
                reason = type(error).__name__
                self._cursor.forget()
            if self.is_connected:
                log.warning("event stream of the media node broke (%s), connecting anew", reason)
            self.is_connected = False
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
        hello = StreamHello.model_validate_json(text)
        await listener.handle_hello(hello)
        self._cursor.take_hello(hello)
        log.info("following the media node's events (resumed: %s)", hello.resumed)

    async def _take_event(self, listener: MediaListener, text: str) -> bool:
        frame = EventFrame.model_validate_json(text)
        if not self._cursor.take(frame):
            log.warning("events of the media node are missing, asking for everything")
            self._cursor.forget()
            return False
        await listener.handle_event(frame.event)
        return True

    async def _delete(self, path: str) -> None:
        try:
            async with self._call("DELETE", path):
                pass
        except NotFound:
            pass  # it is gone, which is what was asked

    @asynccontextmanager
    async def _call(
        self, method: str, path: str, body: str | None = None, media_type: str | None = None
    ) -> AsyncIterator[ClientResponse]:
        headers = {} if media_type is None else {"Content-Type": media_type}
        data = None if body is None else body.encode()
        try:
            async with self._http().request(
                method, self._url + path, data=data, headers=headers
            ) as answer:
                if answer.status >= HTTPStatus.BAD_REQUEST:
                    raise await _to_error(answer)
                yield answer
        except (ClientError, OSError, TimeoutError, ValidationError) as error:
            log.warning("the media node does not answer (%s)", type(error).__name__)
            raise _away() from error

    def _http(self) -> ClientSession:
        if self._session is None:
            timeout = ClientTimeout(total=COMMAND_TIMEOUT_S)
            self._session = ClientSession(headers=self._headers, timeout=timeout)
        return self._session


def _away() -> Unavailable:
    return Unavailable("media_away", "The media server does not answer. Please try again.")


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
        case HTTPStatus.CONFLICT:
            return Conflict(error.code, error.text)
    log.error("the media node refuses: %d %s", answer.status, error.code)
    return _away()
