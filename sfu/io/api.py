"""The node's internal HTTP API: control's commands in, states and events out.

Loopback or a private network, bearer token on everything but `OPEN_PATHS`; browsers never come
here. Every answer from 400 up is an `ApiError`, and no error text repeats what came.
"""

from __future__ import annotations

import asyncio
import hmac
import logging
from functools import partial
from typing import Literal, TypeVar

from aiohttp import WSCloseCode, WSMsgType, hdrs, web
from aiohttp.typedefs import Handler, Middleware
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from sfu.io import openapi
from sfu.io.events import EventReader
from sfu.io.metrics import NodeMetrics
from sfu.io.refusals import (
    INTERNAL,
    MAX_BODY_BYTES,
    Refused,
    in_words,
    refusal_of,
    refusal_of_http,
)
from sfu.io.validity import read_validity
from sfu.io.worker import Worker
from sfu.messages import (
    CLOCK_HEADER,
    DrainCommand,
    GateCommand,
    OpaqueId,
    Role,
    RoomCommand,
    RoomState,
)

logger = logging.getLogger(__name__)

HEARTBEAT_S = 10.0
OPEN_PATHS = frozenset({"/health", "/healthz", "/metrics", "/readyz"})

WORKER = web.AppKey("worker", Worker)
METRICS = web.AppKey("metrics", NodeMetrics)
B = TypeVar("B", bound=BaseModel)

_OPAQUE_ID: TypeAdapter[str] = TypeAdapter(OpaqueId)
_ROOMS: TypeAdapter[list[RoomState]] = TypeAdapter(list[RoomState])


class _Join(BaseModel):
    model_config = ConfigDict(extra="forbid")
    participant: OpaqueId
    role: Role
    light: bool = False


class _Closing(BaseModel):
    model_config = ConfigDict(extra="forbid")
    reason: Literal["left", "replaced"] = "left"


class _Checking(BaseModel):
    model_config = ConfigDict(extra="forbid")
    light: bool = False


class _Cursor(BaseModel):
    model_config = ConfigDict(extra="forbid")
    boot_id: OpaqueId | None = None
    after: int | None = Field(default=None, ge=0)


def make_app(worker: Worker, token: str) -> web.Application:
    """Build the API of a started worker."""
    app = web.Application(
        middlewares=[_answer_errors, _authorize(token)], client_max_size=MAX_BODY_BYTES
    )
    app.on_response_prepare.append(_finish_headers)
    app[WORKER] = worker
    app[METRICS] = NodeMetrics(worker.figures)
    app.add_routes(
        [
            web.get("/health", _health),
            web.get("/healthz", _health),
            web.get("/metrics", _metrics),
            web.get("/readyz", _ready),
            web.get("/openapi.json", _openapi),
            web.get("/load", _load),
            web.put("/drain", _put_drain),
            web.get("/rooms", _get_rooms),
            web.get("/rooms/{room}", _get_room),
            web.put("/rooms/{room}", _put_room),
            web.delete("/rooms/{room}", _delete_room),
            web.put("/rooms/{room}/gate", _put_gate),
            web.post("/rooms/{room}/peers", _post_peer),
            web.delete("/rooms/{room}/peers/{peer}", _delete_peer),
            web.post("/rooms/{room}/peers/{peer}/check", _post_check),
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
    except web.HTTPException as error:
        if error.status < 400:
            raise
        refused = refusal_of_http(error)
    except Exception as error:
        refused = refusal_of(error) or _bug(request, error)
    return answer_refusal(request.app[WORKER], refused)


def _bug(request: web.Request, error: Exception) -> Refused:
    """Log it; the text may quote a body, class and path's pattern are enough to look for it."""
    resource = request.match_info.route.resource
    logger.error("%s failed: %s", resource and resource.canonical, type(error).__name__)
    return INTERNAL


def answer_refusal(
    worker: Worker, refused: Refused, kind: type[web.Response] = web.Response
) -> web.Response:
    """Count a refusal, and make its answer."""
    code = refused.error.code
    worker.refusals[code] = worker.refusals.get(code, 0) + 1
    return kind(
        text=refused.error.model_dump_json(),
        status=refused.status,
        headers=refused.headers,
        content_type="application/json",
    )


async def _finish_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Tell the clock that deadlines are judged by, and nothing of what we are made of."""
    response.headers[CLOCK_HEADER] = f"{request.app[WORKER].clock():.6f}"
    response.headers.popall(hdrs.SERVER, None)


def _authorize(token: str) -> Middleware:
    expected = f"Bearer {token}".encode()

    @web.middleware
    async def authorize(request: web.Request, handler: Handler) -> web.StreamResponse:
        given = request.headers.get("Authorization", "").encode("utf-8", "surrogateescape")
        # The digest compares in constant time; a path that is open needs none.
        if request.path not in OPEN_PATHS and not hmac.compare_digest(given, expected):
            text = "A valid bearer token is needed."
            raise Refused(401, "unauthorized", text, {"WWW-Authenticate": "Bearer"})
        if request.path not in OPEN_PATHS:
            worker = request.app[WORKER]
            worker.commanded_at = worker.clock()
        return await handler(request)

    return authorize


# -- calls ------------------------------------------------------------------------------------


async def _health(request: web.Request) -> web.Response:
    return web.json_response({"status": "ok"})


async def _ready(request: web.Request) -> web.Response:
    """Tell whether a new visit can begin here; running ones go on either way."""
    troubles = request.app[WORKER].troubles()
    status = "not_ready" if troubles else "ok"
    body = {"status": status, "troubles": troubles}
    return web.json_response(body, status=503 if troubles else 200)


async def _metrics(request: web.Request) -> web.Response:
    return web.Response(
        body=request.app[METRICS].expose(), headers={"Content-Type": NodeMetrics.content_type}
    )


async def _openapi(request: web.Request) -> web.Response:
    return web.json_response(openapi.document())


async def _load(request: web.Request) -> web.Response:
    return _model(request.app[WORKER].load())


async def _put_drain(request: web.Request) -> web.Response:
    worker, command = request.app[WORKER], await _body(request, DrainCommand)
    if worker.draining != command.draining:
        logger.info("draining: %s", command.draining)
    worker.draining = command.draining
    return _model(worker.load())


async def _get_rooms(request: web.Request) -> web.Response:
    worker = request.app[WORKER]
    rooms = worker.run(worker.engine.rooms.states)
    return web.json_response(text=_ROOMS.dump_json(rooms).decode())


async def _get_room(request: web.Request) -> web.Response:
    worker = request.app[WORKER]
    return _model(worker.run(worker.engine.rooms.find(_id(request, "room")).state))


async def _put_room(request: web.Request) -> web.Response:
    worker, room, validity = request.app[WORKER], _id(request, "room"), read_validity(request)
    command = await _body(request, RoomCommand)
    return _model(worker.change(validity, worker.engine.ensure_room, room, command))


async def _delete_room(request: web.Request) -> web.Response:
    worker, room = request.app[WORKER], _id(request, "room")
    worker.change(read_validity(request), worker.engine.close_room, room)
    return web.Response(status=204)


async def _put_gate(request: web.Request) -> web.Response:
    worker, room, validity = request.app[WORKER], _id(request, "room"), read_validity(request)
    command = await _body(request, GateCommand)
    return _model(worker.change(validity, worker.engine.set_gate, room, command.open))


async def _post_peer(request: web.Request) -> web.Response:
    """WHIP-shaped (RFC 9725): an offer comes, its answer goes, `Location` names the peer."""
    room, validity = _id(request, "room"), read_validity(request)
    join = _Join.model_validate(dict(request.query))
    _expect_type(request, "application/sdp")
    offer = await _text(request)
    worker = request.app[WORKER]
    peer, answer = worker.join(room, join.participant, join.role, offer, validity, light=join.light)
    return web.Response(
        status=201,
        text=answer,
        content_type="application/sdp",
        headers={"Location": f"/rooms/{room}/peers/{peer}"},
    )


async def _delete_peer(request: web.Request) -> web.Response:
    worker, room, peer = request.app[WORKER], _id(request, "room"), _id(request, "peer")
    engine = worker.engine
    displaced = _Closing.model_validate(dict(request.query)).reason == "replaced"
    command = partial(engine.leave, displaced=displaced)
    worker.change(read_validity(request), command, room, peer)
    return web.Response(status=204)


async def _post_check(request: web.Request) -> web.Response:
    worker, room, peer = request.app[WORKER], _id(request, "room"), _id(request, "peer")
    asked = _Checking.model_validate(dict(request.query))
    worker.change(read_validity(request), worker.engine.check, room, peer, asked.light)
    return web.Response(status=202)


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
        raise Refused(400, "invalid", f"{name}: {in_words(error)}") from error


async def _body(request: web.Request, model: type[B]) -> B:
    _expect_type(request, "application/json")
    # Inner models are read by control as well, and ignore what they do not know: not here.
    return model.model_validate_json(await request.read(), extra="forbid")


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
