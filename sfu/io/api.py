"""The node's internal HTTP API: control's commands in, states and events out.

Loopback or a private network, bearer token on everything but `/health` and `/metrics`; browsers
never come here. Every answer from 400 up is an `ApiError`, and no error text repeats what came.
"""

from __future__ import annotations

import asyncio
import hmac
import logging
from typing import TypeVar

from aiohttp import WSCloseCode, WSMsgType, web
from aiohttp.typedefs import Handler, Middleware
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from sfu.errors import NoPeer, NoRoom, PlaceTaken, SdpError
from sfu.io import openapi
from sfu.io.events import EventReader
from sfu.io.worker import Draining, Worker
from sfu.messages import ApiError, GateCommand, OpaqueId, Role, RoomCommand, RoomState
from sfu.metrics import NodeMetrics

logger = logging.getLogger(__name__)

MAX_BODY_BYTES = 64 * 1024
"""Chromium's offer has 9.5 to 13 kB."""
HEARTBEAT_S = 10.0
OPEN_PATHS = frozenset({"/health", "/metrics"})

WORKER = web.AppKey("worker", Worker)
METRICS = web.AppKey("metrics", NodeMetrics)
B = TypeVar("B", bound=BaseModel)

_OPAQUE_ID: TypeAdapter[str] = TypeAdapter(OpaqueId)
_ROOMS: TypeAdapter[list[RoomState]] = TypeAdapter(list[RoomState])


class _Join(BaseModel):
    model_config = ConfigDict(extra="forbid")
    participant: OpaqueId
    role: Role


class _Cursor(BaseModel):
    model_config = ConfigDict(extra="forbid")
    boot_id: OpaqueId | None = None
    after: int | None = Field(default=None, ge=0)


class Refused(Exception):
    """Answer with this error."""

    def __init__(self, status: int, code: str, text: str) -> None:
        super().__init__(code)
        self.status = status
        self.error = ApiError(code=code, text=text)


def make_app(worker: Worker, token: str) -> web.Application:
    """Build the API of a started worker."""
    app = web.Application(
        middlewares=[_answer_errors, _authorize(token)], client_max_size=MAX_BODY_BYTES
    )
    app[WORKER] = worker
    app[METRICS] = NodeMetrics(worker.figures)
    app.add_routes(
        [
            web.get("/health", _health),
            web.get("/metrics", _metrics),
            web.get("/openapi.json", _openapi),
            web.get("/load", _load),
            web.get("/rooms", _get_rooms),
            web.get("/rooms/{room}", _get_room),
            web.put("/rooms/{room}", _put_room),
            web.delete("/rooms/{room}", _delete_room),
            web.put("/rooms/{room}/gate", _put_gate),
            web.post("/rooms/{room}/peers", _post_peer),
            web.delete("/rooms/{room}/peers/{peer}", _delete_peer),
            web.get("/events", _events),
        ]
    )
    return app


# -- middlewares ------------------------------------------------------------------------------


@web.middleware
async def _answer_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn every error into an `ApiError` with its status."""
    try:
        return await handler(request)
    except Refused as refused:
        return _refusal(refused)
    except NoRoom:
        return _refusal(Refused(404, "no_room", "There is no such room on this node."))
    except NoPeer:
        return _refusal(Refused(404, "no_peer", "There is no such peer in this room."))
    except PlaceTaken:
        return _refusal(Refused(409, "place_taken", "Another participant holds this place."))
    except SdpError as error:
        return _refusal(Refused(400, "bad_sdp", error.reason))
    except Draining:
        return _refusal(Refused(503, "draining", "This node is being stopped; use another."))
    except ValidationError as error:
        return _refusal(Refused(400, "invalid", _in_words(error)))
    except web.HTTPException as error:
        if error.status < 400:
            raise
        return _refusal(_of_http(error))
    except asyncio.CancelledError:
        raise
    except Exception as error:
        # The text may quote a body; the class and the path's pattern are enough to look for it.
        resource = request.match_info.route.resource
        logger.error("%s failed: %s", resource and resource.canonical, type(error).__name__)
        return _refusal(Refused(500, "internal", "The node failed to do this; see its log."))


def _authorize(token: str) -> Middleware:
    expected = f"Bearer {token}".encode()

    @web.middleware
    async def authorize(request: web.Request, handler: Handler) -> web.StreamResponse:
        given = request.headers.get("Authorization", "").encode("utf-8", "surrogateescape")
        # The digest compares in constant time; a path that is open needs none.
        if request.path not in OPEN_PATHS and not hmac.compare_digest(given, expected):
            raise Refused(401, "unauthorized", "A valid bearer token is needed.")
        return await handler(request)

    return authorize


def _refusal(refused: Refused) -> web.Response:
    headers = {"WWW-Authenticate": "Bearer"} if refused.status == 401 else None
    return web.json_response(
        text=refused.error.model_dump_json(), status=refused.status, headers=headers
    )


def _of_http(error: web.HTTPException) -> Refused:
    codes = {404: "not_found", 405: "method_not_allowed", 413: "too_long"}
    texts = {
        404: "There is no such path.",
        405: "This path does not take this method.",
        413: f"The body is longer than {MAX_BODY_BYTES} bytes.",
    }
    status = error.status
    return Refused(status, codes.get(status, "refused"), texts.get(status, error.reason))


def _in_words(error: ValidationError) -> str:
    """Name each field and its fault, never the value."""
    faults = (
        f"{'.'.join(str(part) for part in fault['loc']) or 'body'}: {fault['msg']}"
        for fault in error.errors(include_input=False, include_url=False, include_context=False)
    )
    return "; ".join(faults)


# -- calls ------------------------------------------------------------------------------------


async def _health(request: web.Request) -> web.Response:
    return web.json_response({"status": "ok"})


async def _metrics(request: web.Request) -> web.Response:
    return web.Response(
        body=request.app[METRICS].expose(), headers={"Content-Type": NodeMetrics.content_type}
    )


async def _openapi(request: web.Request) -> web.Response:
    return web.json_response(openapi.document())


async def _load(request: web.Request) -> web.Response:
    return _model(request.app[WORKER].load())


async def _get_rooms(request: web.Request) -> web.Response:
    worker = request.app[WORKER]
    rooms = worker.run(worker.engine.room_states)
    return web.json_response(text=_ROOMS.dump_json(rooms).decode())


async def _get_room(request: web.Request) -> web.Response:
    worker = request.app[WORKER]
    return _model(worker.run(worker.engine.room_state, _id(request, "room")))


async def _put_room(request: web.Request) -> web.Response:
    worker, room = request.app[WORKER], _id(request, "room")
    command = await _body(request, RoomCommand)
    return _model(worker.run(worker.engine.ensure_room, room, command))


async def _delete_room(request: web.Request) -> web.Response:
    worker = request.app[WORKER]
    worker.run(worker.engine.close_room, _id(request, "room"))
    return web.Response(status=204)


async def _put_gate(request: web.Request) -> web.Response:
    worker, room = request.app[WORKER], _id(request, "room")
    command = await _body(request, GateCommand)
    return _model(worker.run(worker.engine.set_gate, room, command.open))


async def _post_peer(request: web.Request) -> web.Response:
    """WHIP-shaped (RFC 9725): an offer comes, its answer goes, `Location` names the peer."""
    room = _id(request, "room")
    join = _Join.model_validate(dict(request.query))
    _expect_type(request, "application/sdp")
    offer = await _text(request)
    peer, answer = request.app[WORKER].join(room, join.participant, join.role, offer)
    return web.Response(
        status=201,
        text=answer,
        content_type="application/sdp",
        headers={"Location": f"/rooms/{room}/peers/{peer}"},
    )


async def _delete_peer(request: web.Request) -> web.Response:
    worker = request.app[WORKER]
    worker.run(worker.engine.leave, _id(request, "room"), _id(request, "peer"))
    return web.Response(status=204)


async def _events(request: web.Request) -> web.StreamResponse:
    """Stream events from a cursor until either side has enough."""
    cursor = _Cursor.model_validate(dict(request.query))
    log = request.app[WORKER].events
    socket = web.WebSocketResponse(heartbeat=HEARTBEAT_S, max_msg_size=1024)
    await socket.prepare(request)
    # After this no await lies between snapshot and registration: nothing falls between.
    reader = log.open_reader(cursor.boot_id, cursor.after)
    sending = asyncio.ensure_future(_send_events(socket, reader))
    try:
        async for message in socket:  # control says nothing; this notices its goodbye
            if message.type in (WSMsgType.TEXT, WSMsgType.BINARY):
                await socket.close(code=WSCloseCode.POLICY_VIOLATION)
    finally:
        log.close_reader(reader)
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)
    return socket


async def _send_events(socket: web.WebSocketResponse, reader: EventReader) -> None:
    await socket.send_str(reader.hello.model_dump_json())
    while (frame := await reader.next()) is not None:
        await socket.send_str(frame)
    await socket.close(code=WSCloseCode.GOING_AWAY)


# -- decoding ---------------------------------------------------------------------------------


def _id(request: web.Request, name: str) -> str:
    try:
        return _OPAQUE_ID.validate_python(request.match_info[name])
    except ValidationError as error:
        raise Refused(400, "invalid", f"{name}: {_in_words(error)}") from error


async def _body(request: web.Request, model: type[B]) -> B:
    _expect_type(request, "application/json")
    return model.model_validate_json(await request.read())


def _expect_type(request: web.Request, content_type: str) -> None:
    if request.content_type != content_type:
        raise Refused(415, "wrong_type", f"The body must be {content_type}.")


async def _text(request: web.Request) -> str:
    try:
        return (await request.read()).decode("utf-8")
    except UnicodeDecodeError as error:
        raise Refused(400, "bad_sdp", "The offer is not UTF-8 text.") from error


def _model(model: BaseModel) -> web.Response:
    return web.json_response(text=model.model_dump_json())
